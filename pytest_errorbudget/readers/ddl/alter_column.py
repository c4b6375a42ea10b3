"""ALTER TABLE … ALTER COLUMN."""

from __future__ import annotations

from pytest_errorbudget.model.change import Change
from pytest_errorbudget.model.change_parts import Existing, Name
from pytest_errorbudget.model.change_table import (
    AlterColumnType,
    DropDefault,
    DropExpression,
    DropIdentity,
    DropNotNull,
    SetDefault,
    SetIdentity,
    SetNotNull,
)
from pytest_errorbudget.readers.ddl.columns import default_kind, identity_options
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.types import declared

_COMMA = frozenset({","})


def alter_column(cursor: Cursor, table: Name, missing: Existing, start: int) -> Change | None:
    """After ``ALTER [COLUMN]``; ``None`` for an action without effect on the schema (STATISTICS, STORAGE …)."""
    word = cursor.next()
    column = word.value
    if cursor.accept("type") or cursor.accept("set", "data", "type"):
        found = declared(cursor)
        cursor.until(_COMMA)
        return AlterColumnType(table=table, column=column, type=found.type, missing=missing, origin=cursor.span(start))
    if cursor.accept("add", "generated"):
        return _identity(cursor, table, column, missing, start)
    if cursor.accept("drop"):
        return _drop(cursor, table, column, missing, start)
    return _set(cursor, table, column, missing, start)


def _identity(cursor: Cursor, table: Name, column: str, missing: Existing, start: int) -> Change:
    identity = identity_options(cursor)
    cursor.until(_COMMA)
    return SetIdentity(table=table, column=column, identity=identity, missing=missing, origin=cursor.span(start))


def _drop(cursor: Cursor, table: Name, column: str, missing: Existing, start: int) -> Change:
    match cursor.one_of("not", "default", "identity", "expression"):
        case "not":
            cursor.expect("null")
            return DropNotNull(table=table, column=column, missing=missing, origin=cursor.span(start))
        case "default":
            return DropDefault(table=table, column=column, missing=missing, origin=cursor.span(start))
        case "identity":
            cursor.accept("if", "exists")
            return DropIdentity(table=table, column=column, missing=missing, origin=cursor.span(start))
        case _:
            cursor.accept("if", "exists")
            return DropExpression(table=table, column=column, missing=missing, origin=cursor.span(start))


def _set(cursor: Cursor, table: Name, column: str, missing: Existing, start: int) -> Change | None:
    if cursor.accept("set", "not", "null"):
        return SetNotNull(table=table, column=column, missing=missing, origin=cursor.span(start))
    if cursor.accept("set", "default"):
        default = default_kind(cursor.until(_COMMA))
        return SetDefault(table=table, column=column, default=default, missing=missing, origin=cursor.span(start))
    if cursor.accept("set", "generated"):
        return _identity(cursor, table, column, missing, start)
    cursor.one_of("set", "reset", "restart", "options")
    cursor.until(_COMMA)
    return None
