"""Counting rows that are in memory, by the same query that counts files: the seam of the laws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import duckdb
from sqlglot import exp
from sqlglot.expressions import column

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.predicate import column_name, parse_predicate
from pytest_errorbudget.readers.events.query import Aggregation, aggregation
from pytest_errorbudget.readers.events.question import Predicates, Question
from pytest_errorbudget.readers.events.session import session
from pytest_errorbudget.readers.events.tally import render, tally

Value = int | str | bool | None


class ColumnType(Enum):
    """What a predicate compares a column with; the value is DuckDB's name for it."""

    NUMBER = "BIGINT"
    TEXT = "VARCHAR"
    TRUTH = "BOOLEAN"


@dataclass(frozen=True, slots=True, kw_only=True)
class PredicateColumn:
    """A column that a predicate reads, and the literals that it is compared with, sorted."""

    name: str
    type: ColumnType
    literals: tuple[int | str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One row of events; ``values`` are those of the predicates' columns, in their order."""

    tenant: str
    id: str | None
    time_us: int | None
    replica: str
    values: tuple[Value, ...]


CountRows = Callable[[Sequence[EventRow], int, int], tuple[Series, ...]]
"""Rows, the window's width in µs and ``as_of`` in µs (exclusive) to series."""


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
    numbers = [_whole(literal) for literal in compared if not literal.is_string]
    if texts:
        return PredicateColumn(name=name, type=ColumnType.TEXT, literals=tuple(sorted(set(texts))))
    if numbers:
        return PredicateColumn(name=name, type=ColumnType.NUMBER, literals=tuple(sorted(set(numbers))))
    return PredicateColumn(name=name, type=ColumnType.TRUTH if _alone(reads) else ColumnType.NUMBER, literals=())


def _compared_with(read: exp.Column) -> Iterator[exp.Literal]:
    """The literals of the whole comparison around a column: ``a + 1 < 3`` compares ``a`` with 1 and 3."""
    node: exp.Expr = read
    while node.parent is not None and not isinstance(node.parent, exp.Connector | exp.Not):
        node = node.parent
    yield from node.find_all(exp.Literal)


def _whole(literal: exp.Literal) -> int:
    return int(literal.name.split(".")[0].split("e")[0].split("E")[0] or 0)


def _alone(reads: Sequence[exp.Column]) -> bool:
    """Whether a column is a condition by itself: ``ok``, ``not ok``, ``ok is true``."""
    return all(
        read.parent is None
        or isinstance(read.parent, exp.Connector | exp.Not | exp.Paren)
        or isinstance(read.parent.args.get("expression"), exp.Boolean)
        for read in reads
    )


@contextmanager
def row_counter(slo: Slo, tenants: Sequence[str], *, aggregation: Aggregation = aggregation) -> Iterator[CountRows]:
    """A function that counts rows for one SLO with the real aggregation, in a session that stays open in between."""
    columns = predicate_columns_of(slo)
    question = _question(slo, columns, tenants)
    with session(1) as opened:
        mapped = "".join(f', "{one.name}" {one.type.value}' for one in columns)
        opened.execute(f"create temp table rows (tenant varchar, id varchar, time_us bigint, replica varchar{mapped})")

        # writing the query takes longer than running it on a few rows
        @lru_cache
        def query(window_us: int, as_of_us: int) -> str:
            return render(aggregation(question(window_us), "rows", as_of_us))

        def count(rows: Sequence[EventRow], window_us: int, as_of_us: int) -> tuple[Series, ...]:
            _fill(opened, rows, len(columns))
            found = opened.execute(query(window_us, as_of_us)).fetchall()
            return tally(question(window_us), found).series

        yield count


def _question(slo: Slo, columns: Sequence[PredicateColumn], tenants: Sequence[str]) -> Callable[[int], Question]:
    where = None if slo.sli.where is None else parse_predicate(slo.sli.where)
    predicates = (Predicates(slo=slo, good=parse_predicate(slo.sli.good), where=where),)

    def of(window_us: int) -> Question:
        return Question(
            id=column("id"),
            tenant=column("tenant"),
            time_us=column("time_us"),
            replica=column("replica"),
            mapped=tuple(one.name for one in columns),
            predicates=predicates,
            tenants=tuple((name, name) for name in tenants),
            window_us=window_us,
        )

    return of


def _fill(opened: duckdb.DuckDBPyConnection, rows: Sequence[EventRow], width: int) -> None:
    opened.execute("delete from rows")
    if rows:
        values = [[getattr(row, name) for row in rows] for name in ("tenant", "id", "time_us", "replica")]
        values += [[row.values[place] for row in rows] for place in range(width)]
        opened.execute(f"insert into rows select {', '.join('unnest(?)' for _ in values)}", values)
