"""How long an interval of a query is, where its text says so in full."""

from __future__ import annotations

import re
from fractions import Fraction

from sqlglot import exp

_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_SHORT = {
    "": "second",
    "s": "second",
    "sec": "second",
    "m": "minute",
    "min": "minute",
    "h": "hour",
    "hr": "hour",
    "d": "day",
    "w": "week",
}
_PART = re.compile(r"\s*(?:(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?|(\d+(?:\.\d+)?)\s*([a-z]*))", re.IGNORECASE)
_NAMED = {"mins": "minute", "secs": "second", "hours": "hour", "days": "day", "weeks": "week"}


def is_length(node: exp.Expr) -> bool:
    """An interval, or one that is multiplied by a number."""
    match node:
        case exp.Interval() | exp.MakeInterval():
            return True
        case exp.Cast():
            return node.to.is_type("interval")
        case exp.Mul():
            return is_length(node.left.unnest()) or is_length(node.right.unnest())
        case _:
            return False


def seconds_of(node: exp.Expr) -> int | None:
    """The length in whole seconds; ``None`` where it is not plain (months, a parameter, parts of a second)."""
    length = _length(node)
    return int(length) if length is not None and length.denominator == 1 else None


def _length(node: exp.Expr) -> Fraction | None:
    match node:
        case exp.Literal():
            return _of_text(node.name)
        case exp.Paren():
            return _length(node.this)
        case exp.Interval():
            unit = node.args.get("unit")
            value = node.this.unnest() if node.this is not None else None
            written = value.name if isinstance(value, exp.Literal) else ""
            return _of_text(f"{written} {unit.name if unit is not None else ''}")
        case exp.Cast():
            return _of_text(node.this.name) if isinstance(node.this, exp.Literal) else None
        case exp.Mul():
            left, right = _factor(node.left.unnest()), _factor(node.right.unnest())
            return None if left is None or right is None else left * right
        case exp.MakeInterval():
            return _of_parts(node)
        case _:
            return None


def _factor(node: exp.Expr) -> Fraction | None:
    is_number = isinstance(node, exp.Literal) and not node.is_string
    return Fraction(node.name) if is_number else _length(node) if is_length(node) else None


def _of_text(text: str) -> Fraction | None:
    """``1 hour 7 minutes``, ``00:07:00``, ``5 min``."""
    total, place = Fraction(0), 0
    text = text.strip()
    while place < len(text):
        part = _PART.match(text, place)
        if part is None:
            return None
        if part[1] is not None:
            total += int(part[1]) * 3_600 + int(part[2]) * 60 + Fraction(part[3] or 0)
        else:
            size = _SECONDS.get(_full(part[5]))
            if size is None:
                return None
            total += Fraction(part[4]) * size
        place = part.end()
    return total if text else None


def _full(unit: str) -> str:
    name = unit.lower()
    return _SHORT.get(name, _SHORT.get(name.removesuffix("s"), name.removesuffix("s")))


def _of_parts(node: exp.MakeInterval) -> Fraction | None:
    """``make_interval(mins => 7)``, whose parts are named."""
    total = Fraction(0)
    for part in node.iter_expressions():
        size = _SECONDS.get(_NAMED.get(part.name.lower(), "")) if isinstance(part, exp.Kwarg | exp.PropertyEQ) else None
        value = part.args.get("expression")
        if size is None or not isinstance(value, exp.Literal) or value.is_string:
            return None
        total += Fraction(value.name) * size
    return total
