"""When periods begin and end, in time zones whose clocks change."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.checks.periods import period_at
from pytest_errorbudget.model.slo import Calendar, CalendarUnit, Rolling
from pytest_errorbudget.model.window import DAY_US, HOUR_US

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "slo-vectors.json").read_text())
ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe")


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def calendar(unit: CalendarUnit, zone: str, start: str = "2020-01-01T00:00:00", count: int = 1) -> Calendar:
    return Calendar(unit=unit, count=count, start=datetime.fromisoformat(start), zone=zone)


def test_a_rolling_period_ends_now() -> None:
    assert period_at(Rolling(28 * DAY_US), 30 * DAY_US) == (2 * DAY_US, 30 * DAY_US)


@pytest.mark.parametrize(
    ("zone", "month", "hours"),
    [(zone, month, hours) for zone, months in VECTORS["calendar_hours"].items() for month, hours in months.items()],
)
def test_months_are_as_long_as_their_clocks_say(zone: str, month: str, hours: int) -> None:
    start, end = period_at(calendar(CalendarUnit.MONTH, zone), at(f"{month}-15T12:00:00"))
    assert (end - start) / HOUR_US == hours


@pytest.mark.parametrize(
    ("end", "hours"), [("2022-03-13T20:00:00", 167), ("2022-11-06T20:00:00", 169), ("2022-07-01T00:00:00", 168)]
)
def test_a_week_that_begins_on_saturday_noon_in_new_york(end: str, hours: int) -> None:
    """The calendar of nobl9's `v1_slos.yaml`: one week from 2022-01-01 12:00."""
    start, until = period_at(calendar(CalendarUnit.WEEK, "America/New_York", "2022-01-01T12:00:00"), at(end))
    assert (until - start) / HOUR_US == hours


@pytest.mark.parametrize(
    ("period", "end", "expected"),
    [
        (calendar(CalendarUnit.DAY, "America/New_York"), "2026-03-08T12:00:00", ("2026-03-08T05", "2026-03-09T04")),
        (calendar(CalendarUnit.MONTH, "UTC"), "2024-03-01T00:00:00", ("2024-02-01T00", "2024-03-01T00")),
        (
            calendar(CalendarUnit.MONTH, "UTC", "2024-01-31T00:00:00"),
            "2024-03-01T00:00:00",
            ("2024-02-29T00", "2024-03-31T00"),
        ),
        (calendar(CalendarUnit.QUARTER, "UTC"), "2026-11-23T00:00:00", ("2026-10-01T00", "2027-01-01T00")),
        (calendar(CalendarUnit.YEAR, "UTC"), "2019-12-31T00:00:00", ("2019-01-01T00", "2020-01-01T00")),
        (calendar(CalendarUnit.WEEK, "UTC", count=2), "2020-01-16T00:00:00", ("2020-01-15T00", "2020-01-29T00")),
    ],
)
def test_periods_of_the_calendar(period: Calendar, end: str, expected: tuple[str, str]) -> None:
    assert period_at(period, at(end)) == tuple(at(f"{hour}:00:00") for hour in expected)


@given(
    st.sampled_from(list(CalendarUnit)),
    st.sampled_from(ZONES),
    st.integers(1, 3),
    st.integers(at("1975-01-01T00:00:00"), at("2035-01-01T00:00:00")),
)
def test_periods_follow_each_other_without_a_gap(unit: CalendarUnit, zone: str, count: int, end_us: int) -> None:
    period = calendar(unit, zone, count=count)
    start, end = period_at(period, end_us)
    assert start < end_us <= end
    assert period_at(period, start)[1] == start
    assert period_at(period, end + 1)[0] == end


@pytest.mark.parametrize("unit", list(CalendarUnit))
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Apia", "America/Havana", "Asia/Kolkata"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:01", "9999-12-31T23:59:59"])
def test_a_period_at_either_end_of_the_calendar_is_one(unit: CalendarUnit, count: int, zone: str, moment: str) -> None:
    """A date such as 9999-12-31, for what has no end, may be the newest of all events."""
    end = (datetime.fromisoformat(moment) - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    begins, ends = period_at(calendar(unit, zone, count=count), end)
    assert begins < end <= ends
    assert ends - begins > 0


@pytest.mark.parametrize(
    ("period", "end", "expected"),
    [
        (
            calendar(CalendarUnit.DAY, "Pacific/Apia"),
            "2011-12-30T10:00:00",
            ("2011-12-29T10:00:00", "2011-12-30T10:00:00"),
        ),
        (
            calendar(CalendarUnit.DAY, "Pacific/Apia"),
            "2011-12-30T10:00:01",
            ("2011-12-30T10:00:00", "2011-12-31T10:00:00"),
        ),
        (
            calendar(CalendarUnit.DAY, "America/Sao_Paulo"),
            "2018-11-04T12:00:00",
            ("2018-11-04T03:00:00", "2018-11-05T02:00:00"),
        ),
        (
            calendar(CalendarUnit.DAY, "America/Havana"),
            "2025-11-02T12:00:00",
            ("2025-11-02T04:00:00", "2025-11-03T05:00:00"),
        ),
        (
            calendar(CalendarUnit.DAY, "Australia/Lord_Howe"),
            "2025-04-05T14:00:00",
            ("2025-04-05T13:00:00", "2025-04-06T13:30:00"),
        ),
    ],
    ids=[
        "the day before one that never was",
        "no day is empty",
        "a midnight that the clocks skip",
        "a midnight that comes twice",
        "half an hour",
    ],
)
def test_days_whose_midnight_the_clocks_change(period: Calendar, end: str, expected: tuple[str, str]) -> None:
    assert period_at(period, at(end)) == (at(expected[0]), at(expected[1]))
