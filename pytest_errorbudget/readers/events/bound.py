"""What a column of a predicate may stand beside, by its type, so that engines answer alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from pytest_errorbudget.readers.events.files.columns import NUMBERS, FileColumn

_MOMENTS = frozenset(
    {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMPTZ_NS", "DATE"}
)
_WHOLE = NUMBERS - {"FLOAT", "REAL", "DOUBLE"}
_ISO = re.compile(
    r"\d{4,6}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?|-?infinity|epoch",
    re.ASCII,
)


def refuse_clock(read: exp.Column, found: FileColumn) -> None:
    """Raises ``ValueError`` for a moment beside text that is none by ISO 8601: PostgreSQL reads ``'now'`` and
    ``'today'`` as clocks, and a date whose day could be its month by a setting."""
    if found.type not in _MOMENTS:
        return
    for literal in _beside(read):
        if literal.is_string and not _ISO.fullmatch(literal.name):
            raise ValueError(
                f"the column `{found.name}` is a moment ({found.type}) and is compared with {literal.sql()}: write it "
                "as ISO 8601, such as '2026-01-31' or '2026-01-31 12:00:00Z'"
            )


def _beside(read: exp.Column) -> Iterator[exp.Literal]:
    """The literals of the whole comparison around a column."""
    node: exp.Expr = read
    while node.parent is not None and not isinstance(node.parent, exp.Connector | exp.Not):
        node = node.parent
    yield from node.find_all(exp.Literal)


def condition(read: exp.Column, found: FileColumn, bound: exp.Expr) -> exp.Expr:
    """``bound``, or where a whole number stands as a condition: 1 is true, 0 is false, and any other number is neither,
    so that ``good = "status"`` makes events invalid, and not all of them good."""
    if found.type not in _WHOLE or not _stands_alone(read):
        return bound
    case = exp.Case().when(bound.eq(1), exp.true()).when(bound.copy().eq(0), exp.false())
    return exp.paren(case)


def _stands_alone(read: exp.Column) -> bool:
    around = read.parent
    while isinstance(around, exp.Paren):
        around = around.parent
    beside_truth = isinstance(around, exp.Is | exp.Coalesce) and around.find(exp.Boolean) is not None
    return around is None or isinstance(around, exp.Connector | exp.Not) or beside_truth
