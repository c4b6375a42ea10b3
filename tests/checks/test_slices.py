"""Budgets of time: OpenSLO's ``Timeslices`` and ``RatioTimeslices``."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from one_slo import GOLD, counts_of, series_of, unjudged_of

from pytest_errorbudget.checks.budget import budget_states
from pytest_errorbudget.checks.burn import sums_of
from pytest_errorbudget.checks.firing import present_firings
from pytest_errorbudget.checks.slices import WEIGHT, in_slices
from pytest_errorbudget.model.alert import Condition, Urgency
from pytest_errorbudget.model.counts import Counts, Series
from pytest_errorbudget.model.slo import Budgeting, Occurrences, RatioTimeslices, Rolling, Sli, SliKind, Slo, Timeslices
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US


def slo(budgeting: Budgeting) -> Slo:
    return Slo(
        name="ok",
        service="api",
        sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
        objective=Fraction(95, 100),
        period=Rolling(14 * DAY_US),
        span=Span("slo.yaml", 1),
        budgeting=budgeting,
    )


def counted(tenant: str, windows: dict[int, tuple[int, int]]) -> Series:
    return series_of({minute * MINUTE_US: count for minute, count in windows.items()}, tenant=tenant)


def counts(*series: Series, minutes: int) -> Counts:
    return counts_of(*series, width_us=MINUTE_US, until_us=minutes * MINUTE_US)


def test_events_stay_events_where_occurrences_are_counted() -> None:
    found = counts(counted("a", {0: (10, 1)}), minutes=2)
    assert in_slices(found, (slo(Occurrences()),)) == found


@pytest.mark.parametrize(
    ("target", "expected"), [(Fraction(9, 10), 0), (Fraction(91, 100), 1), (Fraction(0), 0), (Fraction(1), 1)]
)
def test_a_slice_is_bad_below_its_target(target: Fraction, expected: int) -> None:
    found = counts(counted("a", {0: (4, 0), 1: (6, 1)}), minutes=2)
    (series,) = in_slices(found, (slo(Timeslices(slice_us=2 * MINUTE_US, target=target)),)).series
    assert (series.starts_us, series.valid, series.bad) == ((0, MINUTE_US), (1, 1), (expected, expected))


def test_a_slice_without_events_is_not_bad_and_an_open_one_is_not_counted() -> None:
    found = counts(counted("a", {0: (1, 1), 6: (1, 1)}), counted("b", {1: (1, 0)}), minutes=7)
    a, b = in_slices(found, (slo(Timeslices(slice_us=2 * MINUTE_US, target=Fraction(1, 2))),)).series
    assert a.bad == (1, 1, 0, 0, 0, 0)
    assert b.bad == (0, 0, 0, 0, 0, 0), "time is counted from the first event of any tenant"
    assert a.valid == b.valid == (1,) * 6


@pytest.mark.parametrize(
    "budgeting",
    [Timeslices(slice_us=2 * MINUTE_US, target=Fraction(1, 2)), RatioTimeslices(slice_us=2 * MINUTE_US)],
)
def test_a_slice_whose_events_cannot_be_judged_is_neither_good_nor_bad(budgeting: Budgeting) -> None:
    """Time without events is not bad; of time with failures that nobody can see, nothing is said."""
    series = counted("a", {0: (1, 0), 4: (1, 1)}), counted("b", {0: (1, 0)})
    unjudged = unjudged_of({3 * MINUTE_US: 9, 5 * MINUTE_US: 1})
    found = replace(counts(*series, minutes=6), unjudged=(unjudged,))
    a, b = in_slices(found, (slo(budgeting),)).series
    assert [start // MINUTE_US for start in a.starts_us] == [0, 1, 4, 5], "one that has a valid event is judged by it"
    assert [start // MINUTE_US for start in b.starts_us] == [0, 1, 2, 3, 4, 5]
    assert [bad > 0 for bad in a.bad] == [False, False, True, True]


def test_one_slice_with_much_traffic_weighs_what_an_idle_one_does() -> None:
    """The mean of ratios that OpenSLO defines, beside the ratio of sums: 500 of 1,000 bad among 287 idle minutes."""
    windows = dict.fromkeys(range(287), (2, 0)) | {287: (1_000, 500)}
    found = counts(counted("a", windows), minutes=288)
    (series,) = in_slices(found, (slo(RatioTimeslices(slice_us=MINUTE_US)),)).series
    valid, bad = sums_of(series).over(0, 288 * MINUTE_US)
    assert Fraction(bad, valid) == Fraction(500, 1_000) / 288
    assert Fraction(500, 1_000 + 2 * 287) > Fraction(bad, valid) * 100


def test_the_budgets_of_the_specification() -> None:
    """14 days of one-minute slices at 95 %: 16h48m of bad slices; 13h45m at 99 % bad among 1 % (OpenSLO)."""
    slices = 14 * 24 * 60
    for attacked, expected in ((822, False), (823, True)):
        windows = {minute: (100, 99 if minute < attacked else 1) for minute in range(slices)}
        found = in_slices(counts(counted("a", windows), minutes=slices), (slo(RatioTimeslices(slice_us=MINUTE_US)),))
        valid, bad = sums_of(found.series[0]).over(0, slices * MINUTE_US)
        assert valid == slices * WEIGHT
        assert (Fraction(bad, valid) > Fraction(5, 100)) is expected
    for attacked, expected in ((16 * 60 + 48, False), (16 * 60 + 49, True)):
        windows = {minute: (100, 2 if minute < attacked else 0) for minute in range(slices)}
        budgeting = Timeslices(slice_us=MINUTE_US, target=Fraction(99, 100))
        (series,) = in_slices(counts(counted("a", windows), minutes=slices), (slo(budgeting),)).series
        valid, bad = sums_of(series).over(0, slices * MINUTE_US)
        assert (Fraction(bad, valid) > Fraction(5, 100)) is expected


def test_a_series_of_another_slo_is_left_alone() -> None:
    found = counts(counted("a", {0: (1, 1)}), minutes=2)
    other = replace(slo(Timeslices(slice_us=MINUTE_US, target=Fraction(1))), name="other")
    assert in_slices(found, (other,)) == found


LONG = 28 * DAY_US


@pytest.mark.parametrize(
    "heard", [(-LONG * 4000, 0, DAY_US), (0, DAY_US, 3 * LONG), (0, 60 * DAY_US), (0, 29 * DAY_US)], ids=str
)
def test_a_long_silence_is_left_out_and_changes_no_number_and_no_alert(heard: tuple[int, ...]) -> None:
    """One event of 1970 beside those of today would make windows by the million."""
    condition = Condition(
        name="fast",
        urgency=Urgency.PAGE,
        burn=Fraction(1, 1000),
        inclusive=False,
        lookback_us=DAY_US,
        after_us=0,
        span=Span("slo.yaml", 1),
    )
    timed = replace(slo(Timeslices(slice_us=2 * HOUR_US, target=Fraction(1, 2))), conditions=(condition,))
    until = heard[-1] + 30 * DAY_US
    series = series_of(dict.fromkeys(heard, (10, 9)))
    given = counts_of(series, width_us=HOUR_US, until_us=until)
    found = in_slices(given, (timed,))
    gap = max(after - before for before, after in pairwise((*heard, until)))
    starts = found.series[0].starts_us
    assert (len(starts) < (until - heard[0]) // HOUR_US) == (gap > 2 * (14 * DAY_US + 2 * HOUR_US))
    assert len(starts) < 4000
    for at in heard:
        # a period before and after each event is there
        assert {*range(max(at - 14 * DAY_US, heard[0]), min(at + 14 * DAY_US, until), HOUR_US)} <= {*starts}
    (state,) = budget_states(found, (timed,), (GOLD,))
    assert state.valid == 14 * 24
    (firing,) = present_firings(found, (timed,), (GOLD,))
    expected = [(at + HOUR_US, at + 2 * HOUR_US + DAY_US) for at in heard]
    joined = [expected[0]]
    for begins, ends in expected[1:]:
        joined[-1:] = [(joined[-1][0], ends)] if begins <= joined[-1][1] else [joined[-1], (begins, ends)]
    assert firing.intervals == tuple(joined)
