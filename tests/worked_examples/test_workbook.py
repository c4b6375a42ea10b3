"""The worked examples of The Site Reliability Workbook, chapter 5: 99.9 % over 30 days, recomputed exactly from counts.

Where it rounds, the exact value stands here.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from one_alert import condition
from one_slo import SLO
from steady_traffic import COHORTS, MONTH, errors, fired, outage_from, state

from pytest_errorbudget.checks.burn import burn_that_consumes, workbook_policy
from pytest_errorbudget.checks.firing import workbook_firings
from pytest_errorbudget.model.alert import Urgency
from pytest_errorbudget.model.burn import Burn
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US, SECOND_US

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "slo-vectors.json").read_text())
WORKBOOK: dict[str, float] = VECTORS["workbook_T999_30d"]


@pytest.mark.parametrize(
    ("name", "days", "rows"),
    [
        ("30d", 30, ((2, 1), (5, 6), (10, 24), (10, 72))),
        ("28d", 28, ((2, 1), (5, 6), (10, 24), (10, 72))),
        ("7d_same_pct", 7, ((2, 1), (5, 6), (10, 24), (10, 72))),
        ("7d_sloth_8_12.5_20_42", 7, ((8, 1), ("12.5", 6), (20, 24), (42, 72))),
        ("7d_datadog_10_20_40", 7, ((10, 1), (20, 6), (40, 24))),
        ("90d_datadog_1_3_5", 90, ((1, 1), (3, 6), (5, 24))),
    ],
)
def test_every_published_table_of_thresholds(name: str, days: int, rows: tuple[tuple[int | str, int], ...]) -> None:
    """Share of the budget in percent, and hours: the Workbook's table 5-8, Sloth's catalogues, Datadog's burn rates."""
    burns = [burn_that_consumes(Fraction(share) / 100, days * DAY_US, hours * HOUR_US) for share, hours in rows]
    assert [float(burn) for burn in burns] == pytest.approx(VECTORS["burn_thresholds"][name], rel=1e-9)
    assert all(
        burn * hours * HOUR_US / (days * DAY_US) * 100 == Fraction(share)
        for burn, (share, hours) in zip(burns, rows, strict=True)
    )


@pytest.mark.parametrize(("place", "hours"), [(0, 50), (1, 120), (2, 240), (3, 720)])
def test_a_full_budget_at_the_thresholds_rate_lasts(place: int, hours: int) -> None:
    assert MONTH / workbook_policy(MONTH)[place].burn == hours * HOUR_US


