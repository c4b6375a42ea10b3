"""Where calendar periods begin, as people write it: a local date and time, and an IANA zone."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from pytest_errorbudget.model.slo import CalendarUnit

_YEARS = range(1970, 2200)
_LONGEST_US = 100 * CalendarUnit.YEAR.nominal_us
_SPAN = re.compile(r"([1-9]\d{0,8})([dwMQY])", re.ASCII)


def calendar_span(text: str) -> tuple[CalendarUnit, int]:
    """``2w`` as a unit and how many. Raises ``ValueError`` for anything else and for more than a hundred years."""
    matched = _SPAN.fullmatch(text.strip())
    if matched is None:
        minutes = re.fullmatch(r"([1-9]\d{0,8})m", text.strip(), re.ASCII)
        hint = (
            f"`m` is a minute; a month is `{minutes[1]}M`"
            if minutes
            else "write a number of days, weeks, months, quarters or years: `1d`, `1w`, `1M`, `1Q`, `1Y`"
        )
        raise ValueError(f"`{text}` is not a part of the calendar: {hint}")
    unit, count = next(unit for unit in CalendarUnit if unit.letter == matched[2]), int(matched[1])
    if count * unit.nominal_us > _LONGEST_US:
        raise ValueError(f"`{text}` is longer than a hundred years: write a shorter one, such as `1M`")
    return unit, count


def local_time(text: str) -> datetime:
    """Raises ``ValueError`` for anything else, for an offset, and outside of the years in which events happen."""
    try:
        start = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"`{text}` is not a date and time: write `2026-01-01T00:00:00`") from None
    if start.tzinfo is not None:
        raise ValueError(f"`{text}` has an offset: leave it out, the zone is said on its own")
    if start.year not in _YEARS:
        raise ValueError(
            f"`{text}` is not in the years from {_YEARS.start} to {_YEARS.stop - 1}: write a later or earlier one"
        )
    return start


def time_zone(text: str) -> str:
    """The name itself. Raises ``ValueError`` where there is no such zone."""
    try:
        ZoneInfo(text)
    except (LookupError, ValueError, OSError):  # OSError: a folder of zones, such as `Europe`; a name that is too long
        raise ValueError(f"there is no time zone `{text}`: write an IANA name such as `Europe/Berlin`") from None
    return text
