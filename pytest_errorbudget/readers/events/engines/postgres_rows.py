"""Counting rows that are in memory on PostgreSQL: the seam of the law that engines agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache

import psycopg

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.aggregation.predicate_columns import predicate_columns_of
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, aggregation
from pytest_errorbudget.readers.events.engines.postgres import postgres_text
from pytest_errorbudget.readers.events.engines.postgres_session import SAME_ANSWERS
from pytest_errorbudget.readers.events.engines.rows import (
    ANY_MOMENT,
    CountRows,
    EventRow,
    columns_of,
    row_columns,
    row_question,
)
from pytest_errorbudget.readers.events.files.columns import FileColumn
from pytest_errorbudget.readers.events.tally import Row, tally

_TYPES = {"BIGINT": "bigint", "VARCHAR": "text", "BOOLEAN": "boolean", "DOUBLE": "double precision"}


@contextmanager
def postgres_row_counter(
    database: Callable[[], AbstractContextManager[str]],
    slo: Slo,
    tenants: Sequence[str],
    *,
    aggregation: Aggregation = aggregation,
) -> Iterator[CountRows]:
    """As ``rows.row_counter``, on an empty database that ``database`` opens. One connection and one temporary table
    serve all calls. Raises ``Unreadable`` where there is no server."""
    columns = tuple(FileColumn(name, kind) for name, kind in row_columns(predicate_columns_of(slo)))
    question = row_question(slo, tenants)
    with (
        database() as conninfo,
        psycopg.connect(conninfo, autocommit=True, client_encoding="utf8") as connection,
    ):
        for setting in (*SAME_ANSWERS, "jit = off"):
            connection.execute(f"set {setting}".encode())
        declared = ", ".join(f'"{one.name}" {_TYPES[one.type]}' for one in columns)
        connection.execute(f"create temp table rows ({declared})".encode())

        @lru_cache
        def query(window_us: int) -> str:
            name = f"windows_of_{window_us}"
            text = postgres_text(aggregation(question(window_us), _TABLE, ANY_MOMENT), "pg_temp.rows", columns)
            connection.execute(f"prepare {name} (bigint) as {text.replace(str(ANY_MOMENT), '$1')}".encode())
            return name

        def count(rows: Sequence[EventRow], window_us: int, as_of_us: int) -> tuple[Series, ...]:
            _fill(connection, columns, rows)
            found = connection.execute(f"execute {query(window_us)} ({as_of_us})".encode()).fetchall()
            return tally(question(window_us), found).series

        yield count


_TABLE = "errorbudget_events"


def _fill(connection: psycopg.Connection[Row], columns: Sequence[FileColumn], rows: Sequence[EventRow]) -> None:
    connection.execute(b"truncate rows")
    if rows:
        arrays = ", ".join(f"%s::{_TYPES[one.type]}[]" for one in columns)
        connection.execute(f"insert into rows select * from unnest({arrays})".encode(), columns_of(rows))
