"""SLOs of the settings: OpenSLO files and the short form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from pytest_errorbudget.model.alert import Condition
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
    Slo,
    Timeslices,
)
from pytest_errorbudget.model.window import parse_duration
from pytest_errorbudget.readers.settings.errors import Key, Reading
from pytest_errorbudget.readers.settings.file import AlertTable, IndicatorTable, SettingsFile, SloTable
from pytest_errorbudget.readers.slos.calendars import calendar_span, local_time, time_zone
from pytest_errorbudget.readers.slos.kind import kind_of
from pytest_errorbudget.readers.slos.severities import urgency_of
from pytest_errorbudget.readers.slos.stated_indicators import StatedIndicator
from pytest_errorbudget.readers.slos.written import WrittenSlo

_MONTH_US = 28 * 86_400_000_000


def openslo(
    root: Path, reading: Reading, file: SettingsFile
) -> tuple[tuple[WrittenSlo, ...], tuple[tuple[str, str], ...]]:
    """The SLOs of the files, and those that are not computed: name and reason."""
    stated = {name: _stated(reading, name, table) for name, table in file.indicators.items()}
    if not file.slos:
        for name, one in stated.items():
            reading.problem_at(
                one.span, f"[indicators.{name}] belongs to an OpenSLO file, and `slos` names none", "leave it out"
            )
        return (), ()
    from pytest_errorbudget.readers.openslo import read_openslo

    globs = {glob: reading.span(("slos", position)) for position, glob in enumerate(file.slos)}
    read = read_openslo(root, globs, stated)
    reading.problems.extend(read.problems)
    reading.unchecked.extend(replace(one, reason=f"{one.place}: {one.reason}") for one in read.oddities)
    return read.written, tuple((one.name, one.reason) for one in read.not_computed)


def _stated(reading: Reading, name: str, table: IndicatorTable) -> StatedIndicator:
    key: Key = ("indicators", name)
    if (table.good is None) == (table.value is None):
        given = "neither" if table.good is None else "both"
        reading.problem(
            key,
            f"[indicators.{name}] has {given} of `good` and `value`",
            "write `good`, a predicate, for a ratio, or `value`, a column, for a threshold",
        )
    return StatedIndicator(
        events=table.events,
        good=table.good,
        value=table.value,
        where=table.where,
        span=reading.span(key),
        good_at=reading.span((*key, "value" if table.good is None else "good")),
        where_at=reading.span((*key, "where")),
    )


def short_slos(reading: Reading, file: SettingsFile) -> Iterator[WrittenSlo]:
    for position, table in enumerate(file.slo):
        key: Key = ("slo", position)
        yield WrittenSlo(
            slo=Slo(
                name=table.name,
                service=table.service,
                sli=Sli(events=table.events, good=table.good, where=table.where, kind=kind_of(table.name, table.good)),
                objective=reading.value((*key, "objective"), parse_share, table.objective, Fraction(1, 2)),
                period=_period(reading, (*key, "period"), table),
                span=reading.span(key),
                good_at=reading.span((*key, "good")),
                where_at=None if table.where is None else reading.span((*key, "where")),
                budgeting=_budgeting(reading, key, table),
                conditions=tuple(
                    _condition(reading, (*key, "alerts", number), alert) for number, alert in enumerate(table.alerts)
                ),
            ),
            events=reading.span((*key, "events")),
            slice=reading.span((*key, "slice")),
            period=reading.span((*key, "period")),
        )


def _condition(reading: Reading, key: Key, table: AlertTable) -> Condition:
    return Condition(
        name=table.name,
        urgency=urgency_of(table.severity),
        burn=Fraction(table.threshold),
        inclusive=table.op == "gte",
        lookback_us=reading.value((*key, "lookback"), parse_duration, table.lookback, 1),
        after_us=0 if table.after == "0s" else reading.value((*key, "after"), parse_duration, table.after, 0),
        span=reading.span((*key, "threshold")),
    )


def _period(reading: Reading, key: Key, table: SloTable) -> Period:
    if isinstance(table.period, str):
        return Rolling(reading.value(key, parse_duration, table.period, _MONTH_US))
    unit, count = reading.value((*key, "calendar"), calendar_span, table.period.calendar, (CalendarUnit.WEEK, 1))
    return Calendar(
        unit=unit,
        count=count,
        start=reading.value((*key, "start"), local_time, table.period.start, datetime(2024, 1, 1)),
        zone=reading.value((*key, "zone"), time_zone, table.period.zone, "UTC"),
    )


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
