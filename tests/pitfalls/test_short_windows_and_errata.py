"""What the short window is for, and numbers that are published and wrong.

Pitfalls 14 to 16. Threads: OpenSLO's slogen #47, The Site Reliability Workbook, chapter 5 (figure 5-6, strategy 3, and
"1,000x" under low-traffic services), OpenSLO's budgeting README and AlertCondition samples, slo-generator's fixtures.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from one_alert import condition
from requests_of import COHORTS, OF_COUNTS, burn, count_table, state

from pytest_errorbudget.checks.burn import workbook_policy
from pytest_errorbudget.checks.firing import present_firings, workbook_firings
from pytest_errorbudget.model.alert import Urgency
from pytest_errorbudget.model.burn import Burn
from pytest_errorbudget.model.slo import Rolling
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US
from pytest_errorbudget.pipeline.project import open_project

MINUTES = tuple[tuple[str, int, int, int], ...]


def minutes(until: int, failing: range | set[int], percent: int) -> MINUTES:
    """100 requests a minute, of which ``percent`` fail in the minutes of ``failing``."""
    return tuple(
        ("a", minute * MINUTE_US, 100 - (percent if minute in failing else 0), percent if minute in failing else 0)
        for minute in range(until)
    )


def test_the_short_window_ends_an_alert_soon_after_the_incident(tmp_path: Path) -> None:
    """Pitfall 14. Figure 5-6: 15 % of errors for ten minutes. Evaluated every minute, the page fires 6 minutes after
    the start and stops 5 after the end; the long window alone (slogen #47) goes on for 55."""
    slo = replace(OF_COUNTS, conditions=(condition("14.4"),))
    counts = count_table(
        tmp_path, minutes(500, range(400, 410), 15), slo=slo, until_us=500 * MINUTE_US, window_us=MINUTE_US
    )
    page = next(one for one in workbook_firings(counts, (slo,), COHORTS) if one.urgency is Urgency.PAGE)
    (alone,) = present_firings(counts, (slo,), COHORTS)
    assert page.intervals == ((406 * MINUTE_US, 415 * MINUTE_US),)
    assert alone.intervals == ((406 * MINUTE_US, 465 * MINUTE_US),)


def test_the_short_window_does_not_delay_the_start(tmp_path: Path) -> None:
    """Pitfall 14. It crosses its limit first: 28.8 s, and the long one 5.76 min, after errors of 15 % begin."""
    slo = replace(OF_COUNTS, conditions=(condition("14.4", lookback_us=5 * MINUTE_US),))
    counts = count_table(
        tmp_path, minutes(500, range(400, 410), 15), slo=slo, until_us=500 * MINUTE_US, window_us=MINUTE_US
    )
    (short,) = present_firings(counts, (slo,), COHORTS)
    assert short.intervals == ((401 * MINUTE_US, 415 * MINUTE_US),)


def test_waiting_resets_on_a_dip_and_a_short_window_does_not(tmp_path: Path) -> None:
    """Pitfall 14. The Workbook's strategy 3: with ``for: 10m``, outages of five minutes every ten never alert, although
    they use 35 % of the budget in half an hour."""
    spikes = {minute for start in (400, 410, 420) for minute in range(start, start + 5)}
    slo = replace(OF_COUNTS, conditions=(condition("14.4", lookback_us=MINUTE_US, after_us=10 * MINUTE_US),))
    counts = count_table(tmp_path, minutes(430, spikes, 100), slo=slo, until_us=430 * MINUTE_US, window_us=MINUTE_US)
    assert present_firings(counts, (slo,), COHORTS) == ()
    page = next(one for one in workbook_firings(counts, (slo,), COHORTS) if one.urgency is Urgency.PAGE)
    assert page.intervals[0][0] == 401 * MINUTE_US


def test_one_failure_of_ten_burns_at_a_hundred(tmp_path: Path) -> None:
    """Pitfall 15. "10% error rate … 1,000x burn" is an erratum of the Workbook: 0.1 / 0.001 is 100. Its 13.9 % of the
    budget, and 7.2 failures to the whole of it, agree with 100."""
    hours = [("a", hour * HOUR_US, 9 if hour == 719 else 10, 1 if hour == 719 else 0) for hour in range(720)]
    counts = count_table(tmp_path, hours, until_us=30 * DAY_US)
    hour = burn(counts, HOUR_US, OF_COUNTS)
    assert isinstance(hour, Burn)
    assert hour.rate == 100
    found = state(counts, OF_COUNTS)
    assert found.consumed == Fraction(5, 36)
    assert 1 / Fraction(5, 36) == Fraction(72, 10)


def test_the_policy_has_the_row_that_the_table_leaves_out() -> None:
    """Pitfall 15. Table 5-8 lists three rows; the rules add a day with two hours, at 3 times."""
    assert [(alert.long_us, alert.short_us, alert.burn) for alert in workbook_policy(30 * DAY_US)][2] == (
        DAY_US,
        2 * HOUR_US,
        Fraction(3),
    )


def test_five_percent_of_336_000_requests(tmp_path: Path) -> None:
    """Pitfall 16. OpenSLO's README says 16,632 failed requests, which is 99 % of the right 16,800."""
    slo = replace(OF_COUNTS, objective=Fraction(95, 100), period=Rolling(14 * DAY_US))
    for bad, consumed in ((16_632, Fraction(99, 100)), (16_800, Fraction(1))):
        counts = count_table(tmp_path, [("a", 0, 336_000 - bad, bad)], slo=slo, until_us=14 * DAY_US)
        assert state(counts, slo).consumed == consumed


@pytest.mark.parametrize(("bad", "objective", "consumed"), [(50, "0.999", 500), (50, "0.9", 5), (50, "0.99", 50)])
def test_the_ratio_that_is_consumed_follows_its_formula(
    tmp_path: Path, bad: int, objective: str, consumed: int
) -> None:
    """Pitfall 16. slo-generator's fixture ``slo_report_v2.json`` says 19.99 where its own formula gives 500."""
    slo = replace(OF_COUNTS, objective=Fraction(objective))
    counts = count_table(tmp_path, [("a", 0, 100 - bad, bad)], slo=slo, until_us=30 * DAY_US)
    assert state(counts, slo).consumed == consumed


SAMPLE = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: ok}
spec:
  service: api
  indicator:
    metadata: {name: ratio}
    spec:
      ratioMetric:
        counter: false
        good: {metricSource: {type: errorbudget, spec: {events: requests, where: "status < 500"}}}
        total: {metricSource: {type: errorbudget, spec: {events: requests}}}
  timeWindow:
    - {duration: 28d, isRolling: true}
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
  alertPolicies:
    - kind: AlertPolicy
      metadata: {name: policy}
      spec:
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata: {name: cpu-usage-breach}
            spec:
              severity: page
              condition: {kind: burnrate, op: lte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m}
        notificationTargets: []
"""


def test_a_burn_rate_that_exceeds_two_is_not_one_that_is_lower(tmp_path: Path) -> None:
    """Pitfall 16. OpenSLO's own samples describe "exceeds 2" and write ``op: lte``: taken at its word, it would fire
    whenever nothing burns. It is read as what it says, and told."""
    (tmp_path / "slo.yaml").write_text(SAMPLE)
    (tmp_path / "errorbudget.toml").write_text(
        'slos = ["slo.yaml"]\n\n[[events]]\nname = "requests"\nsource = { ndjson = "*.ndjson" }\n'
    )
    settings = open_project(tmp_path, "errorbudget.toml").settings
    ((one,),) = (slo.conditions for slo in settings.slos)
    assert (one.burn, one.inclusive) == (Fraction(2), True)
    told = [said.reason for said in settings.unchecked if "nothing burns" in said.reason]
    assert len(told) == 1
    assert told[0].endswith("would fire while nothing burns; it is read as `gte`")
