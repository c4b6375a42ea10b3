"""Thresholds that the cap holds below what healthy tenants do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from one_slo import SLO

from pytest_errorbudget.checks.threshold_capped import capped_findings
from pytest_errorbudget.checks.thresholds import threshold_findings, thresholds
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.threshold import Basis, Evidence, Threshold
from pytest_errorbudget.model.window import HOUR_US

CONFIDENCE = Fraction(992, 1000)
GOLD = Cohort(name="gold", tenants=("a", "b"))


def hour(number: int, valid: int = 1000, bad: int = 0, tenant: str = "a") -> Evidence:
    return Evidence(
        tenant=tenant, slo="ok", start_us=number * HOUR_US, valid=valid, bad=bad, failing_slots=1 if bad else 0
    )


QUIET = tuple(map(hour, range(600)))


def made(*rows: Evidence, slo: Slo = SLO) -> tuple[Threshold, tuple[Finding, ...]]:
    (threshold,) = thresholds(rows, (slo,), (GOLD,), CONFIDENCE)
    return threshold, capped_findings((threshold,), rows, (slo,), (GOLD,), "errorbudget.toml")


def test_one_failure_in_an_hour_of_one_event_burns_like_an_outage() -> None:
    rows = (*QUIET, hour(600, 1, 1, "b"), hour(700, 1, 1, "b"), hour(701, 1000, 20))
    threshold, (finding,) = made(*rows)
    assert (threshold.burn, threshold.basis, threshold.reliable) == (Fraction(900), Basis.CAP, True)
    assert (threshold.capped, threshold.backed) == (True, False)
    assert (finding.rule, finding.severity, finding.place) == (Rule.THRESHOLD_CAPPED, Severity.WARNING, "gold/ok")
    assert finding.message == (
        "`ok` of cohort gold: 2 of 603 healthy hours burned faster than a threshold may be (900.0, 90% of a total "
        "outage); the fastest at 1000.0, with 1 bad of 1 (tenant b, 1970-01-26T00:00:00Z)"
    )
    assert finding.consequence == (
        "The threshold cannot tell an outage from such an hour: it pages only where nearly every event of 1 h is bad, "
        "and sleeps through incidents that other alerts tell."
    )
    assert finding.help == (
        "give tenants with so little traffic a cohort of their own, judge them by an SLO with fewer nines or by a "
        "budget of time, and page by the Workbook's alerts until then"
    )
    assert [str(item) for item in finding.items] == ["errorbudget.toml::thresholds[gold/ok]"]
    assert threshold_findings((threshold,), CONFIDENCE, "errorbudget.toml") == ()


def test_an_hour_exactly_at_the_cap_is_no_hour_above_it() -> None:
    threshold, found = made(*QUIET, hour(600, 10, 9))
    assert (threshold.burn, threshold.capped, threshold.backed, found) == (Fraction(900), False, True, ())


def test_a_low_objective_caps_the_workbooks_value_and_leaves_healthy_hours_below() -> None:
    threshold, found = made(*QUIET, hour(600, 1000, 800), slo=replace(SLO, objective=Fraction(9, 10)))
    assert (threshold.burn, threshold.basis, threshold.bound) == (Fraction(9), Basis.CAP, Fraction(8))
    assert (threshold.capped, threshold.backed, found) == (False, True, ())


def test_too_few_hours_are_a_finding_of_their_own() -> None:
    threshold, found = made(hour(0), hour(1, 1, 1))
    assert (threshold.basis, threshold.reliable, threshold.capped, found) == (Basis.FALLBACK, False, False, ())


def test_hours_that_deserved_their_page_and_outliers_are_not_healthy_ones() -> None:
    incident = replace(hour(600, 100, 100), failing_slots=3)
    threshold, found = made(*QUIET, incident)
    assert (threshold.basis, found) == (Basis.WORKBOOK, ())
