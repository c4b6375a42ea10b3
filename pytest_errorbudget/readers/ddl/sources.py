"""What stands in FROM: tables, subqueries, functions and their joins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pytest_errorbudget.model.change_parts import Name
from pytest_errorbudget.model.change_query import (
    Call,
    CallSource,
    JoinSource,
    Query,
    QuerySource,
    Source,
    TableSource,
    UnreadSource,
)
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.readers.ddl.calls import call_of
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.expressions import QUERY_STARTS, Expressions
from pytest_errorbudget.readers.ddl.types import declared
from pytest_errorbudget.readers.ddl.words import NotUnderstood

SET_OPERATIONS = frozenset({"union", "intersect", "except"})
AFTER_FROM = frozenset({"where", "group", "having", "window", "order", "limit", "offset", "fetch", "for"})
JOINS = frozenset({"join", "inner", "left", "right", "full", "cross", "natural"})
_ENDS = AFTER_FROM | SET_OPERATIONS
_NOT_AN_ALIAS = _ENDS | JOINS | {"on", "using", "tablesample", "with", ","}


class Sources:
    """Reads FROM lists; queries inside them are read by ``read_query``."""

    def __init__(self, read_query: Callable[[Cursor], Query]) -> None:
        self._read_query = read_query

    def listed(self, cursor: Cursor) -> tuple[Source, ...]:
        """After FROM, up to the clause that follows."""
        found = [self._joined(cursor)]
        while cursor.accept(","):
            found.append(self._joined(cursor))
        if not cursor.done and cursor.key not in _ENDS:
            raise NotUnderstood(f"`{cursor.next().value}` in FROM")
        return tuple(found)

    def _joined(self, cursor: Cursor) -> Source:
        left = self._one(cursor)
        while cursor.key in JOINS:
            natural = cursor.accept("natural")
            has_condition = not natural and cursor.key != "cross"
            while cursor.key in JOINS | {"outer"} and cursor.key != "join":
                cursor.next()
            cursor.expect("join")
            right = self._one(cursor)
            if has_condition and cursor.key in JOINS:
                raise NotUnderstood("joins that nest to the right")
            left = JoinSource(left=left, right=right, using=self._condition(cursor), natural=natural)
        return left

    def _condition(self, cursor: Cursor) -> tuple[str, ...]:
        if cursor.accept("using"):
            names = cursor.names()
            if cursor.accept("as"):
                cursor.name()
            return names
        if cursor.accept("on"):
            cursor.until(_ENDS | JOINS | {","})
        return ()

    def _one(self, cursor: Cursor) -> Source:
        lateral = cursor.accept("lateral")
        cursor.accept("only")
        if cursor.key == "(":
            return self._bracketed(cursor, lateral)
        if cursor.peek("rows", "from", "("):
            for _ in range(2):
                cursor.next()
            cursor.group()
            return UnreadSource(_alias(cursor)[0])
        parts = [cursor.name()]
        while cursor.accept("."):
            parts.append(cursor.name())
        if cursor.key == "(":
            return self._function(cursor, parts)
        cursor.accept("*")
        alias, columns = _alias(cursor)
        _sample(cursor)
        name = Name(parts[-2] if len(parts) > 1 else None, parts[-1])
        return TableSource(name=name, alias=alias or name.name, columns=columns)

    def _bracketed(self, cursor: Cursor, lateral: bool) -> Source:
        inner = cursor.inside(cursor.group())
        ahead = inner.copy()
        while ahead.key == "(":
            ahead.next()
        if inner.key in QUERY_STARTS or (ahead.key in QUERY_STARTS and not _is_join(inner)):
            query = self._read_query(inner)
            alias, columns = _alias(cursor)
            return QuerySource(query=query, alias=alias or "", columns=columns, lateral=lateral)
        joined = self.listed(inner)[0]
        alias, columns = _alias(cursor)
        if columns:
            return UnreadSource(alias)
        return replace(joined, alias=alias) if alias and isinstance(joined, JoinSource) else joined

    def _function(self, cursor: Cursor, parts: list[str]) -> Source:
        reader = Expressions(self._read_query)
        call = call_of(cursor, parts, reader.whole)
        ordinality = cursor.accept("with", "ordinality")
        ahead = cursor.copy()
        is_alias = ahead.accept("as")
        name = ahead.name() if ahead.word is not None and ahead.word.is_name and _may_be_alias(ahead) else None
        if (name is not None or is_alias) and ahead.key == "(":
            definitions = _definitions(ahead)
            if definitions is not None:
                cursor.accept("as")
                if name is not None:
                    cursor.name()
                cursor.group()
                return UnreadSource(name) if not isinstance(call, Call) else _defined(call, name, definitions)
        alias, columns = _alias(cursor)
        if not isinstance(call, Call):
            return UnreadSource(alias)
        return CallSource(call=call, alias=alias, columns=columns, ordinality=ordinality)


def _defined(call: Call, name: str | None, definitions: tuple[tuple[str, PgType], ...]) -> Source:
    return CallSource(call=call, alias=name, definitions=definitions)


def _definitions(cursor: Cursor) -> tuple[tuple[str, PgType], ...] | None:
    """``(a int, b text)``; ``None`` for ``(a, b)``."""
    parts = cursor.parts(cursor.group())
    if not parts or any(len(part) < 2 for part in parts):
        return None
    found: list[tuple[str, PgType]] = []
    for part in parts:
        inner = cursor.inside(part)
        found.append((inner.name(), declared(inner).type))
    return tuple(found)


def _is_join(cursor: Cursor) -> bool:
    """Whether a bracket that opens with a subquery goes on with a join."""
    ahead = cursor.copy()
    ahead.group()
    return not ahead.done and ahead.key not in SET_OPERATIONS | AFTER_FROM


def _alias(cursor: Cursor) -> tuple[str | None, tuple[str, ...]]:
    if not cursor.accept("as") and not _may_be_alias(cursor):
        return None, ()
    name = cursor.name()
    return name, cursor.names() if cursor.key == "(" else ()


def _may_be_alias(cursor: Cursor) -> bool:
    word = cursor.word
    return word is not None and word.is_name and word.key not in _NOT_AN_ALIAS


def _sample(cursor: Cursor) -> None:
    if cursor.accept("tablesample"):
        cursor.qualified()
        cursor.group()
        if cursor.accept("repeatable"):
            cursor.group()
