"""When alerts fire: every policy evaluated at the end of every closed window, exactly.

An alert's condition ``bad / valid > burn * budget`` over a range is, with ``burn * budget = n / d``, a comparison of
integers: ``d * bad - n * valid > 0``. The left side of every range is a difference of two prefix sums, so that an
evaluation costs two look-ups whatever the length of the windows, and all windows of a series are gone through at once.
A range without events gives 0, which does not fire. Where the events begin, a long window holds what there is of it, as
Prometheus' does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import accumulate, chain, compress, repeat, zip_longest
from operator import and_, ge, gt, mul, ne, or_, sub
from typing import assert_never

from pytest_errorbudget.checks.burn import closed_end, objective_of, workbook_policy
from pytest_errorbudget.checks.slices import BudgetCounts
from pytest_errorbudget.model.alert import SHORTEST_US, Alert, Condition, Firing, Policy, Urgency
from pytest_errorbudget.model.counts import Counts, Series
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.threshold import Threshold
from pytest_errorbudget.model.window import whole_windows


def workbook_firings(counts: BudgetCounts, slos: Sequence[Slo], cohorts: Sequence[Cohort]) -> tuple[Firing, ...]:
    """The intervals of the Workbook's policy (chapter 5, table 5-8), by tenant, SLO and urgency."""
    policies = {slo.name: workbook_policy(slo.period_us) for slo in slos}
    return tuple(
        firing
        for series, slo, budget in _budgeted(counts, slos, cohorts)
        for firing in _firings(Policy.WORKBOOK, counts, series, policies[slo.name], budget)
    )


def generated_firings(
    counts: BudgetCounts, slos: Sequence[Slo], cohorts: Sequence[Cohort], made: Sequence[Threshold]
) -> tuple[Firing, ...]:
    """The intervals of the pages that the generated thresholds would have sent."""
    cohort_of = {tenant: cohort.name for cohort in cohorts for tenant in cohort.tenants}
    alerts = {(one.cohort, one.slo): (_page(one),) for one in made}
    return tuple(
        firing
        for series, slo, budget in _budgeted(counts, slos, cohorts)
        for firing in _firings(
            Policy.GENERATED, counts, series, alerts.get((cohort_of.get(series.tenant, ""), slo.name), ()), budget
        )
    )


def present_firings(counts: BudgetCounts, slos: Sequence[Slo], cohorts: Sequence[Cohort]) -> tuple[Firing, ...]:
    """The intervals of the burn-rate conditions that the SLOs' own documents have."""
    return tuple(
        firing
        for series, slo, budget in _budgeted(counts, slos, cohorts)
        for firing in _firings(Policy.PRESENT, counts, series, slo.conditions, budget)
    )


def _page(threshold: Threshold) -> Alert:
    return Alert(
        urgency=Urgency.PAGE,
        long_us=threshold.long_us,
        short_us=threshold.short_us,
        burn=threshold.burn,
        failing_slots=threshold.failing_slots,
    )


def _budgeted(
    counts: BudgetCounts, slos: Sequence[Slo], cohorts: Sequence[Cohort]
) -> Iterator[tuple[Series, Slo, Fraction]]:
    """Every series whose objective leaves a budget to burn."""
    by_name = {slo.name: slo for slo in slos}
    for series in sorted(counts.series, key=lambda one: (one.tenant, one.slo)):
        slo = by_name.get(series.slo)
        budget = Fraction(0) if slo is None else 1 - objective_of(slo, series.tenant, cohorts)
        if slo is not None and budget > 0:
            yield series, slo, budget


def _firings(
    policy: Policy, counts: Counts, series: Series, alerts: Sequence[Alert | Condition], budget: Fraction
) -> Iterator[Firing]:
    end_us = closed_end(counts)
    # After as long a silence, nothing that came before takes part.
    reach_us = max((_reach_us(alert) for alert in alerts), default=0)
    fewest_bad = min(map(_fewest_bad, alerts), default=1)
    stretches = tuple(_stretches(series, counts.window_us, end_us, reach_us, fewest_bad)) if alerts else ()
    for urgency in Urgency:
        mine = tuple(alert for alert in alerts if alert.urgency is urgency)
        intervals = tuple(
            interval for stretch in stretches for interval in _intervals(stretch, mine, budget, counts.window_us)
        )
        if intervals:
            yield Firing(policy=policy, tenant=series.tenant, slo=series.slo, urgency=urgency, intervals=intervals)


def _reach_us(alert: Alert | Condition) -> int:
    match alert:
        case Alert():
            return max(alert.long_us, alert.short_us)
        case Condition():
            return alert.lookback_us + alert.after_us
        case _:
            assert_never(alert)


def _fewest_bad(alert: Alert | Condition) -> int:
    """How many bad events it takes before the alert can fire: none where a ratio of 0 is already enough."""
    match alert:
        case Alert():
            return 1
        case Condition():
            return 0 if alert.inclusive and alert.burn <= 0 else 1
        case _:
            assert_never(alert)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """``windows`` windows without a hole from ``start_us`` on, as prefix sums of their events (from 0 on, one more than
    there are windows); ``failing`` are windows with a bad one. ``open_ended`` where the newest closed window is the
    last."""

    start_us: int
    windows: int
    valid: list[int]
    bad: list[int]
    failing: list[int]
    open_ended: bool


