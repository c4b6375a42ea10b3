"""Error budgets: consumed, time to exhaustion, and what is said about them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from one_slo import GOLD, SLO, counts_of, series_of

from pytest_errorbudget.checks.budget import budget_states, burn_findings
from pytest_errorbudget.checks.slices import BudgetCounts, in_slices
from pytest_errorbudget.model.burn import Absence, BudgetState, NoData
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.window import DAY_US, MINUTE_US

FIVE = 5 * MINUTE_US
PERIOD = 30 * DAY_US


def month(bad: dict[int, int], *, each: int = 100) -> BudgetCounts:
    """30 days of tenant ``a``: ``each`` events in every window, and the bad ones by the window's number."""
    windows = {number * FIVE: (each, bad.get(number, 0)) for number in range(PERIOD // FIVE)}
    return in_slices(counts_of(series_of(windows), width_us=FIVE, until_us=PERIOD), (SLO,))


def state(counts: BudgetCounts, cohort: Cohort = GOLD, slo: Slo = SLO) -> BudgetState:
    (only,) = budget_states(counts, (slo,), (cohort,))
    return only


def test_the_rest_of_a_budget_lasts_at_the_pace_of_the_last_day() -> None:
    newest = PERIOD // FIVE - 1
    found = state(month({newest: 2}))
    assert found.consumed == Fraction(2, 864)
    assert isinstance(found.consumed, Fraction)
    pace = Fraction(2, 28_800) * 1000
    assert found.pace_us == DAY_US
    assert found.exhausted_in_us == (1 - found.consumed) * PERIOD // pace


def test_a_budget_that_does_not_shrink_lasts() -> None:
    assert state(month({0: 2})).exhausted_in_us is None
    assert state(month(dict.fromkeys(range(8000, 8640), 100))).exhausted_in_us is None


def test_a_cohorts_objective_overrides_the_slos() -> None:
    stricter = replace(GOLD, objectives=(("ok", Fraction(9999, 10_000)),))
    assert state(month({0: 10})).consumed == Fraction(10, 864)
    assert state(month({0: 10}), stricter).consumed == Fraction(100, 864)


def test_a_tenant_without_traffic_and_an_objective_without_budget() -> None:
    both = budget_states(month({0: 1}), (SLO,), (Cohort(name="gold", tenants=("a", "b")),))
    assert [(one.tenant, one.consumed) for one in both][1] == ("b", NoData(Absence.NO_TRAFFIC))
    assert state(month({0: 1}), slo=replace(SLO, objective=Fraction(1))).consumed == NoData(Absence.ZERO_BUDGET)


def test_an_exhausted_budget_is_a_warning_on_the_tenants_item() -> None:
    (finding,) = burn_findings((state(month(dict.fromkeys(range(12), 100))),), (SLO,), "errorbudget.toml")
    assert finding == Finding(
        rule=Rule.BUDGET_EXHAUSTED,
        severity=Severity.WARNING,
        message="`ok` of tenant a: 138.9% of the error budget of 30d is used (1,200 bad events of 864,000)",
        place="ok",
        affected=(Affected(ItemId("errorbudget.toml", "ok[a]"), "a"),),
        consequence="The objective is missed for this period: every further bad event adds to it.",
        help="hold back risky changes for this tenant until the burn rate is below 1, or agree on another objective",
    )


def test_one_bad_event_ends_a_budget_of_nothing() -> None:
    perfect = replace(SLO, objective=Fraction(1))
    (finding,) = burn_findings((state(month({0: 1}), slo=perfect),), (perfect,), "errorbudget.toml")
    assert finding.message == (
        "`ok` of tenant a: an objective of 100 % leaves no error budget (1 bad event of 864,000)"
    )
    assert burn_findings((state(month({}), slo=perfect),), (perfect,), "errorbudget.toml") == ()


def test_a_burn_that_pages_shows_its_rates() -> None:
    newest = PERIOD // FIVE - 1
    (finding,) = burn_findings(
        (state(month(dict.fromkeys(range(newest - 11, newest + 1), 2))),), (SLO,), "errorbudget.toml"
    )
    assert finding.rule is Rule.BURN_PAGE
    assert finding.message == (
        "`ok` of tenant a burns its error budget fast enough to page: "
        "20.0 over 5m, 20.0 over 30m, 20.0 over 1h, 10.0 over 2h, 3.3 over 6h"
    )
    assert finding.consequence == "Users of this tenant see failures now. At the last day's pace it lasts 35 d."
