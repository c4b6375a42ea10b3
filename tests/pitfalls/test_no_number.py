"""Where there is no number: nothing is divided by zero, and every silence says what it is.

Pitfalls 1 to 3. Threads: slok/sloth #531 and #800, pyrra-dev/pyrra (`or vector(0)` on the numerator alone),
google/slo-generator's report.py (`NO_DATA = -1`).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from requests_of import (
    COHORTS,
    FIVE,
    OF_COUNTS,
    SLO,
    TABLE,
    burn,
    count,
    count_table,
    request,
    requests,
    said_of,
    state,
)

from pytest_errorbudget.checks.budget import burn_findings
from pytest_errorbudget.checks.firing import workbook_firings
from pytest_errorbudget.model.alert import Urgency
from pytest_errorbudget.model.burn import Absence, Burn, NoData
from pytest_errorbudget.model.slo import Timeslices
from pytest_errorbudget.model.window import DAY_US, HOUR_US


def test_an_idle_window_does_not_poison_the_period(tmp_path: Path) -> None:
    """Pitfall 1. 0/0 is NaN in a 5-minute recording rule, and NaN in one of them makes ``sum_over_time`` NaN for 30
    days (sloth #531)."""
    rows = [*requests(1_000, 1, 0), *requests(1, 0, 2 * FIVE, tenant="b")]
    counts = count(tmp_path, rows, until_us=3 * FIVE)
    assert burn(counts, FIVE) == NoData(Absence.NO_TRAFFIC)
    assert burn(counts, HOUR_US) == Burn(1, 1_000, Fraction(1, 1_000))
    assert state(counts).consumed == 1


def test_errors_without_any_success_are_a_rate_and_not_infinity(tmp_path: Path) -> None:
    """Pitfall 1. x/0 is +Inf where errors and totals are two series, and -Inf of budget remains (sloth #800). Here the
    total holds the errors, so that a total outage burns at the largest rate there is."""
    counts = count_table(tmp_path, [("a", 0, 0, 3)], until_us=FIVE)
    assert burn(counts, FIVE, OF_COUNTS) == Burn(3, 3, Fraction(1, 1_000))
    assert state(counts, OF_COUNTS).consumed == 1_000


def test_zero_traffic(tmp_path: Path) -> None:
    """Pitfall 2. The tenant was silent, and the shards that would have told of it went on."""
    counts = count(tmp_path, [request(1, 0), request(2, 2 * FIVE, tenant="b")], until_us=3 * FIVE)
    assert burn(counts, FIVE) == NoData(Absence.NO_TRAFFIC)


def test_missing_telemetry(tmp_path: Path) -> None:
    """Pitfall 2. A shard has sent nothing since before the window: nobody knows whether its tenants were served."""
    rows = [request(1, 0), request(2, 0, tenant="b"), request(3, 9 * FIVE, tenant="b", shard="1")]
    counts = count(tmp_path, rows, until_us=10 * FIVE)
    assert burn(counts, FIVE) == NoData(Absence.NO_TELEMETRY)
    assert burn(counts, FIVE, tenant="b") == Burn(0, 1, Fraction(1, 1_000)), "what did come is counted"


def test_time_without_events_is_not_bad_where_time_is_counted(tmp_path: Path) -> None:
    """Pitfall 2. A budget of minutes has an answer for silence: nobody was failed. The moment of the run says how far
    time goes; over events, the same silence is no number."""
    timed = replace(SLO, budgeting=Timeslices(slice_us=FIVE, target=Fraction(9, 10)))
    counts = count(tmp_path, [request(1, 0, 500), request(2, FIVE, tenant="b")], slo=timed, until_us=HOUR_US)
    assert burn(counts, HOUR_US, timed) == Burn(1, 12, Fraction(1, 1_000))
    assert burn(counts, FIVE, timed) == Burn(0, 1, Fraction(1, 1_000))
    assert burn(counts, FIVE) == NoData(Absence.NO_TELEMETRY)


def test_a_missing_numerator(tmp_path: Path) -> None:
    """Pitfall 2. Requests whose outcome is not known are neither good nor bad, nor are they no traffic."""
    counts = count(tmp_path, [request(n, n, None) for n in range(3)], until_us=FIVE)
    assert burn(counts, FIVE) == NoData(Absence.NOT_JUDGED)
    assert said_of(counts) == [
        "3 events of `requests` cannot be judged for `ok`: a column that its predicate reads is null"
    ]


def test_a_missing_numerator_of_one_tenant_and_of_one_window(tmp_path: Path) -> None:
    """Pitfall 2. What cannot be judged is known of each tenant and window: the silence beside it is another one."""
    rows = [*requests(10, 1, 0), request("x", FIVE, None), request("y", 2 * FIVE, tenant="b")]
    counts = count(tmp_path, rows, until_us=2 * FIVE)
    assert burn(counts, FIVE) == NoData(Absence.NOT_JUDGED)
    assert burn(counts, FIVE, tenant="b") == NoData(Absence.NO_TRAFFIC)
    assert burn(counts, HOUR_US) == Burn(1, 10, Fraction(1, 1_000))
    assert (state(counts).unjudged, state(counts, tenant="b").unjudged) == (1, 0)
    assert burn(count(tmp_path, rows, until_us=3 * FIVE), FIVE) == NoData(Absence.NO_TRAFFIC)


def test_a_missing_numerator_and_a_silent_shard(tmp_path: Path) -> None:
    """Pitfall 2. A shard that fell silent takes nothing from what is known of the others: these events came."""
    rows = [request(1, 0), *(request(n, 9 * FIVE, None, tenant="b", shard="1") for n in range(3))]
    counts = count(tmp_path, rows, until_us=10 * FIVE)
    assert burn(counts, FIVE) == NoData(Absence.NO_TELEMETRY)
    assert burn(counts, FIVE, tenant="b") == NoData(Absence.NOT_JUDGED)


def test_a_missing_numerator_without_a_budget(tmp_path: Path) -> None:
    """Pitfall 2. Nothing may burn, and nobody knows whether something did."""
    perfect = replace(SLO, objective=Fraction(1))
    rows = [*(request(n, n, None) for n in range(3)), request("b", 0, tenant="b")]
    counts = count(tmp_path, rows, slo=perfect, until_us=FIVE)
    assert state(counts, perfect).consumed == NoData(Absence.NOT_JUDGED)
    assert state(counts, perfect, "b").consumed == NoData(Absence.ZERO_BUDGET)


def test_failures_that_nobody_can_see_are_not_time_without_failures(tmp_path: Path) -> None:
    """Pitfall 2. A budget of minutes has an answer for silence, and none for requests whose outcome is lost."""
    timed = replace(SLO, budgeting=Timeslices(slice_us=FIVE, target=Fraction(9, 10)))
    rows = [request(1, 0), request(2, FIVE, None), request(3, 3 * FIVE, tenant="b")]
    counts = count(tmp_path, rows, slo=timed, until_us=2 * FIVE)
    assert burn(counts, FIVE, timed) == NoData(Absence.NOT_JUDGED)
    assert burn(counts, HOUR_US, timed) == Burn(0, 1, Fraction(1, 1_000))
    silent = count(tmp_path, rows, slo=timed, until_us=3 * FIVE)
    assert burn(silent, FIVE, timed) == Burn(0, 1, Fraction(1, 1_000))


def test_a_missing_numerator_of_a_table_of_counts(tmp_path: Path) -> None:
    """Pitfall 2. A null count is not a count of zero."""
    counts = count_table(tmp_path, [("a", 0, 10, None), ("b", 0, None, 10)], until_us=FIVE)
    assert burn(counts, FIVE, OF_COUNTS) == burn(counts, FIVE, OF_COUNTS, "b") == NoData(Absence.NOT_JUDGED)


def test_a_zero_budget(tmp_path: Path) -> None:
    """Pitfall 2 and 3. Half of the requests fail against an objective of 100 %: slo-generator divides by nothing,
    takes 0 for the burn rate, and reports "OK"."""
    perfect = replace(SLO, objective=Fraction(1))
    counts = count(tmp_path, requests(10, 5, 0), slo=perfect, until_us=FIVE)
    found = state(counts, perfect)
    assert found.consumed == NoData(Absence.ZERO_BUDGET)
    (finding,) = burn_findings((found,), (perfect,), "errorbudget.toml")
    assert finding.message == ("`ok` of tenant a: an objective of 100 % leaves no error budget (5 bad events of 10)")


def test_a_predicate_that_the_events_cannot_answer(tmp_path: Path) -> None:
    """Pitfall 2. A column that is not there at all is a problem of its own, and the SLO has no number."""
    lost = replace(SLO, name="lost", sli=replace(SLO.sli, good="outcome < 500"))
    counts = count(tmp_path, [request(1, 0)], slo=lost, until_us=FIVE)
    assert burn(counts, FIVE, lost) == NoData(Absence.NOT_COUNTED)


def test_the_answers_differ_and_none_of_them_is_a_number() -> None:
    """Pitfall 2."""
    reasons = [one.value for one in Absence]
    assert len(set(reasons)) == len(reasons)
    for one in Absence:
        with pytest.raises(TypeError):
            float(NoData(one))  # type: ignore[arg-type]


def test_a_total_failure_without_a_single_success_pages(tmp_path: Path) -> None:
    """Pitfall 2. Where successes are a series of their own, it is missing when everything fails, and the alert is
    silent."""
    counts = count(tmp_path, requests(10, 10, 0), until_us=FIVE)
    page = next(one for one in workbook_firings(counts, (SLO,), COHORTS) if one.urgency is Urgency.PAGE)
    assert page.intervals == ((FIVE, None),)


@pytest.mark.parametrize(("good", "bad"), [(-1, 100), (100, -1), (None, 100), (100, None)])
def test_no_number_stands_for_no_data(tmp_path: Path, good: int | None, bad: int | None) -> None:
    """Pitfall 3. slo-generator's -1 for "no data" enters the sums: good = -1 of 100 makes 101 bad ones, and an alert.
    A count below zero, or none, is invalid, and said."""
    counts = count_table(tmp_path, [("a", 0, good, bad), ("a", FIVE, 99, 1)], until_us=2 * FIVE)
    assert burn(counts, HOUR_US, OF_COUNTS) == Burn(1, 100, Fraction(1, 1_000))
    assert said_of(counts, OF_COUNTS, TABLE) == [
        "1 row of the counts `requests` cannot be used for `ok`: a count is null or below zero, or the time is no "
        "start of a slot"
    ]


@pytest.mark.parametrize(
    ("bad", "fires"), [(14_399, False), (14_400, False), (14_401, True), (14_440, True), (14_460, True)]
)
def test_a_burn_rate_is_compared_before_it_is_rounded(tmp_path: Path, bad: int, fires: bool) -> None:
    """Pitfall 3. slo-generator rounds to one decimal first: 14.44 against 14.4 does not alert, 14.46 does."""
    counts = count_table(tmp_path, [("a", 0, 1_000_000 - bad, bad)], until_us=FIVE)
    hour = burn(counts, HOUR_US, OF_COUNTS)
    assert isinstance(hour, Burn)
    assert hour.exceeds("14.4") is fires


def test_a_few_errors_in_many_millions_are_not_rounded_away(tmp_path: Path) -> None:
    """Pitfall 3. 2 of 5 million are an error ratio of 4e-7, which six decimals do not show; against 99.99999 % they are
    four budgets."""
    strict = replace(OF_COUNTS, objective=Fraction("0.9999999"))
    counts = count_table(tmp_path, [("a", 0, 4_999_998, 2)], slo=strict, until_us=FIVE)
    assert state(counts, strict).consumed == 4


def test_the_moment_of_the_run_is_really_asked_for(tmp_path: Path) -> None:
    """Pitfall 3. slo-generator takes a timestamp and does not send it: the same question has another answer later."""
    early = requests(10, 1, 0)
    late = requests(10, 10, FIVE)
    assert count(tmp_path, early, until_us=FIVE).digest == count(tmp_path, early + late, until_us=FIVE).digest


def test_every_row_of_a_tenant_is_summed(tmp_path: Path) -> None:
    """Pitfall 3. slo-generator uses the first series of an answer; a tenant has as many as it has routes and pods."""
    counts = count_table(tmp_path, [("a", 0, 99, 1), ("a", 0, 899, 1), ("b", 0, 1, 0)], until_us=FIVE)
    assert burn(counts, FIVE, OF_COUNTS) == Burn(2, 1_000, Fraction(1, 1_000))


def test_a_tenant_without_any_event_is_told_of_and_not_left_out(tmp_path: Path) -> None:
    """Pitfall 2. An empty vector has no row for the tenant; every tenant of a cohort has a state here."""
    counts = count(tmp_path, [request(1, 0)], until_us=FIVE)
    assert state(counts, tenant="b").consumed == NoData(Absence.NO_TRAFFIC)
    assert dict(state(counts).burns)[DAY_US] == Burn(0, 1, Fraction(1, 1_000))
