"""Thresholds from evidence: the tolerance bound, its confidence, the fallback and the cap."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from one_slo import GOLD, SLO, counts_of, series_of
from scipy.stats import beta

from pytest_errorbudget.checks.slices import in_slices
from pytest_errorbudget.checks.thresholds import (
    WORKBOOK_BURN,
    coverage_confidence,
    evidence,
    threshold_findings,
    thresholds,
)
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.threshold import Basis, Evidence, Threshold
from pytest_errorbudget.model.window import HOUR_US, MINUTE_US

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "slo-vectors.json").read_text())["tolerance_n"]
FIVE = 5 * MINUTE_US
CONFIDENCE = Fraction(992, 1000)
ENOUGH = 481


def hours(number: int, worst: int = 1) -> tuple[Evidence, ...]:
    """Hours of 1,000 events of tenant ``a``; the last one has ``worst`` bad ones, the others none."""
    return tuple(
        Evidence(
            tenant="a",
            slo="ok",
            start_us=hour * HOUR_US,
            valid=1000,
            bad=worst if hour == number - 1 else 0,
            failing_slots=1 if hour == number - 1 else 0,
        )
        for hour in range(number)
    )


def threshold(rows: tuple[Evidence, ...], *, objective: Fraction = SLO.objective) -> Threshold:
    (only,) = thresholds(rows, (replace(SLO, objective=objective),), (GOLD,), CONFIDENCE)
    return only


@pytest.mark.parametrize(("name", "confidence"), [("99/95", Fraction(95, 100)), ("99/99", Fraction(99, 100))])
def test_the_least_number_of_hours(name: str, confidence: Fraction) -> None:
    least = VECTORS["one_sided"][name]
    assert coverage_confidence(least) >= confidence > coverage_confidence(least - 1)


@pytest.mark.parametrize("number", [1, 59, 299, 481, 5_000])
def test_scipy_agrees_on_the_confidence(number: int) -> None:
    """The share below the largest of n values is beta(n, 1) distributed; the confidence is that it is at least 99 %."""
    assert float(coverage_confidence(number)) == pytest.approx(beta.sf(0.99, number, 1), abs=1e-12)


def test_enough_quiet_hours_give_the_workbooks_value() -> None:
    found = threshold(hours(ENOUGH))
    assert (found.burn, found.basis, found.bound) == (Fraction(72, 5), Basis.WORKBOOK, Fraction(1))
    assert (found.reliable, found.windows, found.tenants, found.outliers) == (True, ENOUGH, ("a",), ())
    assert (found.long_us, found.short_us, found.failing_slots) == (HOUR_US, FIVE, 3)
    assert coverage_confidence(ENOUGH) - Fraction(1, 10**12) < found.confidence <= coverage_confidence(ENOUGH)


def test_one_hour_less_falls_back_and_says_so() -> None:
    found = threshold(hours(ENOUGH - 1, worst=30))
    assert (found.burn, found.basis, found.bound) == (WORKBOOK_BURN, Basis.FALLBACK, Fraction(30))
    assert not found.reliable
    (finding,) = threshold_findings((found,), CONFIDENCE, "errorbudget.toml")
    assert finding.message == (
        "cohort gold has 480 closed hours with traffic for `ok`: "
        "enough for a confidence of 99.1%, and 99.2% is asked for"
    )
    assert finding.consequence == "The threshold falls back to 14.4, which no observation supports."
    assert finding.help == (
        "read events of at least 481 hours with traffic, or ask for less under [thresholds] `confidence`"
    )
    assert [str(item) for item in finding.items] == ["errorbudget.toml::thresholds[gold/ok]"]


def test_without_any_hour_there_is_no_bound() -> None:
    found = threshold(())
    assert (found.burn, found.basis, found.bound, found.windows) == (WORKBOOK_BURN, Basis.FALLBACK, None, 0)
    assert found.confidence == 0


def test_the_worst_healthy_hour_raises_the_threshold() -> None:
    found = threshold(hours(ENOUGH, worst=30))
    assert (found.burn, found.basis) == (Fraction(30), Basis.TOLERANCE)


@pytest.mark.parametrize(
    ("worst", "objective", "burn"),
    [(950, Fraction(999, 1000), Fraction(900)), (1, Fraction(9, 10), Fraction(9))],
    ids=["an outage in a healthy hour", "14.4 cannot be reached"],
)
def test_no_threshold_lies_above_what_can_be_reached(worst: int, objective: Fraction, burn: Fraction) -> None:
    found = threshold(hours(ENOUGH, worst), objective=objective)
    assert (found.burn, found.basis) == (burn, Basis.CAP)
    assert found.burn < 1 / (1 - objective)


def test_a_cohorts_objective_gives_its_own_threshold() -> None:
    stricter = replace(GOLD, objectives=(("ok", Fraction(9999, 10_000)),))
    (found,) = thresholds(hours(ENOUGH, worst=3), (SLO,), (stricter,), CONFIDENCE)
    assert found.bound == 30


def test_an_hour_is_held_against_its_own_tenants_target() -> None:
    """Of a tenant that allows ten times as many errors, the same hour burns a tenth."""
    rows = (*hours(ENOUGH, worst=30), *(replace(row, tenant="b") for row in hours(ENOUGH, worst=30)))
    both = Cohort(name="gold", tenants=("a", "b"))
    (alike,) = thresholds(rows, (SLO,), (both,), CONFIDENCE)
    own = replace(both, own_objectives=(("a", "ok", Fraction(99, 100)), ("b", "ok", Fraction(99, 100))))
    (other,) = thresholds(rows, (SLO,), (own,), CONFIDENCE)
    assert (alike.bound, other.bound) == (Fraction(30), Fraction(3))


def test_a_tenant_without_a_budget_takes_no_part_in_its_cohorts_threshold() -> None:
    rows = (*hours(ENOUGH), *(replace(row, tenant="b") for row in hours(ENOUGH, worst=500)))
    cohort = Cohort(name="gold", tenants=("a", "b"), own_objectives=(("b", "ok", Fraction(1)),))
    (found,) = thresholds(rows, (SLO,), (cohort,), CONFIDENCE)
    assert (found.tenants, found.bound) == (("a",), Fraction(1))


def test_an_objective_of_100_percent_has_no_threshold() -> None:
    assert thresholds(hours(ENOUGH), (replace(SLO, objective=Fraction(1)),), (GOLD,), CONFIDENCE) == ()


def test_failing_slots_are_of_five_minutes_however_finely_events_are_counted() -> None:
    windows = {minute * MINUTE_US: (10, bad) for minute, bad in {0: 1, 1: 1, 4: 1, 5: 0, 30: 2, 59: 1}.items()}
    counts = counts_of(series_of(windows), width_us=MINUTE_US, until_us=HOUR_US)
    (hour,) = evidence(in_slices(counts, (SLO,)))
    assert (hour.valid, hour.bad, hour.failing_slots) == (60, 6, 3)


def test_an_outlier_is_left_out_and_listed() -> None:
    names = ("a", "b", "c", "d", "e", "f")
    rows = tuple(
        replace(row, tenant=name, bad=400 if name == "f" else 1, failing_slots=1)
        for name in names
        for row in hours(100)
    )
    (found,) = thresholds(rows, (SLO,), (Cohort(name="gold", tenants=names),), CONFIDENCE)
    assert (found.outliers, found.tenants, found.windows) == (("f",), names[:5], 500)
    assert found.bound == 1


def test_a_huge_cohort_is_quick_and_never_certain() -> None:
    assert coverage_confidence(10**9) < 1


@pytest.mark.parametrize(
    ("closed_until_us", "starts"),
    [
        (HOUR_US - 1, []),
        (HOUR_US, [0]),
        (2 * HOUR_US - 1, [0]),
        (2 * HOUR_US, [0, HOUR_US]),
    ],
)
def test_only_hours_that_are_closed_are_evidence(closed_until_us: int, starts: list[int]) -> None:
    windows = {0: (10, 1), FIVE: (10, 0), HOUR_US - FIVE: (10, 2), HOUR_US: (7, 7), 2 * HOUR_US: (9, 9)}
    counts = counts_of(series_of(windows), width_us=FIVE, until_us=closed_until_us)
    rows = evidence(in_slices(counts, (SLO,)))
    assert [row.start_us for row in rows] == starts
    first = Evidence(tenant="a", slo="ok", start_us=0, valid=30, bad=3, failing_slots=2)
    assert rows[:1] == ((first,) if starts else ())


@pytest.mark.parametrize(
    ("failing_slots", "bad", "windows", "bound"),
    [
        (3, 15, ENOUGH, Fraction(0)),  # 15 times the budget in three slots: the Workbook would have paged
        (2, 15, ENOUGH + 1, Fraction(15)),  # two slots are a retry storm, not an incident: background
        (3, 14, ENOUGH + 1, Fraction(14)),  # 14 is not above 14.4
    ],
)
def test_an_hour_that_deserved_its_page_is_not_healthy(
    failing_slots: int, bad: int, windows: int, bound: Fraction
) -> None:
    rows = hours(ENOUGH, worst=0)
    incident = replace(rows[0], start_us=ENOUGH * HOUR_US, bad=bad, failing_slots=failing_slots)
    found = threshold((*rows, incident))
    assert (found.windows, found.bound) == (windows, bound)
