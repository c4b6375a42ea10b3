"""Burn rates and the Workbook's policy, exactly, against the published vectors."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from one_slo import SLO, TOTALS, counts_of, series_of, unjudged_of

from pytest_errorbudget.checks.burn import burn_over, fires, sums_of, workbook_policy
from pytest_errorbudget.model.alert import Alert, Urgency
from pytest_errorbudget.model.burn import Absence, Burn, NoData
from pytest_errorbudget.model.counts import Counts, SourceTotals
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "slo-vectors.json").read_text())
FIVE = 5 * MINUTE_US


def totals(source: str = "requests", *, watermark_us: int | None = 1 << 60) -> SourceTotals:
    return replace(TOTALS, source=source, watermark_us=watermark_us)


def counted(
    windows: dict[int, tuple[int, int]], *, closed_until_us: int, sources: tuple[str, ...] = ("requests",)
) -> Counts:
    """Counts of tenant ``a``: (valid, bad) by the start of a window."""
    told = tuple(map(totals, sources))
    return counts_of(series_of(windows), width_us=FIVE, until_us=closed_until_us, totals=told)


def burn(counts: Counts, length_us: int, budget: Fraction = Fraction(1, 1000)) -> Burn | NoData:
    return burn_over(counts, sums_of(counts.series[0]), SLO, budget, length_us)


def test_the_policy_of_thirty_days_is_exact() -> None:
    page, ticket = Urgency.PAGE, Urgency.TICKET
    assert workbook_policy(30 * DAY_US) == (
        Alert(urgency=page, long_us=HOUR_US, short_us=FIVE, burn=Fraction(72, 5)),
        Alert(urgency=page, long_us=6 * HOUR_US, short_us=30 * MINUTE_US, burn=Fraction(6)),
        Alert(urgency=ticket, long_us=DAY_US, short_us=2 * HOUR_US, burn=Fraction(3)),
        Alert(urgency=ticket, long_us=3 * DAY_US, short_us=6 * HOUR_US, burn=Fraction(1)),
    )


def test_long_windows_that_do_not_fit_into_the_period_are_left_out() -> None:
    assert [alert.long_us for alert in workbook_policy(DAY_US)] == [HOUR_US, 6 * HOUR_US, DAY_US]


@pytest.mark.parametrize("objective", ["0.9", "0.95", "0.96", "0.99", "0.999"])
def test_a_total_outage_burns_at_the_largest_possible_rate(objective: str) -> None:
    assert Burn(7, 7, 1 - Fraction(objective)).rate == VECTORS["max_burn"][objective]


@pytest.mark.parametrize(("bad", "exceeds"), [(143, False), (144, False), (145, True)])
def test_a_threshold_is_exceeded_and_not_reached(bad: int, exceeds: bool) -> None:
    """144 of 10,000 is exactly 14.4 times a budget of 0.1 %: tools that compare floats disagree here."""
    assert Burn(bad, 10_000, Fraction(1, 1000)).exceeds("14.4") is exceeds


def test_only_closed_windows_are_used_and_windows_are_half_open() -> None:
    windows = {0: (10, 1), FIVE: (10, 2), 2 * FIVE: (10, 4)}
    assert burn(counted(windows, closed_until_us=3 * FIVE), FIVE) == Burn(4, 10, Fraction(1, 1000))
    assert burn(counted(windows, closed_until_us=3 * FIVE - 1), FIVE) == Burn(2, 10, Fraction(1, 1000))
    assert burn(counted(windows, closed_until_us=3 * FIVE + 1), 2 * FIVE) == Burn(6, 20, Fraction(1, 1000))


def test_windows_before_1970_are_windows_too() -> None:
    windows = {-2 * FIVE: (10, 1), -FIVE: (10, 2)}
    assert burn(counted(windows, closed_until_us=-1), FIVE) == Burn(1, 10, Fraction(1, 1000))
    assert burn(counted(windows, closed_until_us=0), FIVE) == Burn(2, 10, Fraction(1, 1000))


@pytest.mark.parametrize(
    ("total", "reason"),
    [
        (totals(), Absence.NO_TRAFFIC),
        (totals(watermark_us=9 * FIVE), Absence.NO_TRAFFIC),
        (totals(watermark_us=8 * FIVE), Absence.NO_TELEMETRY),
        (totals(watermark_us=None), Absence.NO_TELEMETRY),
        (replace(totals(), invalid=()), Absence.NOT_COUNTED),
        (totals("other"), Absence.NO_SOURCE),
    ],
)
def test_a_window_without_events_is_silent_for_a_reason(total: SourceTotals, reason: Absence) -> None:
    counts = replace(counted({0: (10, 1)}, closed_until_us=10 * FIVE), totals=(total,))
    assert burn(counts, FIVE) == NoData(reason)


@pytest.mark.parametrize(
    ("length_us", "watermark_us", "reason"),
    [
        (FIVE, 1 << 60, Absence.NO_TRAFFIC),
        (2 * FIVE, 1 << 60, Absence.NOT_JUDGED),
        (2 * FIVE, -HOUR_US, Absence.NOT_JUDGED),
        (FIVE, -HOUR_US, Absence.NO_TELEMETRY),
    ],
)
def test_a_window_whose_events_cannot_be_judged_is_no_window_without_events(
    length_us: int, watermark_us: int, reason: Absence
) -> None:
    """They came, also where a shard has sent nothing since; and the window after them is told by itself."""
    unjudged = unjudged_of({8 * FIVE: 3})
    counts = replace(
        counted({0: (10, 1)}, closed_until_us=10 * FIVE),
        totals=(totals(watermark_us=watermark_us),),
        unjudged=(unjudged,),
    )
    budget = Fraction(1, 1000)
    assert burn_over(counts, sums_of(counts.series[0], unjudged), SLO, budget, length_us) == NoData(reason)
    assert burn_over(counts, sums_of(counts.series[0], unjudged), SLO, budget, HOUR_US) == Burn(1, 10, budget)
    other = burn_over(counts, sums_of(None, None), SLO, budget, 2 * FIVE)
    assert isinstance(other, NoData)
    assert other.reason is not Absence.NOT_JUDGED, "what came of one tenant says nothing of another"


def test_events_that_cannot_be_judged_close_windows_and_leave_an_empty_budget_empty() -> None:
    unjudged = unjudged_of({0: 3})
    alone = replace(counted({}, closed_until_us=FIVE), series=(), unjudged=(unjudged,))
    sums = sums_of(None, unjudged)
    assert burn_over(alone, sums, SLO, Fraction(0), FIVE) == NoData(Absence.NOT_JUDGED)
    still_open = replace(alone, closed_until_us=FIVE - 1)
    assert burn_over(still_open, sums, SLO, Fraction(0), FIVE) == NoData(Absence.NOT_CLOSED)


def test_answers_that_are_no_number_although_there_are_events() -> None:
    windows = {0: (10, 1)}
    assert burn(counted(windows, closed_until_us=FIVE - 1), FIVE) == NoData(Absence.NOT_CLOSED)
    assert burn(counted(windows, closed_until_us=FIVE), FIVE, Fraction(0)) == NoData(Absence.ZERO_BUDGET)
    assert burn(counted(windows, closed_until_us=FIVE), FIVE + MINUTE_US) == NoData(Absence.TOO_FINE)


@pytest.mark.parametrize(
    ("recent", "hour", "fires_now"),
    [(15, 15, True), (15, 0, False), (0, 200, False)],
    ids=["long and short", "only short", "only long"],
)
def test_an_alert_needs_both_windows(recent: int, hour: int, fires_now: bool) -> None:
    windows = {start * FIVE: (1000, hour if start < 11 else recent) for start in range(12)}
    counts = counted(windows, closed_until_us=HOUR_US)
    page = workbook_policy(30 * DAY_US)[0]
    assert fires(page, counts, sums_of(counts.series[0]), SLO, Fraction(1, 1000)) is fires_now
