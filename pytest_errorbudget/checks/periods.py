"""When a period begins and ends: rolling ones always end now, those of a calendar follow its clocks.

Local times become instants as PEP 495 says with ``fold=0``: one that the clocks skip is read with the offset before the
change, one that comes twice is the first.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from pytest_errorbudget.model.formats.moment import moment_of
from pytest_errorbudget.model.slo import Calendar, CalendarUnit, Period, Rolling

_MONTHS = {CalendarUnit.MONTH: 1, CalendarUnit.QUARTER: 3, CalendarUnit.YEAR: 12}
_DAYS = {CalendarUnit.DAY: 1, CalendarUnit.WEEK: 7}
_BEYOND_US = 1 << 60
"""Behind every moment that has a date, and before it with a minus: about 36,500 years."""


def period_at(period: Period, end_us: int) -> tuple[int, int]:
    """The half-open ``[start, end)`` in µs since the Unix epoch of the period that holds the last µs before ``end_us``.

    A rolling one ends at ``end_us``. Raises ``zoneinfo.ZoneInfoNotFoundError`` for a zone that is not known.
    """
    match period:
        case Rolling(length_us):
            return end_us - length_us, end_us
        case Calendar():
            return _of_calendar(period, end_us)
        case _:
            assert_never(period)


def _of_calendar(period: Calendar, end_us: int) -> tuple[int, int]:
    first = _begin_us(period, 0)
    number = (end_us - 1 - first) // (period.count * period.unit.nominal_us)
    while _begin_us(period, number) > end_us - 1:
        number -= 1
    while _begin_us(period, number + 1) <= end_us - 1:
        number += 1
    return _begin_us(period, number), _begin_us(period, number + 1)


def _begin_us(period: Calendar, number: int) -> int:
    """Outside of the years 1 to 9999, which have no dates here, all time is one period."""
    try:
        return _dated_us(period, number)
    except (OverflowError, ValueError):
        return _BEYOND_US if number > 0 else -_BEYOND_US


def _dated_us(period: Calendar, number: int) -> int:
    units = number * period.count
    if period.unit in _DAYS:
        local = period.start + timedelta(days=units * _DAYS[period.unit])
    else:
        local = _months_later(period.start, units * _MONTHS[period.unit])
    return (local.replace(tzinfo=ZoneInfo(period.zone)) - moment_of(0)) // timedelta(microseconds=1)


def _months_later(start: datetime, months: int) -> datetime:
    """The same day of another month, or its last one where it is shorter."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))
