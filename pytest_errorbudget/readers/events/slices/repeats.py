"""The events that have several rows, found by the hashes of their ids before anything is counted."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from pytest_errorbudget.readers.events.aggregation.apart import repeated_events
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.aggregation.usable import event_hashes
from pytest_errorbudget.readers.events.tally import render

REPEATS = "repeats"
_ROWS_A_REPEAT = 10
"""Where every second row is a copy of another, one look at all costs less than to count the copies apart."""


def few(repeats: int, rows: int) -> bool:
    """Whether to count so many events apart pays, of so many rows."""
    return repeats * _ROWS_A_REPEAT <= rows


def find_repeats(session: duckdb.DuckDBPyConnection, question: Question, table: str, as_of_us: int) -> int:
    """Fills ``REPEATS`` from the rows of ``table``, in the place of what was there; gives how many events there are."""
    return fill_repeats(session, render(repeated_events(event_hashes(question, table, as_of_us))))


def fill_repeats(session: duckdb.DuckDBPyConnection, query: str) -> int:
    """The same from any query for the hashes."""
    return int(session.execute(f"create or replace temp table {REPEATS} as {query}").fetchall()[0][0])


def with_repeats(question: Question) -> Question:
    return replace(question, repeats=REPEATS)
