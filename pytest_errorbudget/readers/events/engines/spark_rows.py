"""Counting rows that are in memory on Spark: the seam of the law that engines agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from sqlglot import exp

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.aggregation.predicate_columns import predicate_columns_of
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, aggregation
from pytest_errorbudget.readers.events.engines.rows import (
    CountRows,
    EventRow,
    Value,
    columns_of,
    row_columns,
    row_question,
)
from pytest_errorbudget.readers.events.engines.spark import answering, collected, opened
from pytest_errorbudget.readers.events.tally import tally

_VIEW = "errorbudget_rows"
_TYPES = {"BIGINT": "bigint", "VARCHAR": "string", "BOOLEAN": "boolean", "DOUBLE": "double"}


@contextmanager
def spark_row_counter(
    source: EventSource, slo: Slo, tenants: Sequence[str], *, aggregation: Aggregation = aggregation
) -> Iterator[CountRows]:
    """As ``rows.row_counter``, in the Spark session of this process. ``source`` is named where Spark cannot be had.
    Raises ``Unreadable``."""
    columns = row_columns(predicate_columns_of(slo))
    question = row_question(slo, tenants)
    session = opened(source)

    @lru_cache
    def query(window_us: int, as_of_us: int) -> exp.Query:
        return aggregation(question(window_us), _VIEW, as_of_us)

    def count(rows: Sequence[EventRow], window_us: int, as_of_us: int) -> tuple[Series, ...]:
        with answering(source):
            session.sql(_written(columns, rows)).createOrReplaceTempView(_VIEW)
            found = collected(session, query(window_us, as_of_us))
        return tally(question(window_us), found).series

    try:
        yield count
    finally:
        session.catalog.dropTempView(_VIEW)


def _written(columns: Sequence[tuple[str, str]], rows: Sequence[EventRow]) -> str:
    """The rows as a query without a table; the first line gives the types, and is none of them."""
    types = ", ".join(f"cast(null as {_TYPES[kind]})" for _, kind in columns)
    lines = [f"(false, {types})"]
    lines += [f"(true, {', '.join(map(_literal, values))})" for values in zip(*columns_of(rows), strict=True)]
    names = [exp.to_identifier(name, quoted=True).sql(dialect="spark") for name, _ in columns]
    return (
        f"select {', '.join(names)} from values {', '.join(lines)} as rows (`is a row`, {', '.join(names)}) "
        "where `is a row`"
    )


def _literal(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int():
            return f"{value}L"
        case float():
            return f"{value!r}D"
        case str():
            return exp.Literal.string(value).sql(dialect="spark")
