"""SLOs of the settings: OpenSLO files and the short form, and what must hold for both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.share import parse_share
from pytest_errorbudget.model.slo import (
    Budgeting,
    Calendar,
    CalendarUnit,
    Occurrences,
    Period,
    RatioTimeslices,
    Rolling,
    Sli,
    SliKind,
    Slo,
    Timeslices,
)
from pytest_errorbudget.model.window import format_duration, parse_duration
from pytest_errorbudget.readers.settings_errors import Key, Reading, settings_problem
from pytest_errorbudget.readers.settings_file import SettingsFile, SloTable

_RESERVED = frozenset({"tenants", "schema", "thresholds", "determinism"})


def openslo(root: Path, reading: Reading, file: SettingsFile) -> tuple[Slo, ...]:
    if not file.slos:
        return ()
    from pytest_errorbudget.readers.openslo import read_openslo

    read = read_openslo(root, tuple(file.slos))
    reading.problems.extend(read.problems)
    reading.unchecked.extend(read.oddities)
    return read.slos


def short_slos(reading: Reading, file: SettingsFile) -> Iterator[Slo]:
    for position, table in enumerate(file.slo):
        key: Key = ("slo", position)
        latency = "latency" in table.name or "latency" in table.good
        yield Slo(
            name=table.name,
            service=table.service,
            sli=Sli(
                events=table.events,
                good=table.good,
                where=table.where,
                kind=SliKind.LATENCY if latency else SliKind.AVAILABILITY,
            ),
            objective=reading.value((*key, "objective"), parse_share, table.objective, Fraction(1, 2)),
            period=_period(reading, (*key, "period"), table),
            span=reading.span(key),
            budgeting=_budgeting(reading, key, table),
        )


def _period(reading: Reading, key: Key, table: SloTable) -> Period:
    if isinstance(table.period, str):
        return Rolling(reading.value(key, parse_duration, table.period, 1))
    letter = table.period.calendar[-1]
    return Calendar(
        unit=next(unit for unit in CalendarUnit if unit.letter == letter),
        count=int(table.period.calendar[:-1]),
        start=reading.value((*key, "start"), _local_time, table.period.start, datetime(2024, 1, 1)),
        zone=reading.value((*key, "zone"), _zone, table.period.zone, "UTC"),
    )


def _local_time(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is not a date and time: write `2026-01-01T00:00:00`") from None
    if start.tzinfo is not None:
        raise ValueError(f"`{text}` has an offset: leave it out, `zone` says the zone")
    return start


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"there is no time zone `{text}`: write an IANA name such as `Europe/Berlin`") from None
    return text


def _budgeting(reading: Reading, key: Key, table: SloTable) -> Budgeting:
    if table.budgeting == "occurrences":
        for name, given in (("slice", table.slice), ("slice-target", table.slice_target)):
            if given is not None:
                reading.problem(
                    (*key, name), f"`{name}` belongs to a budget of time", 'write `budgeting = "timeslices"`'
                )
        return Occurrences()
    if table.slice is None:
        reading.problem((*key, "budgeting"), f"`{table.budgeting}` needs a `slice`", 'write `slice = "5m"`')
    slice_us = reading.value((*key, "slice"), parse_duration, table.slice or "5m", 1)
    if table.budgeting == "ratio-timeslices":
        return RatioTimeslices(slice_us=slice_us)
    if table.slice_target is None:
        reading.problem((*key, "budgeting"), "`timeslices` needs a `slice-target`", 'write `slice-target = "99 %"`')
    target = reading.value((*key, "slice-target"), parse_share, table.slice_target or "99 %", Fraction(99, 100))
    return Timeslices(slice_us=slice_us, target=target)


def check_slos(
    reading: Reading, slos: tuple[Slo, ...], sources: set[str], cohorts: Sequence[Cohort], window_us: int
) -> None:
    seen: dict[str, Slo] = {}
    for slo in slos:
        known = ", ".join(f"`{name}`" for name in sorted(sources)) or "none"
        if slo.sli.events not in sources:
            message = f"the SLO `{slo.name}` counts the events `{slo.sli.events}`, which no [[events]] defines"
            reading.problem_at(slo.span, message, f"defined are: {known}")
        if slo.name in _RESERVED:
            message = f"an SLO may not be called `{slo.name}`: generated items have that name"
            reading.problems.append(
                replace(settings_problem(reading.path, {}, (), message, "rename it"), span=slo.span)
            )
        if slo.name in seen:
            message = f"two SLOs are called `{slo.name}`; the first one is at {seen[slo.name].span}"
            reading.problem_at(slo.span, message)
        seen.setdefault(slo.name, slo)
        _check_slices(reading, slo, window_us)
    for cohort in cohorts:
        for name, _ in cohort.objectives:
            if name not in seen:
                known = ", ".join(f"`{slo}`" for slo in sorted(seen)) or "none"
                key: Key = ("cohorts", cohort.name, "objectives", name)
                reading.problem(key, f"there is no SLO `{name}`", f"defined are: {known}")


def _check_slices(reading: Reading, slo: Slo, window_us: int) -> None:
    match slo.budgeting:
        case Occurrences():
            return
        case Timeslices(slice_us=slice_us) | RatioTimeslices(slice_us=slice_us):
            if slice_us % window_us:
                slice, window = format_duration(slice_us), format_duration(window_us)
                message = f"the SLO `{slo.name}` has slices of {slice}, which are not whole windows of {window}"
                reading.problem_at(
                    slo.span, message, f'write `window = "{slice}"` in errorbudget.toml, or longer slices'
                )
        case _:
            assert_never(slo.budgeting)
