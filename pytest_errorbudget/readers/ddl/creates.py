"""CREATE, by what is created."""

from __future__ import annotations

from dataclasses import replace

from pytest_errorbudget.model.change import Change, CreateExtension, CreateQueried, CreateSchema
from pytest_errorbudget.model.change_parts import Existing, Name
from pytest_errorbudget.model.change_query import ColumnRef, CommonTable, Output, Query, Select, TableSource
from pytest_errorbudget.model.schema import RelationKind
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.guards import create_policy, create_trigger
from pytest_errorbudget.readers.ddl.indexes import create_index
from pytest_errorbudget.readers.ddl.queries import query_of
from pytest_errorbudget.readers.ddl.routines import create_routine
from pytest_errorbudget.readers.ddl.tables import create_table
from pytest_errorbudget.readers.ddl.types_ddl import create_domain, create_type
from pytest_errorbudget.readers.ddl.words import NotUnderstood


def create(cursor: Cursor) -> tuple[Change, ...]:
    """After CREATE. What is not listed (sequences, rules, roles …) changes no column."""
    replaces = cursor.accept("or", "replace")
    temporary = _persistence(cursor)
    existing = Existing.REPLACES if replaces else Existing.FAILS
    match cursor.key:
        case "unique" | "index":
            return create_index(cursor)
        case "foreign" if cursor.accept("foreign", "table"):
            return create_table(cursor, temporary, RelationKind.FOREIGN_TABLE)
        case "materialized" if cursor.accept("materialized", "view"):
            return _view(cursor, RelationKind.MATERIALIZED_VIEW, existing, temporary)
        case "recursive" if cursor.accept("recursive", "view"):
            return _recursive_view(cursor, existing, temporary)
    match cursor.next().key:
        case "table":
            return create_table(cursor, temporary)
        case "view":
            return _view(cursor, RelationKind.VIEW, existing, temporary)
        case "type":
            return create_type(cursor)
        case "domain":
            return create_domain(cursor)
        case "schema":
            return _schema(cursor)
        case "extension":
            return _extension(cursor)
        case "function" | "procedure":
            return create_routine(cursor)
        case "trigger":
            return create_trigger(cursor)
        case "constraint" if cursor.accept("trigger"):
            return create_trigger(cursor)
        case "policy":
            return create_policy(cursor)
    return ()


def _persistence(cursor: Cursor) -> bool:
    """Whether it is temporary. ``TEMP``, ``UNLOGGED`` and the old ``LOCAL`` and ``GLOBAL`` are read."""
    if cursor.key in {"local", "global"}:
        cursor.next()
    if cursor.key in {"temp", "temporary"}:
        cursor.next()
        return True
    cursor.accept("unlogged")
    return False


def _view(cursor: Cursor, kind: RelationKind, existing: Existing, temporary: bool) -> tuple[Change, ...]:
    if cursor.accept("if", "not", "exists"):
        existing = Existing.SKIPS
    name = cursor.qualified()
    columns = cursor.names() if cursor.key == "(" else ()
    cursor.until(frozenset({"as"}))
    cursor.expect("as")
    return (
        CreateQueried(
            name=name,
            kind=kind,
            query=query_of(cursor),
            columns=columns,
            existing=existing,
            temporary=temporary,
            origin=cursor.span(0),
        ),
    )


def _recursive_view(cursor: Cursor, existing: Existing, temporary: bool) -> tuple[Change, ...]:
    """``CREATE RECURSIVE VIEW v (a, b) AS q`` is ``WITH RECURSIVE v (a, b) AS (q) SELECT a, b FROM v``."""
    name = cursor.qualified()
    columns = cursor.names()
    cursor.expect("as")
    text = query_of(cursor)
    outputs = tuple(Output(column, ColumnRef(None, column)) for column in columns)
    body = Select(outputs, (TableSource(name=Name(None, name.name), alias=name.name),))
    query = Query(body=body, common=(CommonTable(name.name, text.query, columns),), recursive=True)
    return (
        CreateQueried(
            name=name,
            kind=RelationKind.VIEW,
            query=replace(text, query=query),
            existing=existing,
            temporary=temporary,
            origin=cursor.span(0),
        ),
    )


def _schema(cursor: Cursor) -> tuple[Change, ...]:
    cursor.accept("if", "not", "exists")
    name = None if cursor.peek("authorization") else cursor.name()
    if cursor.accept("authorization"):
        owner = cursor.name()
        name = owner if name is None else name
    if not cursor.done or name is None:
        raise NotUnderstood("CREATE SCHEMA with its elements")
    return (CreateSchema(name=name, origin=cursor.span(0)),)


def _extension(cursor: Cursor) -> tuple[Change, ...]:
    cursor.accept("if", "not", "exists")
    name = cursor.name()
    schema: str | None = None
    while not cursor.done:
        if cursor.accept("schema"):
            schema = cursor.name()
        else:
            cursor.next()
    return (CreateExtension(name=name, schema=schema, origin=cursor.span(0)),)