def test_detection_times_of_a_total_outage() -> None:
    """Strategy 1 and 2: with a window of 10 minutes at the rate of the budget after 0.6 s, with 36 hours after 129.6 s
    ("2 minutes 10")."""
    for lookback_us, width_us, vector in (
        (10 * MINUTE_US, SECOND_US // 10, "detect_10m_s"),
        (36 * HOUR_US, 72 * SECOND_US // 10, "detect_36h_s"),
    ):
        outage = errors(2 * lookback_us, width_us, outage_from(lookback_us))
        begins, _ = fired(outage, condition(1, lookback_us=lookback_us, inclusive=True))
        assert float(Fraction(begins - lookback_us, SECOND_US)) == WORKBOOK[vector]
        begins, _ = fired(outage, condition(1, lookback_us=lookback_us))
        assert begins - lookback_us - width_us == WORKBOOK[vector] * SECOND_US, "greater than is one evaluation later"


@pytest.mark.parametrize(
    ("windows", "bad", "objective", "consumed"),
    [
        (2, 1, "0.999", Fraction(1, 4_320)),
        (1, 1_000, "0.999", Fraction(25, 216)),
        (3, 1_000, "0.999", Fraction(25, 72)),
        (12, 1_000, "0.999", Fraction(25, 18)),
        (12, 1_000, "0.9", Fraction(1, 72)),
    ],
    ids=[
        "0.1 % for 10 minutes: 0.02 %",
        "a spike of 5 minutes: almost 12 %",
        "three spikes: 35 %",
        "an outage of an hour: 140 %",
        "an outage of an hour at 90 %: 1.4 %",
    ],
)
def test_what_an_incident_consumes(windows: int, bad: int, objective: str, consumed: Fraction) -> None:
    width = 5 * MINUTE_US
    counts = errors(MONTH, width, lambda start: bad if start < windows * width else 0, each=1_000)
    assert state(counts, objective=Fraction(objective)).consumed == consumed


def test_what_is_published_is_that_exactly() -> None:
    exact = {
        "outage_1h_consumed": Fraction(25, 18),
        "spike_5m_consumed": Fraction(25, 216),
        "lowtraffic_consumed": Fraction(5, 36),
        "burn_5pct_1h": burn_that_consumes(Fraction(5, 100), MONTH, HOUR_US),
    }
    for name, value in exact.items():
        assert float(value) == pytest.approx(WORKBOOK[name], rel=1e-9)


@pytest.mark.parametrize(("rate", "lasts_us"), [(1, MONTH), (2, 15 * DAY_US), (10, 3 * DAY_US)])
def test_time_to_exhaustion_at_a_constant_rate(rate: int, lasts_us: int) -> None:
    """``period / burn`` for a full budget: the last day, which sets the pace, has already burnt a day of it."""
    counts = errors(MONTH, HOUR_US, lambda start: rate if start >= MONTH - DAY_US else 0, each=1_000)
    found = state(counts)
    assert dict(found.burns)[DAY_US] == Burn(24 * rate, 24_000, Fraction(1, 1_000))
    assert found.exhausted_in_us == lasts_us - DAY_US


def test_time_to_exhaustion_at_rates_that_end_within_a_day() -> None:
    for rate, vector, unit in ((35, "exhaust_35x_h", HOUR_US), (1_000, "exhaust_1000x_min", MINUTE_US)):
        assert float(Fraction(MONTH, rate) / unit) == pytest.approx(WORKBOOK[vector], rel=1e-9)


def test_seconds_of_an_outage_that_a_budget_holds() -> None:
    """99.999 % over 30 days is 25.92 s ("26 seconds"), 99.9 % are 43.2 min."""
    assert MONTH * (1 - Fraction("0.99999")) == Fraction(2592, 100) * SECOND_US
    assert MONTH * (1 - Fraction("0.999")) == Fraction(432, 10) * MINUTE_US


def test_an_alert_on_one_hour_resets_58_minutes_after_a_total_outage() -> None:
    """5 % in an hour is a rate of 36: it fires after 129.6 s of an outage, and, when that ends at once, goes on for
    57.84 minutes, since the outage leaves the window no earlier."""
    width = 12 * SECOND_US // 10
    outage = range(2 * HOUR_US, 2 * HOUR_US + 109 * width)
    counts = errors(4 * HOUR_US, width, lambda start: 100 * (start in outage))
    begins, ends = fired(counts, condition(36))
    assert burn_that_consumes(Fraction(5, 100), MONTH, HOUR_US) == 36
    assert begins == outage.stop
    assert ends is not None
    assert float(Fraction(ends - outage.stop, MINUTE_US)) == WORKBOOK["reset_burn36_1h_min"]


def test_figure_5_6_exactly() -> None:
    """15 % of errors for ten minutes against 14.4 times over 1 h and 5 min. The figure says that the alert fires after
    5 minutes and stops 5 after the end; exactly it is 5.76 and 4.52, and 54.24 for the long window alone. At an exact
    tie the ratio does not exceed the limit, so that the next evaluation is the first that fires."""
    width = 12 * SECOND_US // 10
    incident = range(7 * HOUR_US, 7 * HOUR_US + 10 * MINUTE_US)
    counts = errors(9 * HOUR_US, width, lambda start: 15 * (start in incident))
    page = next(one for one in workbook_firings(counts, (SLO,), COHORTS) if one.urgency is Urgency.PAGE)
    ((begins, ends),) = page.intervals
    short_begins, short_ends = fired(counts, condition("14.4", lookback_us=5 * MINUTE_US))
    long_begins, long_ends = fired(counts, condition("14.4"))
    assert ends is not None
    assert long_ends is not None
    assert (begins, ends) == (long_begins, short_ends)
    for moment, since, vector, unit in (
        (begins - width, incident.start, "fig56_fire_min", MINUTE_US),
        (short_begins - width, incident.start, "fig56_short_cross_s", SECOND_US),
        (ends, incident.stop, "fig56_stop_after_end_min", MINUTE_US),
        (long_ends, incident.stop, "fig56_long_only_after_end_min", MINUTE_US),
    ):
        assert float(Fraction(moment - since, unit)) == WORKBOOK[vector]


def test_a_failure_of_ten_requests_an_hour() -> None:
    counts = errors(MONTH, HOUR_US, lambda start: int(start == MONTH - HOUR_US), each=10)
    hour = dict(state(counts).burns)[HOUR_US]
    assert isinstance(hour, Burn)
    assert hour.rate == WORKBOOK["lowtraffic_burn"]
    assert state(counts).consumed == Fraction(5, 36)
    assert float(Fraction(5, 36)) == pytest.approx(WORKBOOK["lowtraffic_consumed"], rel=1e-9)
