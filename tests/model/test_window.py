"""Windows are half-open, aligned to the epoch, and floored on both sides of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US, format_duration, parse_duration, window_start

FIVE = 5 * MINUTE_US


@pytest.mark.parametrize(
    ("time_us", "start"),
    [
        (0, 0),
        (1, 0),
        (FIVE - 1, 0),
        (FIVE, FIVE),
        (FIVE + 1, FIVE),
        (-1, -FIVE),
        (-FIVE, -FIVE),
        (-FIVE + 1, -FIVE),
        (-FIVE - 1, -2 * FIVE),
    ],
)
def test_the_edges_of_windows(time_us: int, start: int) -> None:
    assert window_start(time_us, FIVE) == start


@pytest.mark.parametrize(
    ("time", "start"), [(-8, -14), (-7, -7), (-1, -7), (6, 0), (7, 7)], ids=lambda number: str(number)
)
def test_flink_agrees(time: int, start: int) -> None:
    """The vectors of Flink's TimeWindowTest for windows of 7 without offset."""
    assert window_start(time, 7) == start


@given(st.integers(-(2**60), 2**60), st.integers(1, DAY_US))
def test_every_moment_is_in_exactly_one_window(time_us: int, width_us: int) -> None:
    start = window_start(time_us, width_us)
    assert start % width_us == 0
    assert start <= time_us < start + width_us


@pytest.mark.parametrize(
    ("text", "span_us"),
    [("5m", FIVE), ("1h", HOUR_US), ("28d", 28 * DAY_US), ("4w", 28 * DAY_US), ("1h30m", 90 * MINUTE_US), (" 1us ", 1)],
)
def test_durations(text: str, span_us: int) -> None:
    assert parse_duration(text) == span_us


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1M", "`1M` is a calendar month, whose length varies: write days or weeks, such as `28d`"),
        ("soon", "`soon` is not a duration: write a whole number and a unit, such as `5m`, `1h` or `28d`"),
        ("5", "`5` is not a duration: write a whole number and a unit, such as `5m`, `1h` or `28d`"),
        ("1.5h", "`1.5h` is not a duration: write a whole number and a unit, such as `5m`, `1h` or `28d`"),
        ("-5m", "`-5m` is not a duration: write a whole number and a unit, such as `5m`, `1h` or `28d`"),
        ("0s", "`0s` is no time at all: a duration is longer than zero"),
    ],
)
def test_what_is_no_duration(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_duration(text)


@given(st.integers(1, 10**15))
def test_durations_read_back(span_us: int) -> None:
    assert parse_duration(format_duration(span_us)) == span_us


def test_periods_are_written_in_days() -> None:
    assert format_duration(28 * DAY_US) == "28d"
