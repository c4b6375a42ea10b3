"""When alerts fire: against the Workbook's figures, against a plain evaluation, and at the edges of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from one_alert import THRESHOLD, condition
from one_slo import GOLD, SLO, counts_of, series_of

from pytest_errorbudget.checks.burn import burn_over, fires, sums_of, workbook_policy
from pytest_errorbudget.checks.firing import generated_firings, present_firings, workbook_firings
from pytest_errorbudget.checks.slices import BudgetCounts, in_slices
from pytest_errorbudget.model.alert import Firing, Policy, Urgency
from pytest_errorbudget.model.burn import Burn
from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US, SECOND_US


def counted(
    windows: Sequence[tuple[int, int, int]], *, width_us: int = 5 * MINUTE_US, until_us: int | None = None
) -> BudgetCounts:
    """Tenant ``a``: (number of the window, valid, bad)."""
    end = (windows[-1][0] + 1) * width_us if until_us is None else until_us
    series = series_of({number * width_us: (valid, bad) for number, valid, bad in windows})
    return in_slices(counts_of(series, width_us=width_us, until_us=end), (SLO,))


def steady(minutes: int, failing: range, percent: int, *, width_us: int) -> BudgetCounts:
    """100 events in each window, of which ``percent`` fail in those that begin in the minutes of ``failing``."""
    windows = range(minutes * MINUTE_US // width_us)
    return counted(
        [(at, 100, percent if at * width_us // MINUTE_US in failing else 0) for at in windows], width_us=width_us
    )


def in_minutes(firing: Firing) -> list[tuple[float, float | None]]:
    return [(a / MINUTE_US, None if b is None else b / MINUTE_US) for a, b in firing.intervals]


def test_figure_5_6_of_the_workbook_at_steps_of_fifteen_seconds() -> None:
    """15 % errors for 10 minutes at 99.9 %: promtool 2.42 says that it fires at 6m00s, and last 4m30s after the end."""
    counts = steady(8 * 60, range(360, 370), 15, width_us=15 * SECOND_US)
    page = next(one for one in workbook_firings(counts, (SLO,), ()) if one.urgency is Urgency.PAGE)
    ((begins, ends),) = in_minutes(page)
    assert begins == 366
    assert ends == 370 + 4.75, "the first evaluation that does not fire follows the last one that does"


def test_no_data_does_not_fire_and_a_total_outage_does_until_the_end() -> None:
    counts = counted([(0, 10, 0), (1, 10, 10)])
    page, ticket = workbook_firings(counts, (SLO,), ())
    assert (page.urgency, page.intervals) == (Urgency.PAGE, ((10 * MINUTE_US, None),))
    assert (ticket.urgency, ticket.intervals) == (Urgency.TICKET, ((10 * MINUTE_US, None),))
    silent = replace(counts, closed_until_us=DAY_US)
    page, ticket = workbook_firings(silent, (SLO,), ())
    assert page.intervals == ((10 * MINUTE_US, 40 * MINUTE_US),), "the short window of 30 minutes has run empty"
    assert ticket.intervals == ((10 * MINUTE_US, 370 * MINUTE_US),), "and that of 6 hours"


def test_an_open_window_is_not_evaluated() -> None:
    assert workbook_firings(counted([(0, 10, 10)], until_us=4 * MINUTE_US), (SLO,), ()) == ()


def test_an_objective_of_a_hundred_percent_has_no_alert() -> None:
    assert workbook_firings(counted([(0, 10, 10)]), (replace(SLO, objective=Fraction(1)),), ()) == ()


def test_a_generated_threshold_asks_for_its_failing_slots() -> None:
    two = counted([(0, 10, 10), (1, 10, 10)])
    three = counted([(0, 10, 10), (1, 10, 10), (2, 10, 10)])
    assert generated_firings(two, (SLO,), (GOLD,), (THRESHOLD,)) == ()
    assert generated_firings(three, (SLO,), (GOLD,), (THRESHOLD,)) == (
        Firing(
            policy=Policy.GENERATED, tenant="a", slo="ok", urgency=Urgency.PAGE, intervals=((15 * MINUTE_US, None),)
        ),
    )
    assert generated_firings(three, (SLO,), (), (THRESHOLD,)) == (), "a tenant of no cohort has no threshold"


@given(st.lists(st.booleans(), min_size=1, max_size=150))
def test_failing_slots_are_of_five_minutes_however_finely_events_are_counted(failing: list[bool]) -> None:
    """Counted in minutes: the slots end with the evaluation, and three failing minutes of one of them are one slot."""
    counts = counted([(minute, 10, 10 * bad) for minute, bad in enumerate(failing)], width_us=MINUTE_US)
    fired = [one.intervals for one in generated_firings(counts, (SLO,), (GOLD,), (THRESHOLD,))]
    for end in range(1, len(failing) + 1):
        slots = sum(any(failing[max(0, at - 5) : at]) for at in range(end, max(0, end - 60), -5))
        expected = any(failing[max(0, end - 60) : end]) and any(failing[max(0, end - 5) : end]) and slots >= 3
        moment = end * MINUTE_US
        held = any(a <= moment and (b is None or moment < b) for intervals in fired for a, b in intervals)
        assert held == expected


def test_a_comparison_is_explicit_at_its_limit() -> None:
    at_the_limit = counted([(0, 1000, 2)])
    for inclusive, expected in ((True, 1), (False, 0)):
        slo = replace(SLO, conditions=(condition(2, inclusive=inclusive, lookback_us=5 * MINUTE_US),))
        assert len(present_firings(at_the_limit, (slo,), ())) == expected


def test_a_ratio_of_none_is_at_least_none_and_no_more_than_it() -> None:
    """Prometheus' `0 >= 0` holds wherever there are events, also where none of them is bad."""
    without_failure = counted([(0, 10, 0), (1, 10, 0), (9, 10, 0)])
    inclusive, exclusive = (
        replace(SLO, conditions=(condition(0, inclusive=inclusive, lookback_us=5 * MINUTE_US),))
        for inclusive in (True, False)
    )
    (firing,) = present_firings(without_failure, (inclusive,), ())
    assert in_minutes(firing) == [(5, 15), (50, None)]
    assert present_firings(without_failure, (exclusive,), ()) == ()
    open_window = counted([(0, 10, 0)], until_us=4 * MINUTE_US)
    assert present_firings(open_window, (inclusive,), ()) == (), "and a window that is open is not evaluated"


