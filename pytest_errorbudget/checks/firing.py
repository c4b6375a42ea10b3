"""When alerts fire: every policy evaluated at the end of every closed window, exactly.

An alert's condition ``bad / valid > burn * budget`` over a range is, with ``burn * budget = n / d``, a comparison of
integers: ``d * bad - n * valid > 0``. The left side of every range is a difference of two prefix sums, so that an
evaluation costs two subtractions whatever the length of the windows. A range without events gives 0, which does not
fire. Where the events begin, a long window holds what there is of it, as Prometheus' does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, groupby, pairwise
from typing import assert_never

from pytest_errorbudget.checks.burn import closed_end, objective_of, workbook_policy
from pytest_errorbudget.checks.slices import in_slices
from pytest_errorbudget.model.alert import Alert, Condition, Firing, Policy, Urgency
from pytest_errorbudget.model.counts import Counts, Series
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.threshold import Threshold


def workbook_firings(counts: Counts, slos: Sequence[Slo], cohorts: Sequence[Cohort]) -> tuple[Firing, ...]:
    """The intervals of the Workbook's policy (chapter 5, table 5-8), by tenant, SLO and urgency."""
    policies = {slo.name: workbook_policy(slo.period_us) for slo in slos}
    return tuple(
        firing
        for series, slo, budget in _budgeted(counts, slos, cohorts)
        for firing in _firings(Policy.WORKBOOK, counts, series, policies[slo.name], budget)
    )


def generated_firings(
    counts: Counts, slos: Sequence[Slo], cohorts: Sequence[Cohort], made: Sequence[Threshold]
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


def present_firings(counts: Counts, slos: Sequence[Slo], cohorts: Sequence[Cohort]) -> tuple[Firing, ...]:
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


def _budgeted(counts: Counts, slos: Sequence[Slo], cohorts: Sequence[Cohort]) -> Iterator[tuple[Series, Slo, Fraction]]:
    """Every series whose objective leaves a budget to burn."""
    by_name = {slo.name: slo for slo in slos}
    for series in sorted(in_slices(counts, slos).series, key=lambda one: (one.tenant, one.slo)):
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
    stretches = tuple(_stretches(series, counts.window_us, end_us, reach_us)) if alerts else ()
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


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Windows without a hole from ``start_us`` on; ``open_ended`` where the newest closed window is the last."""

    start_us: int
    valid: list[int]
    bad: list[int]
    open_ended: bool


def _stretches(series: Series, window_us: int, end_us: int, reach_us: int) -> Iterator[_Stretch]:
    """The closed windows of a series, filled up with empty ones, and cut where nothing comes for ``reach_us``."""
    closed = [row for row in zip(series.starts_us, series.valid, series.bad, strict=True) if row[0] < end_us]
    cuts = [position for position, (row, after) in enumerate(pairwise(closed), 1) if after[0] - row[0] > reach_us]
    for first, last in zip((0, *cuts), (*cuts, len(closed)), strict=True):
        rows = closed[first:last]
        if any(bad for _, _, bad in rows):
            yield _stretch(rows, window_us, end_us, reach_us)


def _stretch(rows: Sequence[tuple[int, int, int]], window_us: int, end_us: int, reach_us: int) -> _Stretch:
    start_us = rows[0][0]
    until = min(rows[-1][0] + window_us + reach_us, end_us)
    length = (until - start_us) // window_us
    valid, bad = [0] * length, [0] * length
    for at, seen, failed in rows:
        position = (at - start_us) // window_us
        valid[position], bad[position] = seen, failed
    return _Stretch(start_us, valid, bad, until == end_us)


def _intervals(
    stretch: _Stretch, alerts: Sequence[Alert | Condition], budget: Fraction, window_us: int
) -> Iterator[tuple[int, int | None]]:
    if not alerts:
        return
    fired = [_evaluations(stretch, alert, budget, window_us) for alert in alerts]
    evaluations = [any(several) for several in zip(*fired, strict=True)] if len(fired) > 1 else fired[0]
    position = 0
    for firing, run in groupby(evaluations):
        after = position + sum(1 for _ in run)
        if firing:
            last = after == len(evaluations)
            # The evaluation of window k is at its end.
            begins, ends = (stretch.start_us + (at + 1) * window_us for at in (position, after))
            yield begins, None if last and stretch.open_ended else ends
        position = after


def _evaluations(stretch: _Stretch, alert: Alert | Condition, budget: Fraction, window_us: int) -> list[bool]:
    """Whether the alert fires at the end of each window of the stretch."""
    sums = _scores(stretch, alert.burn * budget)
    match alert:
        case Alert():
            return _both(stretch, alert, sums, window_us)
        case Condition():
            before = _before(sums, alert.lookback_us // window_us)
            over = (now - then for now, then in zip(sums[1:], before, strict=True))
            seen = _counted(stretch, alert.lookback_us // window_us)
            held = [
                (score >= 0 and any_event) if alert.inclusive else score > 0
                for score, any_event in zip(over, seen, strict=True)
            ]
            return _pending(held, -(-alert.after_us // window_us))
        case _:
            assert_never(alert)


def _scores(stretch: _Stretch, limit: Fraction) -> list[int]:
    """Prefix sums of what is above 0 where the error ratio is above ``limit``."""
    each = (
        limit.denominator * bad - limit.numerator * valid for valid, bad in zip(stretch.valid, stretch.bad, strict=True)
    )
    return list(accumulate(each, initial=0))


def _both(stretch: _Stretch, alert: Alert, sums: list[int], window_us: int) -> list[bool]:
    long, short = (_before(sums, length // window_us) for length in (alert.long_us, alert.short_us))
    fires = [now > one and now > other for now, one, other in zip(sums[1:], long, short, strict=True)]
    if alert.failing_slots == 0:
        return fires
    failing = list(accumulate((bad > 0 for bad in stretch.bad), initial=0))
    earlier = _before(failing, alert.long_us // window_us)
    enough = (now - before >= alert.failing_slots for now, before in zip(failing[1:], earlier, strict=True))
    return [one and other for one, other in zip(fires, enough, strict=True)]


def _counted(stretch: _Stretch, windows: int) -> list[bool]:
    """Whether there is an event in the windows that end with each."""
    sums = list(accumulate(stretch.valid, initial=0))
    return [now > then for now, then in zip(sums[1:], _before(sums, windows), strict=True)]


def _pending(held: Sequence[bool], evaluations: int) -> list[bool]:
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
