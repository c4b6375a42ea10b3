"""Expressions of a select list, as far as the type of the column depends on them.

Everything that binds less tightly than an operator (comparisons, AND, OR, NOT, IS, IN, LIKE, BETWEEN) gives a boolean,
so that what follows such a word is not read.
"""

from __future__ import annotations

from collections.abc import Callable

from pytest_errorbudget.model.change_query import (
    ArrayOf,
    Attribute,
    Call,
    Case,
    Cast,
    ColumnRef,
    Elements,
    Exists,
    Expression,
    Literal,
    LiteralKind,
    Operator,
    Query,
    Scalar,
    Star,
    Subscript,
    Truth,
    Unread,
)
from pytest_errorbudget.readers.ddl.calls import VALUE_KEYWORDS, call_of
from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.operators import COMPARISONS, operator_at, strength
from pytest_errorbudget.readers.ddl.types import declared
from pytest_errorbudget.readers.ddl.words import NotUnderstood, Word, WordKind

QUERY_STARTS = frozenset({"select", "with", "values", "table"})
_BOOLEAN = frozenset({"and", "or", "is", "isnull", "notnull", "in", "like", "ilike", "similar", "between", "not"})
_TIGHTEST = 13
_TIME_ZONE = 11
_CASE_ENDS = frozenset({"when", "else", "end"})
# A word that may stand last without being an alias.
_NOT_AN_ALIAS = frozenset({"null", "true", "false", "unknown", "end", "isnull", "notnull", "document", "normalized"})
_BEFORE_AN_OPERAND = _BOOLEAN | {"from", "escape", "to", "any", "all", "some", "distinct", "symmetric", "double"}
# Types of several words, or with a length, before the string of a typed literal.
_LONG_TYPES = frozenset({"bit", "character", "double", "interval", "time", "timestamp", "varchar", "numeric"})
_POSTFIXES = frozenset({"::", "[", "collate", "."})
_BEGIN_OTHERS = (
    _LONG_TYPES | VALUE_KEYWORDS | {"not", "case", "cast", "exists", "array", "null", "true", "false", "row"}
)
ReadQuery = Callable[[Cursor], Query]


