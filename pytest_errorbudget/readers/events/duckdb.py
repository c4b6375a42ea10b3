"""DuckDB, the embedded engine: counts the events of files. PostgreSQL and Spark have files of their own beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from pytest_errorbudget.model.counts import Counts, Recount, Series, SourceTotals
from pytest_errorbudget.model.formats.counts_digest import counts_digest
from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.window import window_start
from pytest_errorbudget.readers.events.ask import ask
from pytest_errorbudget.readers.events.files import columns_of, events_problem, open_table, unreadable
from pytest_errorbudget.readers.events.query import Aggregation, aggregation, survey
from pytest_errorbudget.readers.events.question import Question
from pytest_errorbudget.readers.events.recount import Recounted, recount
from pytest_errorbudget.readers.events.session import session
from pytest_errorbudget.readers.events.tally import Tally, aggregate, fetch, render, tally

Recounting = Callable[..., Recounted]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surveyed:
    """A source's rows by what they lack, before any ``as_of`` is known."""

    source: EventSource
    question: Question
    table: str
    rows: int
    without_id: int
    without_time: int
    unknown_tenant: int
    unknown_tenants: tuple[str, ...]
    watermark_us: int | None


def no_recount(*_: object, **__: object) -> Recounted:
    """In the place of ``recount``: count once."""
    return Recounted(recounts=(), race_conditions=0)


def count_events(
    root: Path,
    sources: Sequence[EventSource],
    slos: Sequence[Slo],
    tenants: Sequence[str],
    *,
    window_us: int,
    as_of_us: int | None = None,
    threads: int | None = None,
    recounting: Recounting = recount,
    aggregation: Aggregation = aggregation,
) -> tuple[Counts | None, tuple[Problem, ...]]:
    """The counts of all sources that could be read (``None`` where none could), and a problem for each other thing.

    ``tenants`` are the known tenants' names. ``as_of_us`` left out is the watermark: the least of the shards' latest
    event times over all sources, floored to a window. Rows at or after it are counted as such and not used. Pass
    ``no_recount`` as ``recounting`` to count only once.
    """
    used = threads or os.cpu_count() or 1
    problems: list[Problem] = []
    with session(used) as opened:
        surveyed = tuple(
            one
            for position, source in enumerate(sources)
            for one in _surveys(opened, root, source, slos, tenants, window_us, f"source_{position}", problems)
        )
        as_of = as_of_us if as_of_us is not None else _watermark(surveyed)
        if as_of is None:
            return None, (*problems, *map(_empty, surveyed))
        counted = []
        for one in surveyed:
            try:
                counted.append(_count(opened, one, as_of, used, recounting, aggregation))
            except duckdb.Error as error:
                problems.append(unreadable(root, one.source, error))
    return _counts(window_us, as_of, tuple(counted)), tuple(problems)


def _surveys(
    opened: duckdb.DuckDBPyConnection,
    root: Path,
    source: EventSource,
    slos: Sequence[Slo],
    tenants: Sequence[str],
    window_us: int,
    table: str,
    problems: list[Problem],
) -> tuple[_Surveyed, ...]:
    mine = tuple(slo for slo in slos if slo.sli.events == source.name)
    try:
        open_table(opened, root, source, table)
        question, left_out = ask(source, mine, tenants, columns_of(opened, table), window_us)
        problems.extend(left_out)
        return (_survey(opened, source, question, table),)
    except Unreadable as error:
        problems.append(error.problem)
    except duckdb.Error as error:
        problems.append(unreadable(root, source, error))
    return ()


