"""Moments without a time zone, where a query compares them with ones that have one: the session says which they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

_ZONELESS = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")
_COMPARISONS = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
_UTC = "UTC"


def zoneless_parts(statement: exp.Expr) -> Iterator[tuple[exp.Expr, tuple[str, ...]]]:
    """Values, each with the column with which it is compared; none where it is itself made a moment of a zone."""
    for node in statement.walk():
        if isinstance(node, exp.Cast) and node.to.is_type("timestamptz") and _is_literal(node.this):
            yield node, ()
        elif isinstance(node, _COMPARISONS):
            yield from ((value, (column.name,)) for column, value in _compared(node) if _is_zoneless(value))


def _compared(comparison: exp.Expr) -> Iterator[tuple[exp.Column, exp.Expr]]:
    """Columns as they are, and what each is compared with."""
    if isinstance(comparison, exp.Between):
        if isinstance(comparison.this, exp.Column):
            yield comparison.this, comparison.args["low"]
            yield comparison.this, comparison.args["high"]
    elif isinstance(comparison, exp.Binary):
        for column, value in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
            if isinstance(column, exp.Column):
                yield column, value


def _is_zoneless(value: exp.Expr) -> bool:
    """A day, or a timestamp without time zone, as far as the text says so."""
    match value:
        case exp.Paren() | exp.TimestampTrunc():
            return _is_zoneless(value.this)
        case exp.Add() | exp.Sub():
            return not isinstance(value.left.unnest(), exp.Literal) and _is_zoneless(value.left)
        case exp.Cast():
            return value.to.is_type("date", "timestamp") and value.find(exp.Column) is None
        case exp.CurrentDate() | exp.Localtimestamp():
            return True
        case _:
            return _is_literal(value)


def _is_literal(value: exp.Expr) -> bool:
    return isinstance(value, exp.Literal) and value.is_string and _ZONELESS.fullmatch(value.name) is not None


def in_utc(statement: exp.Expr, zoned: frozenset[str]) -> None:
    """Says of each that it is UTC's, where it is compared with one of the columns ``zoned``."""
    for value, columns in list(zoneless_parts(statement)):
        if set(columns) <= zoned:
            value.replace(_of_utc(value))


def _of_utc(value: exp.Expr) -> exp.Expr:
    literal = value.this if isinstance(value, exp.Cast) else value
    if _is_literal(literal):
        day, _, time = literal.name.replace("T", " ").partition(" ")
        return exp.cast(exp.Literal.string(f"{day} {time or '00:00:00'}Z"), "timestamptz")
    moment = exp.cast(exp.paren(value.copy()), "timestamp")
    return exp.paren(exp.AtTimeZone(this=moment, zone=exp.Literal.string(_UTC)))