def test_a_pending_condition_fires_when_it_has_held_long_enough() -> None:
    counts = counted([(0, 10, 10), (1, 10, 10), (2, 10, 10), (3, 10, 0)])
    slo = replace(SLO, conditions=(condition(2, inclusive=True, lookback_us=5 * MINUTE_US, after_us=10 * MINUTE_US),))
    (firing,) = present_firings(counts, (slo,), ())
    assert in_minutes(firing) == [(15, 20)]


WINDOWS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(1, 20), st.integers(0, 20)),
    min_size=1,
    max_size=40,
    unique_by=lambda w: w[0],
).map(lambda rows: sorted((number * 3, valid, min(valid, bad)) for number, valid, bad in rows))


@given(WINDOWS)
def test_every_evaluation_is_what_the_policy_says_at_that_moment(windows: list[tuple[int, int, int]]) -> None:
    counts = counted(windows)
    found = {one.urgency: one.intervals for one in workbook_firings(counts, (SLO,), ())}
    for urgency in Urgency:
        alerts = [alert for alert in workbook_policy(SLO.period_us) if alert.urgency is urgency]
        for number in range(windows[0][0], windows[-1][0] + 1, 7):
            end = (number + 1) * counts.window_us
            then = replace(counts, closed_until_us=end)
            sums = sums_of(_until(counts.series[0], end))
            plain = any(fires(alert, then, sums, SLO, SLO.budget) for alert in alerts)
            held = any(a <= end and (b is None or end < b) for a, b in found.get(urgency, ()))
            assert held == plain


def _until(series: Series, end_us: int) -> Series:
    kept = [start < end_us for start in series.starts_us]
    count = sum(kept)
    return replace(series, starts_us=series.starts_us[:count], valid=series.valid[:count], bad=series.bad[:count])


def test_the_plain_evaluation_knows_no_data() -> None:
    counts = counted([(0, 10, 10)])
    assert burn_over(counts, sums_of(counts.series[0]), SLO, SLO.budget, HOUR_US) == Burn(10, 10, SLO.budget)