def _survey(opened: duckdb.DuckDBPyConnection, source: EventSource, question: Question, table: str) -> _Surveyed:
    known = {value for value, _ in question.tenants}
    groups = opened.execute(render(survey(question, table))).fetchall()
    rows, with_id, with_both = (sum(group[place] for group in groups) for place in range(2, 5))
    unknown = {group[1] for group in groups if group[1] not in known and group[4]}
    latest: dict[str | None, int] = {}
    for shard, tenant, *_, latest_us in groups:
        if tenant in known and latest_us is not None:
            latest[shard] = max(latest.get(shard, latest_us), latest_us)
    return _Surveyed(
        source=source,
        question=question,
        table=table,
        rows=rows,
        without_id=rows - with_id,
        without_time=with_id - with_both,
        unknown_tenant=sum(group[4] for group in groups if group[1] not in known),
        unknown_tenants=tuple(sorted(unknown - {None})[:3]),
        watermark_us=window_start(min(latest.values()), question.window_us) if latest else None,
    )


def _watermark(surveyed: tuple[_Surveyed, ...]) -> int | None:
    return min((one.watermark_us for one in surveyed if one.watermark_us is not None), default=None)


def _empty(one: _Surveyed) -> Problem:
    """Without a row that can count there is no watermark to be ``as_of``."""
    return events_problem(
        one.source,
        f"the events `{one.source.name}` hold no row that can be counted: {one.rows} rows, of them {one.without_id} "
        f"without id, {one.without_time} without time and {one.unknown_tenant} of unknown tenants",
        "check the names under `columns` and the tenants of the settings, or give `--errorbudget-as-of`",
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    surveyed: _Surveyed
    tally: Tally
    recounted: Recounted


def _count(
    opened: duckdb.DuckDBPyConnection,
    surveyed: _Surveyed,
    as_of_us: int,
    threads: int,
    recounting: Recounting,
    aggregation: Aggregation,
) -> _Counted:
    question, table = surveyed.question, surveyed.table
    aggregate(opened, question, table, as_of_us, into="first", aggregation=aggregation)
    first = tally(question, fetch(opened, "first"))
    again = recounting(opened, question, table, as_of_us, threads=threads, aggregation=aggregation)
    return _Counted(surveyed, first, again)


def _counts(window_us: int, as_of_us: int, counted: tuple[_Counted, ...]) -> Counts | None:
    if not counted:
        return None
    series = tuple(sorted((s for one in counted for s in one.tally.series), key=_by_name))
    return Counts(
        window_us=window_us,
        as_of_us=as_of_us,
        closed_until_us=as_of_us - max(one.surveyed.source.lateness_us for one in counted),
        series=series,
        totals=tuple(_totals(one) for one in counted),
        recounts=_merged(tuple(one.recounted for one in counted)),
        digest=counts_digest(window_us, series),
        race_conditions=sum(one.recounted.race_conditions for one in counted),
    )


def _by_name(series: Series) -> tuple[str, str, str]:
    return series.tenant, series.slo, series.service


def _totals(counted: _Counted) -> SourceTotals:
    surveyed, found = counted.surveyed, counted.tally
    lacking = surveyed.without_id + surveyed.without_time + surveyed.unknown_tenant
    return SourceTotals(
        source=surveyed.source.name,
        rows=surveyed.rows,
        events=found.events,
        duplicates=found.copies - found.events,
        disagreeing=found.disagreeing,
        without_id=surveyed.without_id,
        without_time=surveyed.without_time,
        unknown_tenant=surveyed.unknown_tenant,
        after_as_of=surveyed.rows - lacking - found.copies,
        invalid=found.invalid,
        watermark_us=surveyed.watermark_us,
        disagreeing_examples=found.examples,
        unknown_tenants=surveyed.unknown_tenants,
    )


def _merged(recounted: tuple[Recounted, ...]) -> tuple[Recount, ...]:
    """One recount a way, over the windows of all sources."""
    merged: dict[str, Recount] = {}
    for one in recounted:
        for way in one.recounts:
            before = merged.get(way.way, Recount(way=way.way, windows=0, equal=0))
            merged[way.way] = replace(before, windows=before.windows + way.windows, equal=before.equal + way.equal)
    return tuple(merged.values())