class Expressions:
    """Reads expressions; queries inside them are read by ``read_query``."""

    def __init__(self, read_query: ReadQuery) -> None:
        self._read_query = read_query

    def whole(self, cursor: Cursor) -> Expression:
        """All that the cursor holds, as one expression; never raises."""
        reference = column_reference(cursor.copy().rest())
        if reference is not None:
            cursor.rest()
            return reference
        try:
            found = self.leading(cursor)
        except NotUnderstood:
            cursor.rest()
            return Unread()
        if cursor.done:
            return found
        cursor.rest()
        return Unread()

    def leading(self, cursor: Cursor) -> Expression:
        """The longest expression that starts here; an alias may be left."""
        if cursor.key == "not":
            return _truth(cursor)
        found = self._operators(cursor, 0)
        if cursor.key in _BOOLEAN or operator_at(cursor)[0] in COMPARISONS:
            return _truth(cursor)
        return found

    def _operators(self, cursor: Cursor, least: int) -> Expression:
        left = self._prefixed(cursor)
        while True:
            if cursor.peek("at", "time", "zone") and least < _TIME_ZONE:
                for _ in range(3):
                    cursor.next()
                left = Call(name="timezone", arguments=(self._operators(cursor, _TIME_ZONE), left))
                continue
            symbol, count = operator_at(cursor)
            binds = strength(symbol)
            if not symbol or symbol in COMPARISONS or binds <= least:
                return left
            for _ in range(count):
                cursor.next()
            left = Operator(symbol, left, self._operators(cursor, binds))

    def _prefixed(self, cursor: Cursor) -> Expression:
        symbol, count = operator_at(cursor)
        if symbol == "*":
            cursor.next()
            return Star()
        if not symbol:
            return self._postfixed(cursor, self._primary(cursor))
        for _ in range(count):
            cursor.next()
        operand = self._operators(cursor, _TIGHTEST if symbol in "+-" else strength(symbol))
        if symbol in "+-" and isinstance(operand, Literal) and operand.kind is LiteralKind.NUMBER:
            return operand
        return Operator(symbol, None, operand)

    def _postfixed(self, cursor: Cursor, operand: Expression) -> Expression:
        while cursor.key in _POSTFIXES:
            if cursor.accept("::"):
                operand = Cast(operand, declared(cursor).type)
            elif cursor.key == "[":
                operand = Subscript(operand, any(word.key == ":" for word in cursor.group()))
            elif cursor.accept("collate"):
                cursor.qualified()
            else:
                cursor.expect(".")
                operand = Unread() if cursor.accept("*") else Attribute(operand, cursor.name())
        return operand

    def _primary(self, cursor: Cursor) -> Expression:
        word = cursor.word
        if word is None:
            raise NotUnderstood("an expression ends too early")
        if word.kind is WordKind.STRING:
            return _string(cursor)
        if word.kind is WordKind.NUMBER:
            return Literal(LiteralKind.NUMBER, cursor.next().value)
        if word.key == "(":
            return self._bracketed(cursor)
        if not word.is_name:
            raise NotUnderstood(f"`{word.value}` in an expression")
        if word.kind is WordKind.BARE:
            found = self._keyword(cursor, word)
            if found is not None:
                return found
        return self._named(cursor)

    def _bracketed(self, cursor: Cursor) -> Expression:
        inner = cursor.inside(cursor.group())
        if inner.key in QUERY_STARTS or inner.peek("(", "select"):
            return Scalar(self._read_query(inner))
        if len(inner.parts(inner.copy().rest())) > 1:
            return Unread("row")
        return self.whole(inner)

    def _keyword(self, cursor: Cursor, word: Word) -> Expression | None:
        match word.key:
            case "case":
                return self._case(cursor)
            case "cast":
                return self._cast(cursor)
            case "exists":
                cursor.next()
                cursor.group()
                return Exists()
            case "array":
                return self._array(cursor)
            case "null":
                cursor.next()
                return Literal(LiteralKind.NULL)
            case "true" | "false":
                cursor.next()
                return Literal(LiteralKind.BOOLEAN)
            case "row":
                cursor.next()
                cursor.group()
                return Unread("row")
        return None

    def _case(self, cursor: Cursor) -> Expression:
        cursor.next()
        cursor.until(frozenset({"when"}))
        results: list[Expression] = []
        while cursor.accept("when"):
            cursor.until(frozenset({"then"}))
            cursor.expect("then")
            results.append(self.whole(cursor.inside(cursor.until(_CASE_ENDS))))
        otherwise = self.whole(cursor.inside(cursor.until(_CASE_ENDS))) if cursor.accept("else") else None
        cursor.expect("end")
        return Case(tuple(results), otherwise)

    def _cast(self, cursor: Cursor) -> Expression:
        cursor.next()
        inner = cursor.inside(cursor.group())
        operand = self.whole(inner.inside(inner.until(frozenset({"as"}))))
        inner.expect("as")
        return Cast(operand, declared(inner).type)

    def _array(self, cursor: Cursor) -> Expression:
        cursor.next()
        inner = cursor.inside(cursor.group())
        if inner.key in QUERY_STARTS:
            return ArrayOf(self._read_query(inner))
        return Elements(tuple(self.whole(inner.inside(part)) for part in inner.parts(inner.rest())))

    def _named(self, cursor: Cursor) -> Expression:
        literal = _typed_literal(cursor)
        if literal is not None:
            return literal
        if cursor.key in VALUE_KEYWORDS:
            name = cursor.next().key
            return Unread(name) if cursor.key == "(" and cursor.group() else Call(name=name)
        parts = [cursor.name()]
        while cursor.accept("."):
            if cursor.accept("*"):
                return Star(parts[-1])
            parts.append(cursor.name())
        if cursor.key == "(":
            return call_of(cursor, parts, self.whole)
        return ColumnRef(parts[-2] if len(parts) > 1 else None, parts[-1])


def column_reference(items: tuple[Word, ...]) -> ColumnRef | None:
    """``table.column`` and nothing else, as most expressions are; it need not be read any other way."""
    if len(items) != 3 or items[1].key != "." or not (items[0].is_name and items[2].is_name):
        return None
    return None if items[0].key in _BEGIN_OTHERS else ColumnRef(items[0].value, items[2].value)


def _string(cursor: Cursor) -> Expression:
    word = cursor.next()
    if cursor.sql[word.start : word.start + 1] in "bBxX":
        return Unread()
    return Literal(LiteralKind.STRING, word.value)


def _typed_literal(cursor: Cursor) -> Expression | None:
    """``date '2026-01-01'``, ``interval '1' day``, ``timestamp with time zone '…'``."""
    ahead = cursor.copy()
    if cursor.key not in _LONG_TYPES:
        ahead.next()
        if ahead.word is None or ahead.word.kind is not WordKind.STRING:
            return None
        ahead = cursor.copy()
    try:
        found = declared(ahead)
    except NotUnderstood:
        return None
    word = ahead.word
    if word is None or word.kind is not WordKind.STRING:
        return None
    declared(cursor)
    cursor.next()
    if found.type.name == "interval" and cursor.key in {"year", "month", "day", "hour", "minute", "second"}:
        return Unread("interval")
    return Cast(Literal(LiteralKind.STRING), found.type)


def _truth(cursor: Cursor) -> Expression:
    """The rest is a condition; a bare alias at its end is left."""
    rest = cursor.copy().rest()
    is_alias = len(rest) > 1 and _is_alias(rest[-2], rest[-1])
    for _ in range(len(rest) - is_alias):
        cursor.next()
    return Truth()


def _is_alias(before: Word, last: Word) -> bool:
    if not last.is_name or last.key in _NOT_AN_ALIAS:
        return False
    if before.kind is WordKind.SYMBOL:
        return before.key in {")", "]"}
    return before.key not in _BEFORE_AN_OPERAND
