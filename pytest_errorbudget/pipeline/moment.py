"""Moments given by people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_us(text: str) -> int:
    """RFC 3339 text as µs since the Unix epoch; ``ValueError`` where the zone or the form is missing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is not a moment: write it as 2026-11-01T00:00:00Z") from None
    if moment.tzinfo is None:
        raise ValueError(f"`{text}` has no time zone: write Z for UTC, as in 2026-11-01T00:00:00Z")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(us: int) -> datetime:
    """The moment ``us`` µs after the Unix epoch, in UTC."""
    return _EPOCH + timedelta(microseconds=us)
