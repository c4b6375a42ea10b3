"""Counting the same events again in other ways, and comparing windows: determinism is measured, not claimed.

The files are read a second time into a table in an order that depends on the ids alone, and that reading is counted in
that order, with another number of threads, and dealt out anew over other shards. A window whose count differs
between ways shows an engine that is not deterministic; one on which all ways agree against the first reading shows
files that changed in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb
from sqlglot import exp
from sqlglot.expressions import column

from pytest_errorbudget.model.counts import Recount
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.export import exported, fill
from pytest_errorbudget.readers.events.query import Aggregation
from pytest_errorbudget.readers.events.question import Question
from pytest_errorbudget.readers.events.reading import Further, Recounted
from pytest_errorbudget.readers.events.tally import Row, aggregate, fetch, tally

_SHARDS = 3

Windows = Mapping[tuple[str, str, int], tuple[int, int]]
"""(valid, bad) by tenant, SLO and start."""


def recount_files(
    session: duckdb.DuckDBPyConnection,
    source: EventSource,
    question: Question,
    table: str,
    as_of_us: int,
    *,
    threads: int,
    aggregation: Aggregation,
    further: Sequence[Further],
) -> Recounted:
    """Counts the source again in three ways, and on every further engine, and compares each with ``first``."""
    other = 1 if threads > 1 else 2
    again = _reread(session, question, table)
    ways: list[tuple[str, str]] = []

    def count(way: str, table: str, threads: int) -> None:
        into = f"recount_{len(ways)}"
        session.execute(f"set threads = {threads}")
        aggregate(session, again, table, as_of_us, into=into, aggregation=aggregation)
        ways.append((way, into))

    count("permuted order", "reread", threads)
    _deal_out(session)
    count("other sharding", "resharded", threads)
    count("1 thread" if other == 1 else f"{other} threads", "reread", other)
    session.execute(f"set threads = {threads}")
    with exported(session, source, again, "reread") as rows:
        for engine in further:
            into = f"recount_{len(ways)}"
            fill(session, question, engine.count(rows, as_of_us, aggregation), into)
            ways.append((engine.name, into))
    return _compared(session, question, ways)


def _reread(session: duckdb.DuckDBPyConnection, question: Question, table: str) -> Question:
    """Reads the files again into ``reread``, in the order of a hash of the ids; gives the question asked of it."""
    parts = [
        question.id.copy().as_("event_id", quoted=True),
        question.tenant.copy().as_("tenant_value", quoted=True),
        question.time_us.copy().as_("event_us", quoted=True),
        (question.replica or exp.Literal.string("0")).copy().as_("shard_label", quoted=True),
        *(column(name, quoted=True).as_(f"mapped {name}", quoted=True) for name in question.mapped),
    ]
    read = exp.select(*parts).from_(exp.to_table(table)).sql(dialect="duckdb")
    session.execute(f'create or replace temp table reread as select * from ({read}) order by hash("event_id")')
    return _asked_of_copy(question)


def _asked_of_copy(question: Question) -> Question:
    def renamed(node: exp.Expr) -> exp.Expr:
        return column(f"mapped {node.name}", quoted=True) if isinstance(node, exp.Column) else node

    return replace(
        question,
        id=column("event_id", quoted=True),
        tenant=column("tenant_value", quoted=True),
        time_us=column("event_us", quoted=True),
        replica=column("shard_label", quoted=True),
        mapped=tuple(f"mapped {name}" for name in question.mapped),
        predicates=tuple(
            replace(
                one,
                good=one.good.copy().transform(renamed),
                where=None if one.where is None else one.where.copy().transform(renamed),
                bad=None if one.bad is None else one.bad.copy().transform(renamed),
            )
            for one in question.predicates
        ),
    )


def _deal_out(session: duckdb.DuckDBPyConnection) -> None:
    """``resharded``: neighbours in ``reread``, among them the copies of one event, go to different shards."""
    parts = (
        f"select * replace ('{shard}' as shard_label) from reread where rowid % {_SHARDS} = {shard}"
        for shard in reversed(range(_SHARDS))
    )
    session.execute(f"create or replace temp view resharded as {' union all '.join(parts)}")


def _compared(session: duckdb.DuckDBPyConnection, question: Question, ways: Sequence[tuple[str, str]]) -> Recounted:
    if all(_same(session, into) for _, into in ways):
        windows = _windows_in_first(session, len(question.predicates))
        return Recounted(
            recounts=tuple(Recount(way=way, windows=windows, equal=windows) for way, _ in ways), race_conditions=0
        )
    first = windows_of(question, fetch(session, "first"))
    return compare(first, tuple((way, windows_of(question, fetch(session, into))) for way, into in ways))


def _windows_in_first(session: duckdb.DuckDBPyConnection, slos: int) -> int:
    """As many as ``windows_of`` would give, without fetching a row."""
    counts = " + ".join(f"count(*) filter (where valid_{place} > 0)" for place in range(slos))
    return sum(row[0] for row in session.execute(f"select {counts or 0} from first").fetchall())


def _same(session: duckdb.DuckDBPyConnection, into: str) -> bool:
    both = f"select * from first union all select * from {into}"
    odd = session.execute(f"select * from ({both}) group by all having count(*) <> 2 limit 1").fetchone()
    return odd is None


def windows_of(question: Question, rows: Sequence[Row]) -> Windows:
    return {
        (one.tenant, one.slo, start): (valid, bad)
        for one in tally(question, rows).series
        for start, valid, bad in zip(one.starts_us, one.valid, one.bad, strict=True)
    }


def compare(first: Windows, others: Sequence[tuple[str, Windows]]) -> Recounted:
    """How many windows each way counted as the first reading did; windows of either side are windows.

    ``windows`` is the number of windows in the first reading or in any other, the same for every way.
    """
    keys = set(first).union(*(windows for _, windows in others))
    changed = sum(
        len({windows.get(key) for _, windows in others}) == 1 and others[0][1].get(key) != first.get(key)
        for key in keys
    )
    recounts = tuple(
        Recount(way=way, windows=len(keys), equal=sum(windows.get(key) == first.get(key) for key in keys))
        for way, windows in others
    )
    return Recounted(recounts=recounts, race_conditions=changed)
