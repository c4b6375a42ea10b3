"""The typing of every query that a checkout keeps in `.sqlx`, beside sqlx's record and beside what random rows give.

    python tests/corpus/query_typing.py CHECKOUT ... [--rows N] [--schema FILE] [--differences]

Fetches nothing. For each folder of `.sqlx` with PostgreSQL queries it replays the migrations nearest to it, types the
queries, and compares names, types, parameters and nullability. Then it fills the tables with random rows that obey
every constraint and executes the queries: a *lie* is a column said never to be NULL in which a NULL came out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from folders import folders

from pytest_errorbudget.model.migration import MigrationSet
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.settings import MigrationSettings, ReplaySettings
from pytest_errorbudget.readers.apply_migrations import apply_file, create_bookkeeping
from pytest_errorbudget.readers.migrations.reader import read_migration_set
from pytest_errorbudget.readers.scratch import ScratchServer, scratch_server
from pytest_errorbudget.readers.shapes.prepare import Asked, prepare_all

sys.path.insert(0, str(Path(__file__).parent.parent / "readers" / "shapes"))

from random_rows import Connection, executed, fill, values_for

# An index expression finds functions of pg_catalog only (since 17); what it calls is an extension's, not here.
_UUID_NIL = (
    "create function pg_catalog.uuid_nil() returns uuid language sql immutable as $$ select repeat('0', 32)::uuid $$"
)
_OTHERS = ("sqlite", "mysql", "maria", "test")


@dataclass(slots=True)
class Row:
    """Counts of one folder of records."""

    name: str
    queries: int = 0
    rejected: list[str] = field(default_factory=list)
    columns: int = 0
    stated: int = 0
    agreed: int = 0
    differing: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    never: int = 0
    never_with_rows: int = 0
    can: int = 0
    can_seen: int = 0
    can_with_rows: int = 0
    lies: list[str] = field(default_factory=list)
    evidence: Counter[tuple[bool, bool, str]] = field(default_factory=Counter)
    unknown: list[str] = field(default_factory=list)
    failure: str | None = None


def records(checkout: Path) -> Mapping[Path, list[Mapping[str, Any]]]:
    """The PostgreSQL queries of each folder of records."""
    found: dict[Path, list[Mapping[str, Any]]] = {}
    for path in sorted(checkout.rglob(".sqlx/query-*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        if record.get("db_name") == "PostgreSQL":
            found.setdefault(path.parent.parent, []).append(record)
    return found


def nearest(checkout: Path, place: Path) -> str:
    """The folder of migrations that shares most of the way with the folder of the records."""
    candidates = [folder for folder in folders(checkout) if not any(word in folder for word in _OTHERS)]
    parts = place.relative_to(checkout).parts

    def shared(folder: str) -> tuple[int, int]:
        count = 0
        for own, other in zip(parts, Path(folder).parts, strict=False):
            if own != other:
                break
            count += 1
        return count, -len(Path(folder).parts)

    return max(candidates, key=shared)


def build(connection: Connection, source: MigrationSet | Path) -> str | None:
    """The schema, from migrations or from one file; where and why it stops."""
    connection.execute(_UUID_NIL)
    if isinstance(source, Path):
        connection.execute(source.read_bytes())
        return None
    create_bookkeeping(connection, source)
    for file in source.files:
        failure = apply_file(connection, source, file)
        if failure is not None:
            return f"{failure.span}: {failure.message}"
    return None


def measure(
    server: ScratchServer, name: str, source: MigrationSet | Path, found: list[Mapping[str, Any]], rows: int
) -> Row:
    row = Row(name=name, queries=len(found))
    with server.database() as conninfo, psycopg.connect(conninfo, autocommit=True) as connection:
        row.failure = build(connection, source)
        queries = [record["query"] for record in found]
        connection.execute("begin")
        verdicts = prepare_all(connection, [Asked(query) for query in queries])
        connection.execute("rollback")
        for record, verdict in zip(found, verdicts, strict=True):
            match verdict:
                case Rejected():
                    row.rejected.append(f"{verdict.message}: {_short(record['query'])}")
                    row.columns += len(record["describe"]["columns"])
                case Typed():
                    _compare(row, record, verdict)
        if rows:
            _execute(row, connection, found, verdicts, rows)
    return row


def _short(query: str) -> str:
    return " ".join(query.split())[:160]


def _compare(row: Row, record: Mapping[str, Any], typed: Typed) -> None:
    described = record["describe"]
    said = [(c["name"], _name(c["type_info"])) for c in described["columns"]]
    ours = [(c.name, _plain(c.type)) for c in typed.columns]
    parameters = [_name(p) for p in (described["parameters"] or {}).get("Left", [])]
    if said != ours or parameters != [_plain(p) for p in typed.parameters]:
        row.other.append(
            f"{said} {parameters} != {ours} {list(map(_plain, typed.parameters))}: {_short(record['query'])}"
        )
    for column, nullable in zip(typed.columns, described["nullable"], strict=False):
        row.columns += 1
        row.stated += column.nullable is not None
        if column.nullable is None:
            row.unknown.append(f"{column.name}: {_short(record['query'])}")
        elif nullable is not None:
            row.agreed += nullable == column.nullable
            if nullable != column.nullable:
                row.differing.append(f"{column.name} {nullable} / {column.nullable}: {_short(record['query'])}")


def _name(said: str | Mapping[str, Any]) -> str:
    """sqlx's name of a type as ``_plain`` writes it."""
    if isinstance(said, str):
        name = said.lower()
        return f"{name[:-5]}[]" if name.endswith("array") else name
    inner = said.get("Custom", said)
    name = str(inner.get("name", inner)).split(".")[-1].replace('"', "")
    return f"{name[1:]}[]" if name.startswith("_") else name


