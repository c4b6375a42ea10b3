"""Moments that people give."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from pytest_errorbudget.model.formats.moment import moment_of, moment_us


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2026-11-01T00:00:00Z", 1_793_491_200_000_000),
    ],
)
def test_any_zone_is_read_to_the_microsecond(text: str, us: int) -> None:
    assert moment_us(text) == us
    assert moment_of(us) == datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("yesterday", "`yesterday` is not a moment: write it as 2026-11-01T00:00:00Z"),
        ("2026-11-01T00:00:00", "`2026-11-01T00:00:00` has no time zone: write Z for UTC, as in 2026-11-01T00:00:00Z"),
    ],
)
def test_what_is_no_moment_says_what_to_write(text: str, error: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(error)}$"):
        moment_us(text)
