"""Ranks for the mapped columns of a table in DuckDB, where they pay."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from pytest_errorbudget.readers.events.aggregation.query import verdict_ranks
from pytest_errorbudget.readers.events.aggregation.question import Question, Ranks
from pytest_errorbudget.readers.events.aggregation.usable import mapped_column
from pytest_errorbudget.readers.events.tally import render

RANKS = "ranks"
_MOST = 1 << 15
"""With more combinations, finding the rank of each row costs what a second look at copies does."""
_SAMPLED = 20_000
_MOST_SAMPLED = 8_000
_TIME_BITS = 62


def ranked(session: duckdb.DuckDBPyConnection, question: Question, table: str) -> int:
    """Fills ``RANKS`` from the rows of ``table``, in the place of what was there; gives how many combinations there
    are, and 0 where ranks would not pay or cannot be made."""
    if question.slot_us is not None or not question.mapped:
        return 0
    if _distinct(session, question, f"(select * from {table} limit {_SAMPLED})") > _MOST_SAMPLED:
        return 0
    return fill_ranks(session, render(verdict_ranks(question, table)))


def fill_ranks(session: duckdb.DuckDBPyConnection, query: str) -> int:
    """The same from the text of ``verdict_ranks``, however many rows there are."""
    try:
        filled = session.execute(f"create or replace temp table {RANKS} as {query}").fetchall()
    except duckdb.Error:
        # a value of a row that does not count, which the other form never judges, may be one that cannot be judged
        return 0
    found = int(filled[0][0])
    return found if found <= _MOST else 0


def with_ranks(question: Question, combinations: int, base_us: int | None, to_us: int) -> Question:
    """The question with ``RANKS`` of so many combinations, asked of rows all of whose times are in
    ``[base_us, to_us)``; as it is where there are none, or where a time and a rank do not fit into an integer."""
    width = max(1, (combinations - 1).bit_length())
    if combinations == 0 or base_us is None or (to_us - base_us).bit_length() + width > _TIME_BITS:
        return question
    return replace(question, ranks=Ranks(table=RANKS, width_bits=width, base_us=base_us))


def _distinct(session: duckdb.DuckDBPyConnection, question: Question, rows: str) -> int:
    columns = ", ".join(mapped_column(name).sql(dialect="duckdb") for name in question.mapped)
    (found,) = session.execute(f"select count(*) from (select distinct {columns} from {rows})").fetchall()[0]
    return int(found)
