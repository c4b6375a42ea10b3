"""Counts all sources of a run, each on its own engine, up to one moment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_errorbudget.model.counts import Counts, Recount, Series, SourceTotals, Unjudged
from pytest_errorbudget.model.formats.counts_digest import counts_digest
from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.settings import EventFormat, EventSource
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.window import DAY_US, window_start
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, aggregation
from pytest_errorbudget.readers.events.asked import Asked
from pytest_errorbudget.readers.events.paths import events_problem
from pytest_errorbudget.readers.events.reading import Further, Reading, Recounted, Recounting, recount
from pytest_errorbudget.readers.events.slices.slices import SLICE_ROWS, Told
from pytest_errorbudget.readers.events.tally import Tally

MEMORY_MIB = 320
_DATED_US = range(-62_135_596_800_000_000, 253_402_300_800_000_000)
"""The years 1 to 9999, in µs since the Unix epoch."""


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
    memory_mib: int = MEMORY_MIB,
    further: Sequence[Further] = (),
    kept: Path | None = None,
    env: Mapping[str, str] = os.environ,
    slice_rows: int = SLICE_ROWS,
    told: Told = lambda _, __: None,
) -> tuple[Counts | None, tuple[Problem, ...]]:
    """The counts of all sources that could be read (``None`` where none could), and a problem for each other thing.

    ``tenants`` are the known tenants' names. ``as_of_us`` left out is the watermark: the least of the shards' latest
    event times over all sources, floored to a window. Rows at or after it are counted as such and not used. Pass
    ``no_recount`` as ``recounting`` to count only once.
    """
    asked = Asked(
        root=root,
        slos=slos,
        tenants=tenants,
        window_us=window_us,
        threads=threads or os.cpu_count() or 1,
        aggregation=aggregation,
        memory_mib=memory_mib,
        further=further,
        kept=kept,
        env=env,
        slice_rows=slice_rows,
        told=told,
    )
    problems: list[Problem] = []
    with ExitStack() as stack:
        surveyed = [one for source in sources for one in _surveys(stack, asked, source, problems)]
        as_of = as_of_us if as_of_us is not None else _watermark(surveyed)
        if as_of is None:
            return None, (*problems, *map(_empty, surveyed))
        if as_of not in _DATED_US:
            return None, (*problems, *(_undated(one) for one in surveyed if one.watermark_us not in _DATED_US))
        counted = [one for each in surveyed for one in _counts_of(each, as_of, recounting, problems)]
    return _counts(window_us, as_of, tuple(counted)), tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surveyed:
    """A source's rows by what they lack, before any ``as_of`` is known. ``latest`` is by shard."""

    reading: Reading
    rows: int
    without_id: int
    without_time: int
    unknown_tenant: int
    unknown_tenants: tuple[str, ...]
    latest: Mapping[str | None, int]

    @property
    def watermark_us(self) -> int | None:
        return window_start(min(self.latest.values()), self.reading.question.window_us) if self.latest else None


def _surveys(stack: ExitStack, asked: Asked, source: EventSource, problems: list[Problem]) -> tuple[_Surveyed, ...]:
    try:
        reading = _opened(stack, asked, source, problems)
        return (_survey(reading),)
    except Unreadable as error:
        problems.append(error.problem)
        return ()


def _opened(stack: ExitStack, asked: Asked, source: EventSource, problems: list[Problem]) -> Reading:
    """Each engine is imported where it is used: two of three are heavy."""
    reading: Reading
    match source.format:
        case EventFormat.POSTGRES:
            from pytest_errorbudget.readers.events.engines.postgres import postgres_reading

            reading, left_out = postgres_reading(asked, source)
        case EventFormat.SPARK:
            from pytest_errorbudget.readers.events.engines.spark import spark_reading

            reading, left_out = spark_reading(asked, source)
        case EventFormat.PARQUET | EventFormat.CSV | EventFormat.NDJSON:
            from pytest_errorbudget.readers.events.engines.duckdb import file_reading

            reading, left_out = file_reading(stack, asked, source)
    problems.extend(left_out)
    return reading


def _survey(reading: Reading) -> _Surveyed:
    known = {value for value, _ in reading.question.tenants}
    groups = reading.survey()
    rows, with_id, with_both = (sum(group[place] for group in groups) for place in range(2, 5))
    unknown = {group[1] for group in groups if group[1] not in known and group[4]}
    latest: dict[str | None, int] = {}
    for shard, tenant, *_, latest_us, _earliest_us in groups:
        if tenant in known and latest_us is not None:
            latest[shard] = max(latest.get(shard, latest_us), latest_us)
    return _Surveyed(
        reading=reading,
        rows=rows,
        without_id=rows - with_id,
        without_time=with_id - with_both,
        unknown_tenant=sum(group[4] for group in groups if group[1] not in known),
        unknown_tenants=tuple(sorted(unknown - {None})[:3]),
        latest=latest,
    )


