"""Calls of functions in an expression, with the grammar's own spellings."""

from __future__ import annotations

from collections.abc import Callable

from pytest_errorbudget.model.change_query import Call, Expression
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.words import Word

# Called without brackets.
VALUE_KEYWORDS = frozenset(
    {
        *("current_timestamp", "current_date", "current_time", "localtimestamp", "localtime"),
        *("current_user", "session_user", "current_role", "current_catalog", "current_schema", "user", "system_user"),
    }
)
# Their arguments have a grammar of their own, and their type does not depend on it.
_OWN_GRAMMAR = frozenset({"extract", "position", "overlay", "normalize", "xmlelement", "xmlforest"})
_TRIMS = {"both": "btrim", "leading": "ltrim", "trailing": "rtrim"}
_IN_SUBSTRING = frozenset({"from", "for", "similar"})


def call_of(cursor: Cursor, parts: list[str], read: Callable[[Cursor], Expression]) -> Expression:
    """The call whose name ``parts`` has been read; reads FILTER, OVER and WITHIN GROUP too."""
    schema, name = (parts[-2] if len(parts) > 1 else None), parts[-1]
    inner = cursor.inside(cursor.group())
    found = _called(inner, schema, name, read)
    if cursor.accept("within", "group"):
        cursor.group()
        found = Call(schema="within group", name=name)
    if cursor.accept("filter"):
        cursor.group()
    if cursor.key in {"respect", "ignore"}:
        cursor.next()
        cursor.expect("nulls")
    if cursor.accept("over"):
        if cursor.key == "(":
            cursor.group()
        else:
            cursor.name()
    return found


def _called(inner: Cursor, schema: str | None, name: str, read: Callable[[Cursor], Expression]) -> Call:
    if schema is None and name in _OWN_GRAMMAR:
        return Call(name=name)
    if schema is None and name == "trim":
        return Call(name=_TRIMS.get(inner.key, "btrim"), arguments=_last_operand(inner, read))
    if inner.peek("*"):
        return Call(schema=schema, name=name, star=True)
    inner.accept("distinct")
    inner.accept("all")
    inner.accept("variadic")
    items = inner.until(frozenset({"order"}))
    if schema is None and name == "substring":
        return Call(name=name, arguments=(read(inner.inside(_before(inner, items))),))
    arguments = tuple(read(inner.inside(part)) for part in inner.parts(items))
    return Call(schema=schema, name=name, arguments=arguments)


def _last_operand(inner: Cursor, read: Callable[[Cursor], Expression]) -> tuple[Expression, ...]:
    """``trim([both] [characters] from text)``, or ``trim(text, characters)``."""
    if inner.key in _TRIMS:
        inner.next()
    ahead = inner.copy()
    ahead.until(frozenset({"from"}))
    if ahead.accept("from"):
        return (read(ahead),)
    parts = inner.parts(inner.rest())
    return (read(inner.inside(parts[0])),) if parts else ()


def _before(inner: Cursor, items: tuple[Word, ...]) -> tuple[Word, ...]:
    return inner.inside(inner.parts(items)[0]).until(_IN_SUBSTRING) if items else ()
