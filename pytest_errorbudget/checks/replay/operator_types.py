"""What PostgreSQL's own operators give, from their operands' types: ``pg_operator`` of PostgreSQL 18."""

from __future__ import annotations

from pytest_errorbudget.checks.replay.common_type import (
    BOOL,
    FLOAT8,
    INT4,
    LITERAL,
    NUMERIC,
    TEXT,
    is_catalog,
    plain,
)
from pytest_errorbudget.model.pgtype import CATALOG, PgType

_INTEGERS = ("int2", "int4", "int8")
_FLOATS = ("float4", "float8")
_NUMBERS = (*_INTEGERS, "numeric", *_FLOATS)
_STRINGS = ("text", "varchar", "bpchar", "name")
_TRUTHS = frozenset(
    {"~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*", "@>", "<@", "@@", "@?", "?", "?|", "?&", "^@", "-|-"}
)
# (left, symbol, right) of dates and times.
_TIMES = {
    ("date", "+", "interval"): "timestamp",
    ("date", "-", "interval"): "timestamp",
    ("interval", "+", "date"): "timestamp",
    ("date", "+", "time"): "timestamp",
    ("date", "-", "date"): "int4",
    **{("date", symbol, whole): "date" for symbol in "+-" for whole in ("int2", "int4")},
    **{(whole, "+", "date"): "date" for whole in ("int2", "int4")},
    **{(time, symbol, "interval"): time for symbol in "+-" for time in ("timestamp", "timestamptz", "time", "timetz")},
    **{("interval", "+", time): time for time in ("timestamp", "timestamptz", "time", "timetz", "interval")},
    ("interval", "-", "interval"): "interval",
    ("time", "-", "time"): "interval",
    **{
        (left, "-", right): "interval"
        for left in ("date", "timestamp", "timestamptz")
        for right in ("date", "timestamp", "timestamptz")
        if (left, right) != ("date", "date")
    },
    **{("interval", symbol, number): "interval" for symbol in "*/" for number in _NUMBERS},
    **{(number, "*", "interval"): "interval" for number in _NUMBERS},
}


def operator_result(symbol: str, left: PgType | None, right: PgType | None) -> PgType | None:
    """The result of ``left symbol right``; ``None`` where these rules do not tell."""
    if left is None or right is None:
        return BOOL if symbol in _TRUTHS else None
    if symbol in _TRUTHS:
        return BOOL
    if symbol == "&&":
        return BOOL if left.dimensions or right.dimensions else None
    if symbol == "||":
        return _joined(left, right)
    if is_catalog(left, "json", "jsonb") or is_catalog(right, "json", "jsonb"):
        return _json(symbol, left)
    return _arithmetic(symbol, left, right)


def prefix_result(symbol: str, operand: PgType | None) -> PgType | None:
    if operand is None or symbol not in {"-", "+"}:
        return None
    known = is_catalog(operand, *_NUMBERS) or (symbol == "-" and is_catalog(operand, "interval"))
    return plain(operand) if known else None


def _joined(left: PgType, right: PgType) -> PgType | None:
    """Strings with anything are text; arrays take elements and arrays."""
    for one, other in ((left, right), (right, left)):
        if one.dimensions:
            fits = other == LITERAL or plain(other) == plain(one) or plain(other) == plain(one).element
            return plain(one) if fits else None
    if is_catalog(left, "jsonb") and (is_catalog(right, "jsonb") or right == LITERAL):
        return left
    if is_catalog(right, "jsonb") and left == LITERAL:
        return right
    for name in ("bytea", "tsvector"):
        if is_catalog(left, name) and is_catalog(right, name):
            return left
    either = is_catalog(left, *_STRINGS) or is_catalog(right, *_STRINGS)
    if either and CATALOG == left.schema == right.schema:
        return TEXT
    if LITERAL in (left, right):
        return _joined_literal(right if left == LITERAL else left)
    return None


def _joined_literal(other: PgType) -> PgType | None:
    known = other == LITERAL or is_catalog(other, *_NUMBERS, "date", "timestamp", "timestamptz", "uuid", "bool")
    return TEXT if known else None


def _json(symbol: str, left: PgType) -> PgType | None:
    if not is_catalog(left, "json", "jsonb"):
        return None
    if symbol in {"->>", "#>>"}:
        return TEXT
    if symbol in {"->", "#>"} or (is_catalog(left, "jsonb") and symbol in {"-", "#-"}):
        return left
    return None


def _arithmetic(symbol: str, left: PgType, right: PgType) -> PgType | None:
    left = plain(right) if left == LITERAL and is_catalog(right, *_NUMBERS) else plain(left)
    right = left if right == LITERAL and is_catalog(left, *_NUMBERS) else plain(right)
    if left.dimensions or right.dimensions or not left.schema == right.schema == CATALOG:
        return None
    if left.name in _NUMBERS and right.name in _NUMBERS:
        return _number(symbol, left, right)
    found = _TIMES.get((left.name, symbol, right.name))
    return None if found is None else (INT4 if found == "int4" else PgType(found))


def _number(symbol: str, left: PgType, right: PgType) -> PgType | None:
    whole = left.name in _INTEGERS and right.name in _INTEGERS
    floats = left.name in _FLOATS or right.name in _FLOATS
    if symbol in {"&", "|", "#"}:
        return _wider(left, right) if whole else None
    if symbol == "^":
        return NUMERIC if "numeric" in (left.name, right.name) and not floats else FLOAT8
    if symbol not in {"+", "-", "*", "/", "%"} or (symbol == "%" and floats):
        return None
    if left == right:
        return left
    if floats:
        return FLOAT8
    return _wider(left, right) if whole else NUMERIC


def _wider(left: PgType, right: PgType) -> PgType:
    return max(left, right, key=lambda one: _INTEGERS.index(one.name))
