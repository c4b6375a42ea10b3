"""The clocks of a team's SLI query: functions, keywords, and the words that PostgreSQL reads as moments.

``'now'``, ``'today'``, ``'yesterday'`` and ``'tomorrow'`` are moments where a date or a timestamp is made of them
(https://www.postgresql.org/docs/current/datatype-datetime.html, "Special Values"); ``age(x)`` counts from today.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

_CLOCKS = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.Localtimestamp, exp.Localtime)
_CLOCK_FUNCTIONS = frozenset({"clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday"})
_CLOCK_WORDS = frozenset({"current_timestamp", "current_date", "current_time", "localtimestamp", "localtime"})
_SPECIAL = frozenset({"now", "today", "yesterday", "tomorrow"})
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)


def is_clock(node: exp.Expr) -> bool:
    """Words that are only compared with a column are none: whether they are moments is the column's type to say."""
    return is_named_clock(node) or is_special_moment(node) or is_age(node)


def is_named_clock(node: exp.Expr) -> bool:
    named = isinstance(node, exp.Anonymous) and node.name.lower() in _CLOCK_FUNCTIONS
    return named or isinstance(node, _CLOCKS)


def is_clock_word(word: str, is_call: bool) -> bool:
    """Of a token, and whether parentheses follow."""
    name = word.lower()
    return name in _CLOCK_WORDS or (is_call and (name == "now" or name in _CLOCK_FUNCTIONS))


def is_special_moment(node: exp.Expr) -> bool:
    """``'yesterday'::timestamptz``."""
    if not isinstance(node, exp.Cast) or not node.to.is_type("timestamptz", "timestamp", "date"):
        return False
    return _special(node.this) is not None


def special_moment(clock: exp.Cast, now: exp.Expr) -> exp.Expr:
    """``'yesterday'::timestamptz`` as the day of UTC before that of ``now``, a ``timestamptz``."""
    utc = exp.Literal.string("UTC")
    word, zoned = _special(clock.this) or "now", clock.to.is_type("timestamptz")
    if word == "now":
        plain = exp.cast(exp.paren(exp.AtTimeZone(this=now, zone=utc)), clock.to.sql(dialect="postgres"))
        return now if zoned else plain
    day: exp.Expr = exp.cast(exp.paren(exp.AtTimeZone(this=now, zone=utc)), "date")
    one: exp.Expr = exp.Literal.number(1)
    if zoned:
        day = exp.TimestampTrunc(this=now, unit=exp.var("DAY"), zone=utc)
        one = exp.Interval(this=exp.Literal.string("1 day"))
    if word == "today":
        return day
    return exp.paren((exp.Sub if word == "yesterday" else exp.Add)(this=day, expression=one))


def is_age(node: exp.Expr) -> bool:
    """``age(at)``, which counts from the midnight before now; not ``age(a, b)``."""
    return isinstance(node, exp.Anonymous) and node.name.lower() == "age" and len(node.expressions) == 1


def special_literals(statement: exp.Expr) -> Iterator[tuple[exp.Literal, str]]:
    """Words that are compared with a column as they are, and its name."""
    for comparison in statement.find_all(*_COMPARISONS):
        sides = tuple(comparison.iter_expressions())
        columns = [one.name for one in sides if isinstance(one, exp.Column)]
        for one in sides if columns else ():
            if isinstance(one, exp.Literal) and _special(one) is not None:
                yield one, columns[0]


def _special(node: exp.Expr | None) -> str | None:
    if not isinstance(node, exp.Literal) or not node.is_string:
        return None
    word = node.name.strip().lower()
    return word if word in _SPECIAL else None
