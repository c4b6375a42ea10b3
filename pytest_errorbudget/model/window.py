"""Windows and durations in integer microseconds. Windows are half-open ``[start, end)`` and aligned to the epoch."""

from __future__ import annotations

import re

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

_UNITS = (
    ("w", 7 * DAY_US),
    ("d", DAY_US),
    ("h", HOUR_US),
    ("m", MINUTE_US),
    ("s", SECOND_US),
    ("ms", 1_000),
    ("us", 1),
)
_DURATION = re.compile(r"(\d+)(ms|us|[smhdw])", re.ASCII)
_LONGEST_US = 36_525 * DAY_US
_DIGITS = len(str(_LONGEST_US))
_CALENDAR = {"M": "month", "Q": "quarter", "Y": "year"}


def window_start(time_us: int, width_us: int) -> int:
    """The start of the window that holds ``time_us``; floors also before 1970, where truncation would not.

    Written out as in the SQL that counts events: ``((time % width) + width) % width`` is never negative, whichever
    way an engine rounds.
    """
    return time_us - ((time_us % width_us) + width_us) % width_us


def whole_windows(length_us: int, width_us: int) -> int:
    """How many windows of ``width_us`` it takes to cover ``length_us``."""
    return -(-length_us // width_us)


def parse_duration(text: str) -> int:
    """``5m``, ``1h``, ``30d``, ``4w``, ``1h30m`` in microseconds (``us``, ``ms``, ``s``, ``m``, ``h``, ``d``, ``w``).

    ``m`` is a minute. Raises ``ValueError`` for anything else, for zero, for more than a hundred years, and for
    months, quarters and years, whose length depends on the calendar.
    """
    stripped = text.strip()
    calendar = re.fullmatch(r"\d+([MQY])", stripped, re.ASCII)
    if calendar:
        unit = _CALENDAR[calendar[1]]
        raise ValueError(f"`{text}` is a calendar {unit}, whose length varies: write days or weeks, such as `28d`")
    parts = _DURATION.findall(stripped)
    if not parts or "".join(number + unit for number, unit in parts) != stripped:
        raise ValueError(f"`{text}` is not a duration: write a whole number and a unit, such as `5m`, `1h` or `28d`")
    sizes = dict(_UNITS)
    if any(len(number) > _DIGITS for number, _ in parts):
        raise ValueError(f"`{text}` is longer than a hundred years: write a shorter duration, such as `28d`")
    total = sum(int(number) * sizes[unit] for number, unit in parts)
    if total > _LONGEST_US:
        raise ValueError(f"`{text}` is longer than a hundred years: write a shorter duration, such as `28d`")
    if total == 0:
        raise ValueError(f"`{text}` is no time at all: a duration is longer than zero")
    return total


def format_duration(span_us: int) -> str:
    """The shortest text that ``parse_duration`` reads back: ``5m``, ``1h30m``, ``28d`` (not ``4w``)."""
    if span_us <= 0:
        return "0s"
    text, rest = "", span_us
    for unit, size in _UNITS[1:]:
        whole, rest = divmod(rest, size)
        text += f"{whole}{unit}" if whole else ""
    return text
