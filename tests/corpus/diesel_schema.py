"""diesel's own record of a schema against the replay without a database.

    python tests/corpus/diesel_schema.py CHECKOUT MIGRATIONS SCHEMA_RS

Fetches nothing. ``diesel print-schema`` wrote the file from a database, so that tables, columns with their order, types
(by family: ``VarChar`` and ``Text`` are one) and nullability can be compared. A table or column that only one side has
is named as stale: the file is older or newer than the migrations, or was narrowed by diesel's settings.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from pytest_errorbudget.checks.replay.replay import replay
from pytest_errorbudget.model.pgtype import CATALOG, UNKNOWN
from pytest_errorbudget.model.schema import Column, Relation, RelationKind
from pytest_errorbudget.readers.ddl.changes import changes
from pytest_errorbudget.readers.migrations.reader import read_migrations

_TABLE = re.compile(r"table!\s*\{(?P<body>.*?\n\s*\}\s*)\}", re.S)
_HEAD = re.compile(r"(?P<attributes>(?:\s*(?:use [^;]+;|///[^\n]*|#\[[^\]]*\]))*)\s*(?P<name>[\w.#]+)\s*\(", re.S)
_COLUMN = re.compile(
    r"(?:#\[sql_name\s*=\s*\"(?P<sql>[^\"]+)\"\]\s*)?(?P<name>(?:r#)?\w+)\s*->\s*(?P<type>[\w<>:, ]+),"
)
_SQL_NAME = re.compile(r"sql_name\s*=\s*\"([^\"]+)\"")
_FAMILIES = {
    "int2": "int2 smallint smallserial",
    "int4": "int4 integer serial",
    "int8": "int8 bigint bigserial",
    "float4": "float4 float",
    "float8": "float8 double",
    "numeric": "numeric",
    "text": "text varchar bpchar char",
    "bool": "bool",
    "bytea": "bytea binary",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "date": "date",
    "time": "time",
    "interval": "interval",
    "uuid": "uuid",
    "json": "json",
    "jsonb": "jsonb",
    "inet": "inet cidr",
    "money": "money",
}
_FAMILY = {name: family for family, names in _FAMILIES.items() for name in names.split()}
_VIEWS = frozenset({RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW})
Written = tuple[str, str]


def tables(text: str) -> Iterator[tuple[str, list[Written]]]:
    for match in _TABLE.finditer(text):
        head = _HEAD.match(match["body"])
        if head is None:
            continue
        named = _SQL_NAME.search(head["attributes"])
        name = named[1] if named else head["name"].removeprefix("r#")
        columns = match["body"][match["body"].index("{", head.end()) :]
        yield name, [(c["sql"] or c["name"].removeprefix("r#"), c["type"].strip()) for c in _COLUMN.finditer(columns)]


def _written(type_: str) -> tuple[str, bool]:
    """(family, nullable) as diesel writes a type; a name that is no built-in is a user's own."""
    nullable = type_.startswith("Nullable<")
    inner = type_.removeprefix("Nullable<").removesuffix(">") if nullable else type_
    if inner.startswith("Array<"):
        element = inner.removeprefix("Array<").removesuffix(">")
        return f"{_written(element)[0]}[]", nullable
    return _FAMILY.get(inner.rpartition("::")[2].lower(), "own"), nullable


def _replayed(column: Column) -> tuple[str, bool]:
    base = column.base or column.type
    family = _FAMILY.get(base.name, "own") if base.schema == CATALOG else "own"
    return family + "[]" * base.dimensions, not column.not_null


def compare(relation: Relation, written: list[Written], by_name: bool) -> Iterator[str]:
    known = {column.name: column for column in relation.columns}
    for name, type_ in written:
        column = known.get(name)
        if column is None:
            yield f"stale: {relation.name}.{name} is only in schema.rs"
            continue
        claimed = _replayed(column)
        said = _written(type_)
        if relation.kind in _VIEWS:  # diesel's users say for themselves which columns of a view are never null
            claimed, said = (claimed[0], True), (said[0], True)
        if column.type != UNKNOWN and claimed != said:
            yield f"differs: {relation.name}.{name} is {claimed} in the replay, {type_} in schema.rs"
    names = [name for name, _ in written]
    yield from (f"stale: {relation.name}.{name} is only in the migrations" for name in known if name not in names)
    in_order = sorted(known) if by_name else list(known)
    if [name for name in names if name in known] != [name for name in in_order if name in names]:
        yield f"differs: the order of the columns of {relation.name}"


def main() -> int:
    checkout, folder, file = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    migrations, _ = read_migrations(checkout, folder)
    static = replay(changes(migrations))
    relations = {r.name: r for r in static.schema.relations} | {
        f"{r.schema}.{r.name}": r for r in static.schema.relations
    }
    left = {one.name for one in static.inexact if not one.columns}
    listed = list(tables((checkout / file).read_text("utf-8")))
    # print-schema can be told to sort columns by name
    by_name = all([name for name, _ in written] == sorted(name for name, _ in written) for _, written in listed)
    found: list[str] = []
    compared = 0
    for name, written in listed:
        relation = relations.get(name)
        if relation is not None:
            compared += len(written)
            found.extend(compare(relation, written, by_name))
        elif name.rpartition(".")[2] not in left:
            found.append(f"stale: table {name} is only in schema.rs")
    differs = [line for line in found if line.startswith("differs")]
    columns = sum(len(written) for _, written in listed)
    sys.stdout.write(
        f"| {checkout.name} | {len(listed)} / {columns} | {compared} | {len(differs)} | {len(found) - len(differs)} |\n"
    )
    sys.stdout.writelines(f"    {line}\n" for line in found)
    return 1 if differs else 0


if __name__ == "__main__":
    raise SystemExit(main())
