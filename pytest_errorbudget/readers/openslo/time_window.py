"""``timeWindow``: the period over which an SLO's budget is counted."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pytest_errorbudget.model.slo import Calendar, CalendarUnit, Period, Rolling
from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.yaml_places import Place

_CALENDAR = re.compile(r"([1-9]\d*)([dwMQY])", re.ASCII)


def period_of(document: Document) -> Period:
    windows = tuple(document.need(document.spec, "timeWindow").items())
    if len(windows) != 1:
        raise document.refuse(
            document.spec.get("timeWindow"), f"{len(windows)} time windows, where exactly one belongs", "keep one"
        )
    (window,) = windows
    calendar, rolling = window.get("calendar"), window.get("isRolling")
    if calendar is not None and rolling is not None and rolling.flag:
        raise document.refuse(calendar, "a time window that is rolling and has a calendar", "keep one of them")
    if calendar is not None:
        return _calendar(document, window, calendar)
    if rolling is not None and rolling.flag is False:
        raise document.refuse(
            rolling,
            "a time window that is not rolling needs a `calendar`",
            "write `calendar: {startTime: 2026-01-01 00:00:00, timeZone: UTC}`, or `isRolling: true`",
        )
    if rolling is None:
        document.odd(window.span, f"the SLO `{document.name}` does not say `isRolling: true`; it is taken as rolling")
    return Rolling(document.duration_us(document.need(window, "duration")))


def _calendar(document: Document, window: Place, calendar: Place) -> Calendar:
    duration = document.need(window, "duration")
    matched = _CALENDAR.fullmatch(document.duration_text(duration))
    if matched is None:
        raise document.refuse(
            duration,
            f"`duration: {duration.text}` is not a part of the calendar",
            "write a number of days, weeks, months, quarters or years: `1d`, `1w`, `1M`, `1Q`, `1Y`",
        )
    return Calendar(
        unit=next(unit for unit in CalendarUnit if unit.letter == matched[2]),
        count=int(matched[1]),
        start=_start(document, document.need(calendar, "startTime")),
        zone=_zone(document, calendar),
    )


def _start(document: Document, at: Place) -> datetime:
    try:
        start = datetime.fromisoformat((at.text or "").strip())
    except ValueError:
        raise document.refuse(
            at, f"`startTime: {at.text}` is not a date and time", "write `2026-01-01 00:00:00`"
        ) from None
    if start.tzinfo is not None:
        raise document.refuse(at, f"`startTime: {at.text}` has an offset", "leave it out: `timeZone` says the zone")
    return start


def _zone(document: Document, calendar: Place) -> str:
    at = calendar.get("timeZone")
    if at is None or not at.text:
        document.odd(calendar.span, f"the calendar of `{document.name}` names no `timeZone`; UTC is taken")
        return "UTC"
    try:
        ZoneInfo(at.text)
    except (ZoneInfoNotFoundError, ValueError):
        raise document.refuse(
            at, f"there is no time zone `{at.text}`", "write an IANA name such as `Europe/Berlin`"
        ) from None
    return at.text