def _stretches(series: Series, window_us: int, end_us: int, reach_us: int, fewest_bad: int) -> Iterator[_Stretch]:
    """The closed windows of a series, filled up with empty ones, and cut where nothing comes for ``reach_us``; without
    the stretches that hold fewer than ``fewest_bad`` bad events."""
    closed = bisect_left(series.starts_us, end_us)
    starts = series.starts_us[:closed]
    holes = [(place, gap) for place, gap in enumerate(map(sub, starts[1:], starts), 1) if gap > window_us]
    cuts = [place for place, gap in holes if gap > reach_us]
    for first, last in zip((0, *cuts), (*cuts, closed), strict=True):
        if first < last and sum(series.bad[first:last]) >= fewest_bad:
            until = min(starts[last - 1] + window_us + reach_us, end_us)
            inner = [(place, gap // window_us - 1) for place, gap in holes if first < place < last]
            windows = (until - starts[first]) // window_us
            valid, bad = (_filled(column, first, last, inner, windows) for column in (series.valid, series.bad))
            yield _Stretch(
                start_us=starts[first],
                windows=windows,
                valid=_summed(valid),
                bad=_summed(bad),
                failing=_summed(map(bool, bad)),
                open_ended=until == end_us,
            )


def _filled(column: Sequence[int], first: int, last: int, holes: Sequence[tuple[int, int]], windows: int) -> list[int]:
    """``column[first:last]`` with zeros before the places of ``holes``, and after it up to so many ``windows``."""
    values: list[int] = []
    for place, empty in holes:
        values += column[first:place]
        values += [0] * empty
        first = place
    values += column[first:last]
    return values + [0] * (windows - len(values))


def _summed(values: Iterable[int]) -> list[int]:
    return list(accumulate(values, initial=0))


def _intervals(
    stretch: _Stretch, alerts: Sequence[Alert | Condition], budget: Fraction, window_us: int
) -> Iterator[tuple[int, int | None]]:
    if not alerts:
        return
    fired = (_evaluations(stretch, alert, budget, window_us) for alert in alerts)
    evaluations = reduce(lambda one, other: list(map(or_, one, other)), fired)
    edges = list(compress(range(stretch.windows), map(ne, evaluations, chain((False,), evaluations))))
    for begin, after in zip_longest(edges[::2], edges[1::2], fillvalue=stretch.windows):
        # The evaluation of window k is at its end.
        begins, ends = (stretch.start_us + (at + 1) * window_us for at in (begin, after))
        yield begins, None if after == stretch.windows and stretch.open_ended else ends


def _evaluations(stretch: _Stretch, alert: Alert | Condition, budget: Fraction, window_us: int) -> list[bool]:
    """Whether the alert fires at the end of each window of the stretch."""
    scores = _scores(stretch, alert.burn * budget)
    match alert:
        case Alert():
            return _both(stretch, alert, scores, window_us)
        case Condition():
            before = whole_windows(alert.lookback_us, window_us)
            over = map(ge if alert.inclusive else gt, scores[1:], _before(scores, before))
            seen = map(gt, stretch.valid[1:], _before(stretch.valid, before))
            held = map(and_, over, seen)
            return _pending(held, whole_windows(alert.after_us, window_us))
        case _:
            assert_never(alert)


def _scores(stretch: _Stretch, limit: Fraction) -> list[int]:
    """Prefix sums of what is above 0 where the error ratio is above ``limit``."""
    numerator, denominator = limit.as_integer_ratio()
    return list(map(sub, map(mul, stretch.bad, repeat(denominator)), map(mul, stretch.valid, repeat(numerator))))


def _both(stretch: _Stretch, alert: Alert, scores: list[int], window_us: int) -> list[bool]:
    now, long = scores[1:], whole_windows(alert.long_us, window_us)
    fires = list(map(gt, now, _before(scores, long)))
    if True not in fires:
        return fires
    short = map(gt, now, _before(scores, whole_windows(alert.short_us, window_us)))
    failing = _failing_slots(stretch, long, whole_windows(SHORTEST_US, window_us))
    return list(map(and_, map(and_, fires, short), map(ge, failing, repeat(alert.failing_slots))))


def _failing_slots(stretch: _Stretch, long: int, slot: int) -> Iterable[int]:
    """For every window, how many of the slots that make up the last ``long`` windows hold a bad event. A slot is
    ``slot`` windows, and the newest one ends with the window."""
    if slot == 1:
        return map(sub, stretch.failing[1:], _before(stretch.failing, long))
    sums: list[int] = []
    for at, failed in enumerate(map(gt, stretch.failing[1:], _before(stretch.failing, slot))):
        sums.append(failed + (sums[at - slot] if at >= slot else 0))
    reach = min(long // slot * slot, stretch.windows)
    return map(sub, sums, chain(repeat(0, reach), sums))


def _pending(held: Iterable[bool], evaluations: int) -> list[bool]:
    """Prometheus' ``for``: true since ``evaluations`` evaluations before."""
    fires, since = [], 0
    for one in held:
        since = since + 1 if one else 0
        fires.append(since > evaluations)
    return fires


def _before(sums: Sequence[int], windows: int) -> list[int]:
    """For every window the sum before the ``windows`` that end with it; the first ones have less behind them."""
    count = len(sums) - 1
    held = min(windows, count)
    return [sums[0]] * held + list(sums[1 : count - held + 1]) if windows else list(sums[1:])
