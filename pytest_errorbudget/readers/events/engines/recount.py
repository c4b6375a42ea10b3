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
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.engines.export import exported, fill
from pytest_errorbudget.readers.events.reading import Further, Recounted
from pytest_errorbudget.readers.events.slices.sliced import CORRECTIONS, PART, Sliced, without_taken
from pytest_errorbudget.readers.events.slices.slices import Slice
from pytest_errorbudget.readers.events.tally import Row, fetch, insert, make, sum_up, tally

_SHARDS = 3

Windows = Mapping[tuple[str, str, int], tuple[int, int, int]]
"""(valid, bad, not to be judged) by tenant, SLO and start."""


def recount_files(
    sliced: Sliced, source: EventSource, as_of_us: int, *, threads: int, further: Sequence[Further]
) -> Recounted:
    """Counts each slice again in three ways, and on every further engine, and compares it with its first count. A slice
    whose recounts agreed in an earlier run, on the same contents, is not counted again."""
    ways = _ways(threads, further)
    for number, _ in enumerate(ways):
        make(sliced.session, sliced.question, f"recount_{number}")
    for one in sliced.slices or (Slice(from_us=None, to_us=as_of_us, files=sliced.spans),):
        agreed = f"{sliced.key(one)}.agreed"
        if set(ways) <= set(sliced.kept.read(agreed, list[str]) or ()) and sliced.kept.has(f"{sliced.key(one)}.counts"):
            _as_before(sliced, one, len(ways))
            continue
        _recount_slice(sliced, source, one, threads=threads, further=further)
        if sliced.keeps(one) and all(_same(sliced, place, one) for place in range(len(ways))):
            sliced.kept.write(agreed, ways)
    return _compared(sliced, ways)


def _ways(threads: int, further: Sequence[Further]) -> tuple[str, ...]:
    other = _other(threads)
    named = "1 thread" if other == 1 else f"{other} threads"
    return ("permuted order", "other sharding", named, *(engine.name for engine in further))


def _other(threads: int) -> int:
    return 1 if threads > 1 else 2


def _recount_slice(
    sliced: Sliced, source: EventSource, one: Slice, *, threads: int, further: Sequence[Further]
) -> None:
    session = sliced.session
    with sliced.part(one) as question:
        again = _reread(session, question, PART)
    _deal_out(session)

    def count(place: int, table: str, threads: int) -> None:
        session.execute(f"set threads = {threads}")
        insert(session, sliced.aggregation(again, table, one.to_us), f"recount_{place}")

    count(0, "reread", threads)
    count(1, "resharded", threads)
    count(2, "reread", _other(threads))
    session.execute(f"set threads = {threads}")
    if further:
        with exported(session, source, again, "reread") as rows:
            for place, engine in enumerate(further, 3):
                fill(session, engine.count(rows, one.to_us, sliced.aggregation), f"recount_{place}")


def _as_before(sliced: Sliced, one: Slice, ways: int) -> None:
    for place in range(ways):
        sliced.session.execute(f"insert into recount_{place} select * from {sliced.parts} where {_within(one)}")


def _within(one: Slice) -> str:
    return f"start_us < {one.to_us}" + ("" if one.from_us is None else f" and start_us >= {one.from_us}")


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
    return replace(
        question.renamed({name: f"mapped {name}" for name in question.mapped}),
        id=column("event_id", quoted=True),
        tenant=column("tenant_value", quoted=True),
        time_us=column("event_us", quoted=True),
        replica=column("shard_label", quoted=True),
    )


def _deal_out(session: duckdb.DuckDBPyConnection) -> None:
    """``resharded``: neighbours in ``reread``, among them the copies of one event, go to different shards."""
    parts = (
        f"select * replace ('{shard}' as shard_label) from reread where rowid % {_SHARDS} = {shard}"
        for shard in reversed(range(_SHARDS))
    )
    session.execute(f"create or replace temp view resharded as {' union all '.join(parts)}")


def _compared(sliced: Sliced, ways: Sequence[str]) -> Recounted:
    """All slices together, with the same corrections for the events that lie in several."""
    session, question = sliced.session, sliced.question
    if sliced.parts != sliced.whole:
        for place, _ in enumerate(ways):
            sum_up(session, question, (without_taken(f"recount_{place}"), CORRECTIONS), f"recount_{place}")
    if all(_same(sliced, place) for place, _ in enumerate(ways)):
        windows = _windows_in(session, sliced.whole, len(question.predicates))
        return Recounted(
            recounts=tuple(Recount(way=way, windows=windows, equal=windows) for way in ways), race_conditions=0
        )
    first = windows_of(question, fetch(session, sliced.whole))
    again = (windows_of(question, fetch(session, f"recount_{place}")) for place, _ in enumerate(ways))
    return compare(first, tuple(zip(ways, again, strict=True)))


def _windows_in(session: duckdb.DuckDBPyConnection, table: str, slos: int) -> int:
    """As many as ``windows_of`` would give, without fetching a row."""
    counts = " + ".join(f"count(*) filter (where valid_{place} + invalid_{place} > 0)" for place in range(slos))
    return sum(row[0] for row in session.execute(f"select {counts or 0} from {table}").fetchall())


def _same(sliced: Sliced, place: int, one: Slice | None = None) -> bool:
    """Whether a recount gave the same rows, of one slice or of all."""
    where = "true" if one is None else _within(one)
    rows = " union all ".join(f"select * from {table} where {where}" for table in (sliced.parts, f"recount_{place}"))
    odd = sliced.session.execute(f"select * from ({rows}) group by all having count(*) <> 2 limit 1").fetchone()
    return odd is None


def windows_of(question: Question, rows: Sequence[Row]) -> Windows:
    found = tally(question, rows)
    windows = {
        (one.tenant, one.slo, start): (valid, bad, 0)
        for one in found.series
        for start, valid, bad in zip(one.starts_us, one.valid, one.bad, strict=True)
    }
    for one in found.unjudged:
        for start, events in zip(one.starts_us, one.events, strict=True):
            valid, bad, _ = windows.get((one.tenant, one.slo, start), (0, 0, 0))
            windows[one.tenant, one.slo, start] = valid, bad, events
    return windows


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
