"""Moments as RFC 3339 in UTC, exactly to the microsecond."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


def format_moment(time_us: int) -> str:
    """``2026-11-01T00:00:00Z``, with a fraction only where there is one. µs since the Unix epoch, years 1 to 9999."""
    moment = _EPOCH + timedelta(microseconds=time_us)
    return moment.isoformat().replace("+00:00", "Z")


def parse_moment(text: str) -> int:
    """µs since the Unix epoch; raises ``ValueError`` for anything but RFC 3339 in UTC (``Z``)."""
    if _MOMENT.fullmatch(text) is None:
        raise ValueError(f"`{text}` is not a moment in UTC: write it as `2026-11-01T00:00:00Z`")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"`{text}` is not a moment in UTC: {error}") from None
    return (moment - _EPOCH) // _MICROSECOND


def moment_us(text: str) -> int:
    """RFC 3339 text in any zone, as people give it, in µs since the Unix epoch; ``ValueError`` says what is missing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is not a moment: write it as 2026-11-01T00:00:00Z") from None
    if moment.tzinfo is None:
        raise ValueError(f"`{text}` has no time zone: write Z for UTC, as in 2026-11-01T00:00:00Z")
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(time_us: int) -> datetime:
    """The moment ``time_us`` µs after the Unix epoch, in UTC."""
    return _EPOCH + timedelta(microseconds=time_us)
