"""Each way of counting again finds out an engine that it is there for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.aggregation.query import aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import recount

FIVE = 5 * MINUTE_US
WINDOWS = 20
SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(99, 100),
    period=Rolling(DAY_US),
    span=Span("slo.yaml", 1),
)
SOURCE = EventSource(
    name="requests",
    format=EventFormat.PARQUET,
    paths=("events.parquet",),
    columns=EventColumns(replica="shard"),
    lateness_us=0,
    span=Span("errorbudget.toml", 1),
)
Wrong = Callable[[Question, str, int], exp.Query]


def counted(root: Path, engine: Wrong, threads: int) -> Counts:
    rows = f"""
        select n::varchar as event_id, 'a' as tenant_id, n * {FIVE} as occurred_at, '0' as shard, 200 as status
        from range({WINDOWS}) numbers(n), range(2) copies
    """
    with duckdb.connect() as session:
        session.execute(f"copy ({rows}) to '{root}/events.parquet' (format parquet)")
    counts, problems = count_events(
        root,
        (SOURCE,),
        (SLO,),
        ("a",),
        window_us=FIVE,
        as_of_us=WINDOWS * FIVE,
        threads=threads,
        recounting=recount,
        aggregation=engine,
    )
    assert (problems, counts is not None) == ((), True)
    assert counts is not None
    return counts


def reading(rows: str, question: Question, table: str, as_of_us: int) -> exp.Query:
    """The right aggregation over other rows than those of the table."""

    def other(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table) and node.name == table:
            return exp.maybe_parse(rows.format(table=table), dialect="duckdb").subquery(table)
        return node

    changed = aggregation(question, table, as_of_us).transform(other, copy=False)
    assert isinstance(changed, exp.Query)
    return changed


loses_events_with_one_thread = partial(
    reading, "select * from {table} where current_setting('threads') > 1 or event_id < '3'"
)
stops_after_ten_rows = partial(reading, "select * from {table} limit 10")


def counts_copies_in_several_shards(question: Question, table: str, as_of_us: int) -> exp.Query:
    assert question.replica is not None
    pair = exp.DPipe(this=question.id.copy(), expression=question.replica.copy())
    return aggregation(replace(question, id=pair), table, as_of_us)


@pytest.mark.parametrize(
    ("engine", "threads", "differ"),
    [
        (aggregation, 2, []),
        (aggregation, 1, []),
        (loses_events_with_one_thread, 2, ["1 thread"]),
        (loses_events_with_one_thread, 1, ["2 threads"]),
        (counts_copies_in_several_shards, 2, ["other sharding"]),
        (stops_after_ten_rows, 2, ["permuted order", "other sharding", "1 thread"]),
    ],
)
def test_a_wrong_engine_and_the_ways_that_find_it_out(
    engine: Wrong, threads: int, differ: list[str], tmp_path: Path
) -> None:
    found = counted(tmp_path, engine, threads)
    assert [one.way for one in found.recounts if one.equal < one.windows] == differ
