"""Alerts that a total outage does not make fire, and those that are evaluated otherwise than they are written."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from one_alert import THRESHOLD, condition
from one_slo import SLO, counts_of, series_of

from pytest_errorbudget.checks.alert_never_fires import never_fires, never_firing_findings, unlike_the_policy
from pytest_errorbudget.checks.firing import present_firings
from pytest_errorbudget.checks.slices import in_slices
from pytest_errorbudget.model.alert import Condition
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.threshold import Threshold
from pytest_errorbudget.model.window import MINUTE_US

FIVE = 5 * MINUTE_US


def slo(objective: str, *conditions: Condition) -> Slo:
    return replace(SLO, objective=Fraction(objective), conditions=conditions)


@pytest.mark.parametrize(
    ("objective", "burn", "inclusive", "never"),
    [
        ("0.9", "9.99", False, False),
        ("0.9", "10", False, True),
        ("0.9", "10", True, False),
        ("0.9", "10.01", True, True),
        ("0.95", "20", False, True),
        ("0.99", "99", False, False),
        ("0.999", "14.4", False, False),
        ("1", "1", True, True),
    ],
)
def test_a_total_outage_is_the_most_that_can_burn(objective: str, burn: str, inclusive: bool, never: bool) -> None:
    asked = condition(burn, inclusive=inclusive)
    assert never_fires(asked, 1 - Fraction(objective)) is never
    counts = in_slices(counts_of(series_of({0: (7, 7)}), width_us=FIVE, until_us=FIVE), (SLO,))
    assert (present_firings(counts, (slo(objective, asked),), ()) == ()) is never


def test_a_condition_of_ones_own_that_cannot_fire_is_a_finding_for_the_cohorts_it_sleeps_for() -> None:
    lenient = Cohort(name="trial", tenants=("b",), objectives=(("ok", Fraction(95, 100)),))
    strict = Cohort(name="gold", tenants=("a",))
    found = never_firing_findings((slo("0.999", condition("36")),), (strict, lenient), "errorbudget.toml")
    assert found == (
        Finding(
            rule=Rule.ALERT_NEVER_FIRES,
            severity=Severity.WARNING,
            message="the condition `fast` of `ok` cannot fire for cohort trial: it asks for a burn rate of more than "
            "36, and a total outage against 95 % burns at 20",
            place="ok/fast",
            affected=(Affected(ItemId("errorbudget.toml", "thresholds[trial/ok]")),),
            labels=(Label(Span("slo.yaml", 9, 20), "no outage burns as fast"),),
            consequence="A total outage does not wake anybody.",
            help="ask for a lower burn rate over a longer window, or alert on the error ratio itself",
        ),
    )


def test_an_objective_of_100_percent_has_no_alert() -> None:
    (found,) = never_firing_findings(
        (slo("1", condition("2", inclusive=True)),), (Cohort(name="gold", tenants=()),), "e.toml"
    )
    assert found.message == (
        "the condition `fast` of `ok` cannot fire for cohort gold: it asks for a burn rate of at least 2, and an "
        "objective of 100 % has no budget to burn"
    )


def reasons(objective: str, *made: Threshold, counted_us: int = FIVE) -> list[str]:
    return [one.reason for one in unlike_the_policy((slo(objective),), (), made, counted_us)]


@pytest.mark.parametrize("objective", ["0.99", "0.999", "1"])
def test_the_policy_fires_where_objectives_are_high(objective: str) -> None:
    assert reasons(objective) == []


def test_the_workbooks_page_cannot_fire_at_ninety_percent() -> None:
    """Chapter 5: at 90 % a total outage burns at 10, below the 14.4 of the page."""
    assert reasons("0.9") == [
        "the page over 1h asks for a burn rate above 14.4, and a total outage against 90 % burns at 10: it cannot fire"
    ]


def test_windows_that_are_shorter_than_what_is_counted_are_taken_as_that_long() -> None:
    assert reasons("0.999", counted_us=10 * MINUTE_US) == [
        "events are counted in steps of 10m: shorter windows of alerts are taken as that long"
    ]


@pytest.mark.parametrize(("minutes", "fires"), [(5, True), (20, True), (30, False)])
def test_three_failing_slots_need_three_slots_in_an_hour(minutes: int, fires: bool) -> None:
    said = "the page asks for failures in 3 slots of 1h, and events are counted in steps of 30m: it cannot fire"
    assert (said in reasons("0.999", THRESHOLD, counted_us=minutes * MINUTE_US)) is not fires


def test_a_cohorts_own_objective_counts() -> None:
    lenient = Cohort(name="trial", tenants=("b",), objectives=(("ok", Fraction(9, 10)),))
    (found,) = unlike_the_policy((slo("0.999"),), (lenient, Cohort(name="gold", tenants=())), (), FIVE)
    assert (found.kind, found.place, found.span) == ("alert", "ok", Span("slo.yaml", 1))
