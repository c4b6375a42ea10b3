"""Which columns an SLO's predicates read, and what they compare them with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlglot import exp

from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.aggregation.predicate import column_name, parse_predicate

_DIGITS = 19
"""A whole number with fewer fits into 64 bits, and so do its neighbours."""


class ColumnType(Enum):
    """What a predicate compares a column with; the value is DuckDB's name for it."""

    NUMBER = "BIGINT"
    REAL = "DOUBLE"
    TEXT = "VARCHAR"
    TRUTH = "BOOLEAN"


@dataclass(frozen=True, slots=True, kw_only=True)
class PredicateColumn:
    """A column that a predicate reads, and the literals that it is compared with, sorted."""

    name: str
    type: ColumnType
    literals: tuple[int | float | str, ...]


def predicate_columns_of(slo: Slo) -> tuple[PredicateColumn, ...]:
    """The columns that an SLO's predicates read, sorted by name. Raises ``ValueError`` for an invalid predicate."""
    predicates = [parse_predicate(text) for text in (slo.sli.good, slo.sli.where) if text is not None]
    reads = [read for predicate in predicates for read in predicate.find_all(exp.Column)]
    return tuple(
        _column(name, [read for read in reads if column_name(read) == name])
        for name in sorted({column_name(read) for read in reads})
    )


def _column(name: str, reads: Sequence[exp.Column]) -> PredicateColumn:
    compared = [literal for read in reads for literal in _compared_with(read)]
    texts = [literal.name for literal in compared if literal.is_string]
    numbers = {literal.name for literal in compared if not literal.is_string}
    if texts:
        return PredicateColumn(name=name, type=ColumnType.TEXT, literals=tuple(sorted(set(texts))))
    if numbers and all(number.isdigit() and len(number) < _DIGITS for number in numbers):
        return PredicateColumn(name=name, type=ColumnType.NUMBER, literals=tuple(sorted(map(int, numbers))))
    if numbers:
        return PredicateColumn(name=name, type=ColumnType.REAL, literals=tuple(sorted(map(float, numbers))))
    return PredicateColumn(name=name, type=ColumnType.TRUTH if _alone(reads) else ColumnType.NUMBER, literals=())


def _compared_with(read: exp.Column) -> Iterator[exp.Literal]:
    """The literals of the whole comparison around a column: ``a + 1 < 3`` compares ``a`` with 1 and 3."""
    node: exp.Expr = read
    while node.parent is not None and not isinstance(node.parent, exp.Connector | exp.Not):
        node = node.parent
    yield from node.find_all(exp.Literal)


def _alone(reads: Sequence[exp.Column]) -> bool:
    """Whether a column is a condition by itself: ``ok``, ``not ok``, ``ok is true``."""
    return all(
        read.parent is None
        or isinstance(read.parent, exp.Connector | exp.Not | exp.Paren)
        or isinstance(read.parent.args.get("expression"), exp.Boolean)
        for read in reads
    )
