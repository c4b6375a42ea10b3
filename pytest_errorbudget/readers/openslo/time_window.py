"""``timeWindow``: the period over which an SLO's budget is counted."""

from __future__ import annotations

from pytest_errorbudget.model.slo import Calendar, Period, Rolling
from pytest_errorbudget.model.window import DAY_US
from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.slos.calendars import calendar_span, local_time, time_zone
from pytest_errorbudget.readers.yaml_places import Place

_DEFAULT = Rolling(28 * DAY_US)


def period_of(document: Document, spec: Place) -> Period:
    found = spec.get("timeWindow")
    if found is None:
        document.odd(spec, "has no `timeWindow`; the last 28 days are taken, as in the short form")
        return _DEFAULT
    windows = tuple(document.listed(found))
    if len(windows) != 1:
        raise document.refuse(found, f"lists {len(windows)} time windows, where exactly one belongs", "keep one")
    (window,) = windows
    calendar, rolling = window.get("calendar"), window.get("isRolling")
    if calendar is not None and rolling is not None and rolling.flag:
        raise document.refuse(
            calendar, "stands beside `isRolling: true`", "keep one: a window rolls, or it follows a calendar"
        )
    if calendar is not None:
        return _calendar(document, window, calendar)
    if rolling is not None and rolling.flag is None:
        raise document.refuse(rolling, f"is {document.shown(rolling)}, which is neither true nor false")
    if rolling is not None and not rolling.flag:
        raise document.refuse(
            rolling,
            "is false, and there is no `calendar`",
            "write `calendar: {startTime: 2026-01-01 00:00:00, timeZone: UTC}`, or `isRolling: true`",
        )
    if rolling is None:
        document.odd(window, "does not say `isRolling: true`; it is taken as rolling")
    return Rolling(document.duration_us(document.need(window, "duration")))


def _calendar(document: Document, window: Place, calendar: Place) -> Calendar:
    duration = document.need(window, "duration")
    try:
        unit, count = calendar_span(document.duration_text(duration))
    except ValueError as error:
        raise document.refuse(duration, f"cannot be aligned: {error}") from None
    start = document.need(calendar, "startTime")
    try:
        begin = local_time(start.text or "")
    except ValueError as error:
        raise document.refuse(start, f"is no local date and time: {error}") from None
    return Calendar(unit=unit, count=count, start=begin, zone=_zone(document, calendar))


def _zone(document: Document, calendar: Place) -> str:
    at = calendar.get("timeZone")
    if at is None or not at.text:
        document.odd(calendar, "names no `timeZone`; UTC is taken")
        return "UTC"
    try:
        return time_zone(at.text)
    except ValueError as error:
        raise document.refuse(at, f"is no zone: {error}") from None
