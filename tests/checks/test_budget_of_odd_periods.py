"""Periods that are no whole number of the windows that were counted have no number: a part of one cannot be counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest
from one_slo import GOLD, SLO, counts_of, series_of

from pytest_errorbudget.checks.budget import budget_states
from pytest_errorbudget.checks.slices import in_slices
from pytest_errorbudget.model.burn import Absence, NoData
from pytest_errorbudget.model.slo import Calendar, CalendarUnit, Period, Rolling
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US

DAYS = 40


@pytest.mark.parametrize(
    ("period", "consumed"),
    [
        (Rolling(30 * DAY_US), Fraction(1)),
        (Rolling(30 * DAY_US + 30 * MINUTE_US), NoData(Absence.TOO_FINE)),
        (
            Calendar(unit=CalendarUnit.MONTH, count=1, start=datetime(2024, 1, 1), zone="Europe/Berlin"),
            Fraction(1),
        ),
        (
            Calendar(unit=CalendarUnit.MONTH, count=1, start=datetime(2024, 1, 1), zone="Asia/Kolkata"),
            NoData(Absence.TOO_FINE),
        ),
    ],
)
def test_slots_of_an_hour_over_half_of_one(period: Period, consumed: Fraction | NoData) -> None:
    """A month begins in Kolkata at half past six in the evening in UTC, in the middle of a slot."""
    slo = replace(SLO, period=period)
    windows = {number * HOUR_US: (1000, 1) for number in range(24 * DAYS)}
    counts = in_slices(counts_of(series_of(windows), width_us=HOUR_US, until_us=DAYS * DAY_US), (slo,))
    (state,) = budget_states(counts, (slo,), (GOLD,))
    assert state.consumed == consumed
    assert state.exhausted_in_us is None
