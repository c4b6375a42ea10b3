"""Counting rows that are in memory as the events of files are counted first: those apart that have several rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import duckdb
from sqlglot import exp

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.aggregation.apart import repeated_events
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, aggregation
from pytest_errorbudget.readers.events.aggregation.usable import event_hashes
from pytest_errorbudget.readers.events.engines.rows import (
    ANY_MOMENT,
    ROWS,
    CountRows,
    EventRow,
    row_question,
    row_table,
)
from pytest_errorbudget.readers.events.slices.repeats import REPEATS, with_repeats
from pytest_errorbudget.readers.events.tally import tally

_HASHES = 13
"""So few that different events often have the same: of 64 bits no example would ever have two alike."""


@contextmanager
def apart_row_counter(
    slo: Slo, tenants: Sequence[str], *, aggregation: Aggregation = aggregation
) -> Iterator[CountRows]:
    """As ``rows.row_counter``; also where files are counted otherwise because most of their rows are copies. The hash
    of an event is one of a few."""
    question = row_question(slo, tenants)
    with row_table(slo) as table:
        table.session.execute(f"create temp macro hash(tenant, id) as system.main.hash(tenant, id) % {_HASHES}")
        table.session.execute(f"create temp table {REPEATS} (event ubigint)")
        emptying = table.written(exp.delete(REPEATS))
        found = repeated_events(event_hashes(question(1), ROWS, ANY_MOMENT))
        finding = table.written(exp.insert(found, REPEATS), as_of_us=ANY_MOMENT)

        @lru_cache
        def query(window_us: int) -> duckdb.Statement:
            return table.written(aggregation(with_repeats(question(window_us)), ROWS, ANY_MOMENT), as_of_us=ANY_MOMENT)

        def count(rows: Sequence[EventRow], window_us: int, as_of_us: int) -> tuple[Series, ...]:
            table.fill(rows)
            table.session.execute(emptying)
            table.answer(finding, as_of_us=as_of_us)
            return tally(question(window_us), table.answer(query(window_us), as_of_us=as_of_us)).series

        yield count