def _watermark(surveyed: Sequence[_Surveyed]) -> int | None:
    return min((one.watermark_us for one in surveyed if one.watermark_us is not None), default=None)


def _empty(one: _Surveyed) -> Problem:
    """Without a row that can count there is no watermark to be ``as_of``."""
    source = one.reading.source
    return events_problem(
        source,
        f"the events `{source.name}` hold no row that can be counted: {one.rows} rows, of them {one.without_id} "
        f"without id, {one.without_time} without time and {one.unknown_tenant} of unknown tenants",
        "check the names under `columns` and the tenants of the settings, or give `--errorbudget-as-of`",
    )


def _undated(one: _Surveyed) -> Problem:
    """Such a watermark is no moment of a run."""
    source = one.reading.source
    far = one.watermark_us is not None and one.watermark_us > 0
    return events_problem(
        source,
        f"the newest event of `{source.name}` is {'after the year 9999' if far else 'before the year 1'}: its times in "
        f"`{source.columns.time}` are not whole microseconds",
        "write the times as timestamps, or as whole microseconds since 1970 (nanoseconds divided by 1,000), or give "
        "`--errorbudget-as-of`",
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    surveyed: _Surveyed
    tally: Tally
    recounted: Recounted


def _counts_of(
    surveyed: _Surveyed, as_of_us: int, recounting: Recounting, problems: list[Problem]
) -> tuple[_Counted, ...]:
    reading = surveyed.reading
    try:
        return (_Counted(surveyed, reading.count(as_of_us), recounting(reading, as_of_us)),)
    except Unreadable as error:
        problems.append(error.problem)
        return ()


def _counts(window_us: int, as_of_us: int, counted: tuple[_Counted, ...]) -> Counts | None:
    if not counted:
        return None
    series = tuple(sorted((s for one in counted for s in one.tally.series), key=_by_name))
    return Counts(
        window_us=window_us,
        as_of_us=as_of_us,
        closed_until_us=as_of_us - max(one.surveyed.reading.source.lateness_us for one in counted),
        series=series,
        totals=tuple(_totals(one) for one in counted),
        recounts=_merged(tuple(one.recounted for one in counted)),
        digest=counts_digest(window_us, series),
        race_conditions=sum(one.recounted.race_conditions for one in counted),
        unjudged=tuple(sorted((u for one in counted for u in one.tally.unjudged), key=_by_name)),
    )


def _by_name(windows: Series | Unjudged) -> tuple[str, str, str]:
    return windows.tenant, windows.slo, windows.service


def _totals(counted: _Counted) -> SourceTotals:
    surveyed, found = counted.surveyed, counted.tally
    lacking = surveyed.without_id + surveyed.without_time + surveyed.unknown_tenant
    # a table may have more rows when it is counted than it had when it was looked through
    rows = max(surveyed.rows, lacking + found.copies)
    return SourceTotals(
        source=surveyed.reading.source.name,
        rows=rows,
        events=found.events,
        duplicates=found.copies - found.events,
        disagreeing=found.disagreeing,
        without_id=surveyed.without_id,
        without_time=surveyed.without_time,
        unknown_tenant=surveyed.unknown_tenant,
        after_as_of=rows - lacking - found.copies,
        invalid=found.invalid,
        watermark_us=surveyed.watermark_us,
        disagreeing_examples=found.examples,
        unknown_tenants=surveyed.unknown_tenants,
        ahead=_ahead(surveyed.latest),
    )


def _ahead(latest: Mapping[str | None, int]) -> tuple[tuple[str, int], ...]:
    """Of two shards the slower one is in the middle: a shard that fell silent is not taken for the measure of many."""
    if not latest:
        return ()
    middle = sorted(latest.values())[(len(latest) - 1) // 2]
    return tuple(sorted((str(shard), time) for shard, time in latest.items() if time > middle + DAY_US))


def _merged(recounted: tuple[Recounted, ...]) -> tuple[Recount, ...]:
    """One recount a way, over the windows of all sources."""
    merged: dict[str, Recount] = {}
    for one in recounted:
        for way in one.recounts:
            before = merged.get(way.way, Recount(way=way.way, windows=0, equal=0))
            merged[way.way] = replace(before, windows=before.windows + way.windows, equal=before.equal + way.equal)
    return tuple(merged.values())
