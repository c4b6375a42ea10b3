"""What an alert compares with: exact limits, explicit comparators, shares of the budget, and what can be reached.

Pitfalls 5 to 8. Threads: Sloth's ``(100-99.9)/100``, slo-libsonnet's ``%.5f``, pyrra-dev/pyrra #1602 and its windows
scaled by the period, elastic/kibana #170830, The Site Reliability Workbook's example of 90 %.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from one_alert import condition
from requests_of import COHORTS, FIVE, OF_COUNTS, SLO, TENANTS, burn, count, count_table, requests

from pytest_errorbudget.checks.alert_never_fires import never_firing_findings, unlike_the_policy
from pytest_errorbudget.checks.burn import workbook_policy
from pytest_errorbudget.checks.firing import generated_firings, present_firings, workbook_firings
from pytest_errorbudget.checks.slices import in_slices
from pytest_errorbudget.checks.thresholds import evidence, thresholds
from pytest_errorbudget.model.alert import Urgency
from pytest_errorbudget.model.burn import Burn
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US
from pytest_errorbudget.pipeline.project import open_project

SHORT = """\
[[events]]
name = "requests"
source = {{ csv = "*.csv" }}

[[slo]]
name = "ok"
service = "api"
events = "requests"
good = "status < 500"
objective = "{objective}"
period = "30d"
"""


@pytest.mark.parametrize(
    ("bad", "above", "at_least"), [(143, False, False), (144, False, True), (145, True, True)], ids=str
)
def test_an_error_ratio_at_the_limit(tmp_path: Path, bad: int, above: bool, at_least: bool) -> None:
    """Pitfall 5. 144 of 10,000 against 99.9 % are exactly 14.4 times the budget. Sloth's float limit,
    0.014399999999999183, fires; the Workbook's own text, 14.4 * 0.001 = 0.014400000000000001, does not. Here the
    comparator says which: ``gt`` (the Workbook's, Sloth's, Pyrra's) or ``gte`` (Datadog's, Grafana's)."""
    counts = count(tmp_path, requests(10_000, bad, 0), until_us=FIVE)
    hour = burn(counts, HOUR_US)
    assert isinstance(hour, Burn)
    assert hour.rate == Fraction(bad, 10)
    assert hour.exceeds("14.4") is above
    fired = {
        inclusive: bool(
            present_firings(counts, (replace(SLO, conditions=(condition("14.4", inclusive=inclusive),)),), COHORTS)
        )
        for inclusive in (False, True)
    }
    assert fired == {False: above, True: at_least}


def test_floats_would_not_have_agreed() -> None:
    """Pitfall 5. Three ways of writing one limit, on both sides of it."""
    limits = [14.4 * ((100 - 99.9) / 100), 14.4 * 0.001, 14.4 * (1 - 0.999)]
    assert [limit < 0.0144 for limit in limits] == [True, False, False]
    assert len({*limits}) == 3


@pytest.mark.parametrize("limit", [14.4, 1.0])
def test_a_float_is_refused_as_a_limit(limit: float) -> None:
    """Pitfall 5."""
    with pytest.raises(TypeError, match="a float is not exact"):
        Burn(144, 10_000, Fraction(1, 1_000)).exceeds(limit)  # type: ignore[arg-type]
    assert not Burn(144, 10_000, Fraction(1, 1_000)).exceeds(Decimal("14.4"))


@pytest.mark.parametrize(
    ("written", "objective"),
    [
        ("99.9 %", Fraction(999, 1_000)),
        ("99.9995 %", Fraction(999_995, 1_000_000)),
        ("0.999999", Fraction(999_999, 1_000_000)),
    ],
)
def test_an_objective_is_what_was_written(tmp_path: Path, written: str, objective: Fraction) -> None:
    """Pitfall 5. slo-libsonnet prints a target with five decimals of a ratio, and 99.9995 % becomes 99.999 or 100."""
    (tmp_path / "errorbudget.toml").write_text(SHORT.format(objective=written))
    (slo,) = open_project(tmp_path, "errorbudget.toml").settings.slos
    assert slo.objective == objective
    assert slo.budget == 1 - objective


@pytest.mark.parametrize("days", [3, 7, 14, 28, 30, 90])
def test_the_same_share_of_the_budget_in_every_period(days: int) -> None:
    """Pitfalls 6 and 7. 14.4, 6, 3 and 1 reused on seven days consume 8.6, 21.4, 42.9 and 42.9 % before they fire
    (kibana #170830), and Pyrra's 14, 7, 2 and 1 on 28 days 1/48, 1/16, 1/14 and 1/7 (#1602). Thresholds follow the
    period, and the windows stay."""
    period = days * DAY_US
    policy = workbook_policy(period)
    assert [alert.burn * alert.long_us / period for alert in policy] == [
        Fraction(2, 100),
        Fraction(5, 100),
        Fraction(10, 100),
        Fraction(10, 100),
    ]
    assert [(alert.long_us, alert.short_us) for alert in policy] == [
        (HOUR_US, 5 * MINUTE_US),
        (6 * HOUR_US, 30 * MINUTE_US),
        (DAY_US, 2 * HOUR_US),
        (3 * DAY_US, 6 * HOUR_US),
    ]
    pyrra = ((14, HOUR_US), (7, 6 * HOUR_US), (2, DAY_US), (1, 4 * DAY_US))
    assert [Fraction(factor * long, 28 * DAY_US) for factor, long in pyrra] == [
        Fraction(1, 48),
        Fraction(1, 16),
        Fraction(1, 14),
        Fraction(1, 7),
    ]


def test_a_period_of_a_day_has_no_window_of_nothing() -> None:
    """Pitfall 6. Pyrra's windows for a day are 0 minutes long, with ``for: 0``; what does not fit is left out here."""
    assert [(alert.long_us, alert.short_us) for alert in workbook_policy(DAY_US)] == [
        (HOUR_US, 5 * MINUTE_US),
        (6 * HOUR_US, 30 * MINUTE_US),
        (DAY_US, 2 * HOUR_US),
    ]
    assert all(alert.burn > 0 for alert in workbook_policy(DAY_US))


@pytest.mark.parametrize(("slot_minutes", "fires_at_minutes"), [(5, 5), (10, 10), (20, 20)])
def test_a_short_window_is_never_nothing(tmp_path: Path, slot_minutes: int, fires_at_minutes: int) -> None:
    """Pitfall 6. Where counts come in slots of ten minutes there is no window of five; the alert is evaluated over the
    next longer one, and the run says so."""
    width = slot_minutes * MINUTE_US
    rows = [("a", number * width, 0, 10) for number in range(3)]
    counts = count_table(tmp_path, rows, until_us=3 * width, window_us=width)
    page = next(one for one in workbook_firings(counts, (OF_COUNTS,), COHORTS) if one.urgency is Urgency.PAGE)
    assert page.intervals == ((fires_at_minutes * MINUTE_US, None),)
    said = [one.reason for one in unlike_the_policy((OF_COUNTS,), COHORTS, (), width)]
    expected = f"events are counted in steps of {slot_minutes}m: shorter windows of alerts are taken as that long"
    assert said == ([] if slot_minutes == 5 else [expected])


@pytest.mark.parametrize(("objective", "largest"), [("90", 10), ("95", 20), ("99", 100), ("99.9", 1_000)])
def test_an_alert_that_can_never_fire_is_said(tmp_path: Path, objective: str, largest: int) -> None:
    """Pitfall 8. A total outage against 90 % burns at 10, and the page asks for more than 14.4."""
    slo = replace(
        OF_COUNTS,
        objective=Fraction(objective) / 100,
        conditions=(condition(str(largest), inclusive=False), condition(str(largest), inclusive=True)),
    )
    counts = count_table(tmp_path, [("a", number * FIVE, 0, 9) for number in range(12)], slo=slo, until_us=HOUR_US)
    hour = burn(counts, HOUR_US, slo)
    assert isinstance(hour, Burn)
    assert hour.rate == largest
    (finding,) = never_firing_findings((slo,), COHORTS, "errorbudget.toml")
    assert finding.message == (
        f"the condition `fast` of `ok` cannot fire for cohort all: it asks for a burn rate of more than {largest}, and "
        f"a total outage against {objective} % burns at {largest}"
    )
    reachable = largest > 14.4
    assert (not list(unlike_the_policy((slo,), COHORTS, (), FIVE))) is reachable


def test_a_threshold_that_is_generated_can_be_reached(tmp_path: Path) -> None:
    """Pitfall 8. At 90 % the generated page is at nine tenths of what a total outage burns, and the outage fires it."""
    slo = replace(OF_COUNTS, objective=Fraction(9, 10))
    rows = [(tenant, number * FIVE, 9, 0) for tenant in TENANTS for number in range(12 * 300)]
    rows += [("a", 300 * HOUR_US + number * FIVE, 0, 9) for number in range(12)]
    counts = count_table(tmp_path, rows, slo=slo, until_us=301 * HOUR_US)
    cohort = Cohort(name="all", tenants=TENANTS)
    made = thresholds(evidence(in_slices(counts, (slo,))), (slo,), (cohort,), Fraction(992, 1_000))
    assert [one.burn for one in made] == [9]
    (page,) = generated_firings(counts, (slo,), (cohort,), made)
    ((begins, _),) = page.intervals
    assert begins == 300 * HOUR_US + 11 * FIVE, "when 10 of the hour's 12 windows failed, and not only all of them"
