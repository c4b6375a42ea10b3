"""The catalogue of some schemas, one query for each of its tables and one round trip for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import psycopg

from pytest_errorbudget.model.schema import Relation, Schema
from pytest_errorbudget.readers.catalog.build import CatalogueRows, assembled, build_relations
from pytest_errorbudget.readers.catalog.expressions import Objects, Wanted, wanted
from pytest_errorbudget.readers.catalog.types import TypeRow, Types

Connection = psycopg.Connection[tuple[Any, ...]]
Row = tuple[Any, ...]
Rows = list[Row]

_NOTHING = Wanted(functions=(), operators=(), relations=(), collations=())


def sql_text(name: str) -> str:
    return files("pytest_errorbudget.readers").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def run_named(connection: Connection, names: Sequence[str], **parameters: object) -> tuple[Rows, ...]:
    """The rows of several of our ``.sql`` files in one round trip."""
    with connection.pipeline():
        cursors = [connection.execute(sql_text(name).encode(), parameters) for name in names]
        return tuple(cursor.fetchall() for cursor in cursors)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeFacts:
    """The types of a database and the labels of its enums, as ``sql/types.sql`` and ``sql/enums.sql`` give them.

    ``neutral`` maps a tenant's schema to the name under which the migrations create it.
    """

    types: Types
    enums: Rows
    neutral: Mapping[str, str]

    @classmethod
    def of(cls, types: Iterable[Row], enums: Rows, neutral: Mapping[str, str]) -> TypeFacts:
        return cls(types=Types((TypeRow(*row) for row in types), neutral), enums=enums, neutral=neutral)


def read_relations(connection: Connection, relations: Sequence[Row], facts: TypeFacts) -> Mapping[int, Relation]:
    """Relations in full, by object id; ``relations`` are rows of ``sql/relations.sql``. Equal ones are one object."""
    if not relations:
        return {}
    columns, indexes, constraints = run_named(
        connection, ("columns", "indexes", "constraints"), relations=[row[0] for row in relations]
    )
    expressions = [row[8] for row in columns if row[8]] + [row[7] for row in indexes if row[7]]
    outside = {row[4] for row in constraints if row[4]} - {row[0] for row in relations}
    objects, far_columns = read_objects(connection, expressions, sorted(outside), facts)
    rows = CatalogueRows(
        relations=relations, columns=columns, indexes=indexes, constraints=constraints, far_columns=far_columns
    )
    return build_relations(rows, facts.types, objects, facts.neutral)


def read_objects(
    connection: Connection, expressions: Sequence[str], outside: Sequence[int], facts: TypeFacts
) -> tuple[Objects, Rows]:
    """What the ids in ``expressions`` are called, and the columns of the relations ``outside``."""
    ids = wanted(expressions)
    names: Rows = []
    far_columns: Rows = []
    if ids != _NOTHING or outside:
        with connection.pipeline():
            named = connection.execute(
                sql_text("expression_objects").encode(),
                {
                    "functions": list(ids.functions),
                    "operators": list(ids.operators),
                    "relations": list(ids.relations),
                    "collations": list(ids.collations),
                },
            )
            far = connection.execute(sql_text("referenced_columns").encode(), {"relations": list(outside)})
            names, far_columns = named.fetchall(), far.fetchall()
    return _objects(names, facts), far_columns


def _objects(names: Rows, facts: TypeFacts) -> Objects:
    kinds: dict[str, dict[int, tuple[str, str]]] = {"function": {}, "operator": {}, "relation": {}, "collation": {}}
    for kind, oid, schema, name in names:
        kinds[kind][oid] = (facts.neutral.get(schema, schema), name)
    return Objects(
        functions=kinds["function"],
        operators=kinds["operator"],
        relations=kinds["relation"],
        collations=kinds["collation"],
        types=facts.types.plain(),
        labels={row[0]: row[2] for row in facts.enums},
    )


_AS_WRITTEN: Mapping[str, str] = {}  # a replay has no tenant: every schema keeps its name


def read_all(connection: Connection, bookkeeping: str) -> Schema:
    """Everything that is not PostgreSQL's own, as one ``Schema``: what a replay of migrations gave."""
    schemas = [row[0] for row in run_named(connection, ("user_schemas",))[0]]
    relations, types, enums = run_named(
        connection, ("relations", "types", "enums"), schemas=schemas, bookkeeping=bookkeeping
    )
    facts = TypeFacts.of(types, enums, _AS_WRITTEN)
    found = read_relations(connection, relations, facts)
    members: defaultdict[str, list[Relation]] = defaultdict(list)
    for oid, schema, *_ in relations:
        members[schema].append(found[oid])
    parts = assembled({name: members[name] for name in sorted(schemas)}, facts.types, enums, _AS_WRITTEN).values()
    return Schema(
        relations=tuple(relation for part in parts for relation in part.relations),
        enums=tuple(enum for part in parts for enum in part.enums),
        domains=tuple(domain for part in parts for domain in part.domains),
    )


def read_types(connection: Connection) -> Types:
    """Every type of the database, for the object ids that PostgreSQL gives of a prepared query."""
    return Types((TypeRow(*row) for row in run_named(connection, ("types",))[0]), _AS_WRITTEN)
