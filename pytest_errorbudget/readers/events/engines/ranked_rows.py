"""Counting rows that are in memory in one look, as the events of files are counted first: with ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache

import duckdb

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, aggregation, verdict_ranks
from pytest_errorbudget.readers.events.aggregation.question import Question, Ranks
from pytest_errorbudget.readers.events.engines.rows import (
    ANY_MOMENT,
    ROWS,
    CountRows,
    EventRow,
    row_question,
    row_table,
)
from pytest_errorbudget.readers.events.slices.combinations import RANKS, fill_ranks, with_ranks
from pytest_errorbudget.readers.events.tally import render, tally

_ANY_BASE = ANY_MOMENT - 1
"""Stands for the oldest time of the rows, as ``ANY_MOMENT`` does for the moment of the run."""


@contextmanager
def ranked_row_counter(
    slo: Slo, tenants: Sequence[str], *, aggregation: Aggregation = aggregation
) -> Iterator[CountRows]:
    """As ``rows.row_counter``; in two looks where files would be too: where the predicates read no column, or rows
    have no ranks or no times."""
    question = row_question(slo, tenants)
    ranks = render(verdict_ranks(question(1), ROWS)) if question(1).mapped else None
    with row_table(slo) as table:

        @lru_cache
        def query(window_us: int, width_bits: int | None) -> duckdb.Statement:
            asked = question(window_us) if width_bits is None else _of_any_base(question(window_us), width_bits)
            return table.written(aggregation(asked, ROWS, ANY_MOMENT), as_of_us=ANY_MOMENT, base_us=_ANY_BASE)

        def count(rows: Sequence[EventRow], window_us: int, as_of_us: int) -> tuple[Series, ...]:
            table.fill(rows)
            times = [row.time_us for row in rows if row.time_us is not None]
            base_us, to_us = min(times, default=None), min(as_of_us, max(times, default=as_of_us) + 1)
            combinations = 0 if ranks is None else fill_ranks(table.session, ranks)
            given = with_ranks(question(window_us), combinations, base_us, to_us).ranks
            width_bits, base_us = (None, 0) if given is None else (given.width_bits, given.base_us)
            found = table.answer(query(window_us, width_bits), as_of_us=as_of_us, base_us=base_us)
            return tally(question(window_us), found).series

        yield count


def _of_any_base(question: Question, width_bits: int) -> Question:
    return replace(question, ranks=Ranks(table=RANKS, width_bits=width_bits, base_us=_ANY_BASE))
