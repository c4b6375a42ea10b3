"""Service level objectives (Google SRE, "Implementing SLOs", The Site Reliability Workbook, chapter 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from fractions import Fraction
from typing import assert_never

from pytest_errorbudget.model.alert import Condition
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US


class SliKind(Enum):
    """What a predicate speaks of; both are counted alike."""

    AVAILABILITY = "availability"
    LATENCY = "latency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sli:
    """``good`` is a SQL predicate over an event's columns; ``where`` says which events are valid (``None``: all)."""

    events: str
    good: str
    where: str | None
    kind: SliKind


@dataclass(frozen=True, slots=True)
class Rolling:
    """The last ``length_us`` microseconds, whenever one asks."""

    length_us: int


class CalendarUnit(Enum):
    """``nominal_us`` is the length that alerts are scaled by; a real month or a day with a clock change differs."""

    DAY = ("d", DAY_US)
    WEEK = ("w", 7 * DAY_US)
    MONTH = ("M", 30 * DAY_US)
    QUARTER = ("Q", 90 * DAY_US)
    YEAR = ("Y", 365 * DAY_US)

    def __init__(self, letter: str, nominal_us: int) -> None:
        self.letter = letter
        self.nominal_us = nominal_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Periods of ``count`` units of the calendar of ``zone`` (an IANA name), one after the other from ``start`` on: a
    local date and time there. Each begins at the same time of day, so that their lengths vary with the clocks."""

    unit: CalendarUnit
    count: int
    start: datetime
    zone: str


Period = Rolling | Calendar


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every valid event counts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeslices:
    """Every slice of time counts once: it is bad where less than ``target`` of its valid events are good. A slice
    without valid events is not bad."""

    slice_us: int
    target: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioTimeslices:
    """Every slice of time counts once, with its own share of bad events; one without valid events has none."""

    slice_us: int


Budgeting = Occurrences | Timeslices | RatioTimeslices


@dataclass(frozen=True, slots=True, kw_only=True)
class Slo:
    """``objective`` is the target as a fraction of what ``budgeting`` counts, over ``period``. ``conditions`` are the
    alerts that its document has. ``good_at`` and ``where_at`` are where its predicates are written, if that is
    known; the same SLO may be written in two places."""

    name: str
    service: str
    sli: Sli
    objective: Fraction
    period: Period
    span: Span
    good_at: Span | None = field(default=None, compare=False)
    where_at: Span | None = field(default=None, compare=False)
    budgeting: Budgeting = Occurrences()
    conditions: tuple[Condition, ...] = ()

    @property
    def budget(self) -> Fraction:
        """The error budget as a fraction of what is counted."""
        return 1 - self.objective

    @property
    def spans_us(self) -> tuple[int, ...]:
        """The lengths of time over which it asks for counts: its slices, and what its conditions look back and wait
        for."""
        alerts = tuple(span for one in self.conditions for span in (one.lookback_us, one.after_us) if span)
        match self.budgeting:
            case Occurrences():
                return alerts
            case Timeslices(slice_us=slice_us) | RatioTimeslices(slice_us=slice_us):
                return (slice_us, *alerts)
            case _:
                assert_never(self.budgeting)

    @property
    def period_us(self) -> int:
        """The period's length; of a calendar period the nominal one."""
        match self.period:
            case Rolling(length_us):
                return length_us
            case Calendar() as calendar:
                return calendar.count * calendar.unit.nominal_us
