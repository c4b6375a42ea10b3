"""CREATE INDEX."""

from __future__ import annotations

from pytest_errorbudget.model.change import Change, CreateIndex
from pytest_errorbudget.model.change_parts import Existing
from pytest_errorbudget.readers.ddl.constraints import nulls_distinct
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.keys import keys_of
from pytest_errorbudget.readers.ddl.words import mentioned


def create_index(cursor: Cursor) -> tuple[Change, ...]:
    """After CREATE: ``[UNIQUE] INDEX …``."""
    unique = cursor.accept("unique")
    cursor.expect("index")
    cursor.accept("concurrently")
    existing = Existing.SKIPS if cursor.accept("if", "not", "exists") else Existing.FAILS
    name = None if cursor.peek("on") else cursor.name()
    cursor.expect("on")
    only = cursor.accept("only")
    table = cursor.qualified()
    method = cursor.name() if cursor.accept("using") else "btree"
    parts = cursor.parts(cursor.group())
    keys = keys_of(cursor, parts)
    include = cursor.names() if cursor.accept("include") else ()
    nulls_distinct(cursor)
    if cursor.accept("with"):
        cursor.group()
    if cursor.accept("tablespace"):
        cursor.name()
    predicate = cursor.rest() if cursor.accept("where") else ()
    inside = frozenset[str]().union(*(mentioned(part) for part in parts)) | mentioned(predicate)
    return (
        CreateIndex(
            name=name,
            table=table,
            keys=keys,
            include=include,
            mentions=inside,
            unique=unique,
            partial=bool(predicate),
            only=only,
            method=method,
            existing=existing,
            origin=cursor.span(0),
        ),
    )
