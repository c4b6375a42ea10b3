"""The catalogue of some schemas, one query for each of its tables and one round trip for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import psycopg

from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.readers.catalog.build import CatalogueRows, build_schemas
from pytest_errorbudget.readers.catalog.expressions import Objects, Wanted, wanted
from pytest_errorbudget.readers.catalog.types import TypeRow, Types

Connection = psycopg.Connection[tuple[Any, ...]]
Rows = list[tuple[Any, ...]]


def sql_text(name: str) -> str:
    return files("pytest_errorbudget.readers").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def run_named(connection: Connection, names: Sequence[str], **parameters: object) -> tuple[Rows, ...]:
    """The rows of several of our ``.sql`` files in one round trip."""
    with connection.pipeline():
        cursors = [connection.execute(sql_text(name).encode(), parameters) for name in names]
        return tuple(cursor.fetchall() for cursor in cursors)


def read_schemas(
    connection: Connection, schemas: Sequence[str], neutral: Mapping[str, str], bookkeeping: str
) -> Mapping[str, Schema]:
    """The schemas as values, by name; each one that is there, even when it is empty.

    ``neutral`` maps a tenant's schema to the name under which the migrations create it. The migration tool's own
    table (``bookkeeping``) is left out. Equal schemas are the same object.
    """
    relations, columns, types, enums, indexes, constraints = run_named(
        connection,
        ("relations", "columns", "types", "enums", "indexes", "constraints"),
        schemas=list(schemas),
        bookkeeping=bookkeeping,
    )
    known = Types((TypeRow(*row) for row in types), neutral)
    expressions = [row[8] for row in columns if row[8]] + [row[7] for row in indexes if row[7]]
    outside = {row[4] for row in constraints if row[4]} - {row[0] for row in relations}
    names, far_columns = _second_read(connection, wanted(expressions), sorted(outside))
    rows = CatalogueRows(
        schemas=tuple(schemas),
        relations=relations,
        columns=columns,
        enums=enums,
        indexes=indexes,
        constraints=constraints,
        far_columns=far_columns,
    )
    return build_schemas(rows, known, _objects(names, known, enums, neutral), neutral)


def _second_read(connection: Connection, ids: Wanted, outside: Sequence[int]) -> tuple[Rows, Rows]:
    if not (ids.functions or ids.operators or ids.relations or ids.collations or outside):
        return [], []
    parameters = {
        "functions": list(ids.functions),
        "operators": list(ids.operators),
        "collations": list(ids.collations),
    }
    with connection.pipeline():
        names = connection.execute(
            sql_text("expression_objects").encode(), {**parameters, "relations": list(ids.relations)}
        )
        far = connection.execute(sql_text("referenced_columns").encode(), {"relations": list(outside)})
        return names.fetchall(), far.fetchall()


def _objects(names: Rows, types: Types, enums: Rows, neutral: Mapping[str, str]) -> Objects:
    kinds: dict[str, dict[int, tuple[str, str]]] = {"function": {}, "operator": {}, "relation": {}, "collation": {}}
    for kind, oid, schema, name in names:
        kinds[kind][oid] = (neutral.get(schema, schema), name)
    return Objects(
        functions=kinds["function"],
        operators=kinds["operator"],
        relations=kinds["relation"],
        collations=kinds["collation"],
        types=types.plain(),
        labels={row[0]: row[2] for row in enums},
    )


_AS_WRITTEN: Mapping[str, str] = {}  # a replay has no tenant: every schema keeps its name


def read_all(connection: Connection, bookkeeping: str) -> Schema:
    """Everything that is not PostgreSQL's own, as one ``Schema``: what a replay of migrations gave."""
    schemas = [row[0] for row in run_named(connection, ("user_schemas",))[0]]
    parts = read_schemas(connection, schemas, _AS_WRITTEN, bookkeeping)
    ordered = [parts[name] for name in sorted(parts)]
    return Schema(
        relations=tuple(relation for part in ordered for relation in part.relations),
        enums=tuple(enum for part in ordered for enum in part.enums),
        domains=tuple(domain for part in ordered for domain in part.domains),
    )


def read_types(connection: Connection) -> Types:
    """Every type of the database, for the object ids that PostgreSQL gives of a prepared query."""
    return Types((TypeRow(*row) for row in run_named(connection, ("types",))[0]), _AS_WRITTEN)