def _plain(kind: PgType) -> str:
    return kind.name + "[]" * kind.dimensions


def _execute(
    row: Row,
    connection: Connection,
    found: list[Mapping[str, Any]],
    verdicts: tuple[Typed | Rejected, ...],
    rows: int,
) -> None:
    values = values_for(connection, [record["query"] for record in found], seed=1)
    connection.execute("select setseed(0.5)")
    connection.execute("set statement_timeout = '2s'")
    fill(connection, values)
    for record, verdict in zip(found, verdicts, strict=True):
        if not isinstance(verdict, Typed) or not verdict.columns:
            continue
        query, said = record["query"], record["describe"]["nullable"]
        seen = executed(connection, query, verdict, values, rows, rows)
        for number, column in enumerate(verdict.columns):
            if None not in (said[number], column.nullable) and said[number] != column.nullable:
                what = "a NULL" if number in seen.nulls else "rows without NULL" if seen.rows else "no rows"
                row.evidence[said[number], bool(column.nullable), what] += 1
            if column.nullable is False:
                row.never += 1
                row.never_with_rows += seen.rows > 0
                if number in seen.nulls:
                    row.lies.append(f"{column.name}: {_short(query)}")
            elif column.nullable:
                row.can += 1
                row.can_with_rows += seen.rows > 0
                row.can_seen += number in seen.nulls


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, nargs="+")
    parser.add_argument("--rows", type=int, default=8, help="executions a query, and as many with NULL parameters")
    parser.add_argument("--schema", help="a file with the whole schema instead of migrations, relative to the checkout")
    parser.add_argument("--differences", action="store_true", help="list every difference and every unknown column")
    options = parser.parse_args()
    sys.stdout.write(
        "| repository | queries | rejected | columns | stated | as recorded | not as recorded | names, types |"
    )
    sys.stdout.write(" never NULL, with rows | can be NULL: seen / with rows | lies |\n" + "|---" * 11 + "|\n")
    lies = 0
    with scratch_server(ReplaySettings()) as server:
        for checkout in options.checkout:
            for row in _rows_of(server, checkout, options.schema, options.rows):
                lies += len(row.lies)
                _show(row, options.differences)
    return 1 if lies else 0


def _rows_of(server: ScratchServer, checkout: Path, schema: str | None, rows: int) -> list[Row]:
    """One row a folder of migrations, or one for all with the schema from a file."""
    by_place = records(checkout)
    if schema is not None:
        every = [record for found in by_place.values() for record in found]
        return [measure(server, checkout.name, checkout / schema, every, rows)]
    by_folder: dict[str, list[Mapping[str, Any]]] = {}
    for place, found in by_place.items():
        by_folder.setdefault(nearest(checkout, place), []).extend(found)
    result = []
    for folder, found in by_folder.items():
        migrations, _ = read_migration_set(checkout, MigrationSettings(path=folder))
        name = checkout.name if len(by_folder) == 1 else f"{checkout.name} ({folder})"
        result.append(measure(server, name, migrations, found, rows))
    return result


def _show(row: Row, differences: bool) -> None:
    share = f"{100 * row.stated / max(row.columns, 1):.1f} %"
    lines = [
        f"| {row.name} | {row.queries} | {len(row.rejected)} | {row.columns} | {row.stated} ({share}) | {row.agreed} "
        f"| {len(row.differing)} | {len(row.other)} | {row.never_with_rows} of {row.never} "
        f"| {row.can_seen} / {row.can_with_rows} | {len(row.lies)} |",
        *(() if row.failure is None else (f"    PostgreSQL refuses a migration: {row.failure}",)),
        *(f"    rejected: {line}" for line in row.rejected),
        *(f"    LIE: {line}" for line in row.lies),
        *(f"    names, types: {line}" for line in row.other),
        *(
            f"    recorded {record}, here {ours}: {count} with {what}"
            for (record, ours, what), count in sorted(row.evidence.items())
        ),
    ]
    if differences:
        lines += [f"    differs: {line}" for line in row.differing] + [f"    unknown: {line}" for line in row.unknown]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
