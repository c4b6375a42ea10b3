"""Counting rows that are in memory, by the same query that counts files: the seam of the laws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache

import duckdb
from sqlglot import exp
from sqlglot.expressions import column

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.aggregation.predicate import parse_predicate
from pytest_errorbudget.readers.events.aggregation.predicate_columns import PredicateColumn, predicate_columns_of
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, aggregation
from pytest_errorbudget.readers.events.aggregation.question import Predicates, Question
from pytest_errorbudget.readers.events.session import session
from pytest_errorbudget.readers.events.tally import Row, tally

ROWS = "rows"
Value = int | float | str | bool | None
_OWN = (("the tenant", "VARCHAR"), ("the id", "VARCHAR"), ("the time", "BIGINT"), ("the replica", "VARCHAR"))
"""The columns that every row has, under names that no predicate writes."""
ANY_MOMENT = 4_321_987_654_321_987_654
"""Stands in a written query for the moment that it is asked for. Writing and reading a query takes longer than
running it on a few rows, so that it is written once for every moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One row of events; ``values`` are those of the predicates' columns, in their order."""

    tenant: str
    id: str | None
    time_us: int | None
    replica: str
    values: tuple[Value, ...]


class NotComputable(Exception):
    """A predicate leaves 64 bits for a value in the rows: in files, such a value makes the source unreadable."""


CountRows = Callable[[Sequence[EventRow], int, int], tuple[Series, ...]]
"""Rows, the window's width in µs and ``as_of`` in µs (exclusive) to series. Raises ``NotComputable``."""

Engine = Callable[[Slo, Sequence[str]], AbstractContextManager[CountRows]]
"""An SLO and the tenants to a function that counts rows, for as long as it is open."""


@contextmanager
def row_counter(slo: Slo, tenants: Sequence[str], *, aggregation: Aggregation = aggregation) -> Iterator[CountRows]:
    """A function that counts rows for one SLO with the real aggregation, in a session that stays open in between. The
    moment of an ``aggregation`` is any that it only compares with."""
    question = row_question(slo, tenants)
    with row_table(slo) as table:

        @lru_cache
        def query(window_us: int) -> duckdb.Statement:
            return table.written(aggregation(question(window_us), ROWS, ANY_MOMENT), as_of_us=ANY_MOMENT)

        def count(rows: Sequence[EventRow], window_us: int, as_of_us: int) -> tuple[Series, ...]:
            table.fill(rows)
            return tally(question(window_us), table.answer(query(window_us), as_of_us=as_of_us)).series

        yield count


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTable:
    """``ROWS`` in a session. To read a statement takes as long as to run it, so that each is read once."""

    session: duckdb.DuckDBPyConnection
    emptying: duckdb.Statement
    filling: duckdb.Statement

    def fill(self, rows: Sequence[EventRow]) -> None:
        """With these and no others."""
        self.session.execute(self.emptying)
        if rows:
            self.session.execute(self.filling, columns_of(rows))

    def written(self, query: exp.Expr, **standing: int) -> duckdb.Statement:
        """The query with a parameter in the place of each number that stands for one."""
        text = query.sql(dialect="duckdb")
        for name, number in standing.items():
            text = text.replace(str(number), f"${name}")
        return _statement(self.session, text)

    def answer(self, query: duckdb.Statement, **given: int) -> list[Row]:
        """The rows, with those of the parameters that the query has. Raises ``NotComputable``."""
        named = {name: number for name, number in given.items() if name in query.named_parameters}
        try:
            return self.session.execute(query, named).fetchall()
        except duckdb.OutOfRangeException as error:
            raise NotComputable(str(error)) from None


@contextmanager
def row_table(slo: Slo) -> Iterator[RowTable]:
    """An empty table for rows with the columns that the SLO's predicates read, in a session of its own."""
    columns = row_columns(predicate_columns_of(slo))
    declared = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    with session(1) as opened:
        opened.execute(f"create temp table {ROWS} ({declared})")
        emptying = _statement(opened, f"delete from {ROWS}")
        filling = _statement(opened, f"insert into {ROWS} select {', '.join('unnest(?)' for _ in columns)}")
        yield RowTable(session=opened, emptying=emptying, filling=filling)


def _statement(opened: duckdb.DuckDBPyConnection, text: str) -> duckdb.Statement:
    (statement,) = opened.extract_statements(text)
    return statement


def row_columns(mapped: Sequence[PredicateColumn]) -> tuple[tuple[str, str], ...]:
    """The columns of a table of rows as (name, DuckDB's type), in the order of ``columns_of``."""
    return (*_OWN, *((one.name, one.type.value) for one in mapped))


def columns_of(rows: Sequence[EventRow]) -> list[list[Value]]:
    """The rows by column. At least one row."""
    lines = ((row.tenant, row.id, row.time_us, row.replica, *row.values) for row in rows)
    return [list(values) for values in zip(*lines, strict=True)]


def row_question(slo: Slo, tenants: Sequence[str]) -> Callable[[int], Question]:
    """What is asked of a table of rows, by the window's width in µs. Raises ``ValueError`` for an invalid predicate."""
    where = None if slo.sli.where is None else parse_predicate(slo.sli.where)
    predicates = (Predicates(slo=slo, good=parse_predicate(slo.sli.good), where=where),)
    tenant, id, time_us, replica = (column(name, quoted=True) for name, _ in _OWN)
    mapped = tuple(one.name for one in predicate_columns_of(slo))

    def of(window_us: int) -> Question:
        return Question(
            id=id,
            tenant=tenant,
            time_us=time_us,
            replica=replica,
            mapped=mapped,
            predicates=predicates,
            tenants=tuple((name, name) for name in tenants),
            window_us=window_us,
        )

    return of
