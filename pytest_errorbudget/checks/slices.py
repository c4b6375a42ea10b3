"""Counted events as counted time, for SLOs whose budget is time (OpenSLO v1, ``budgetingMethod``).

With ``Timeslices`` every window counts once, and is bad where its slice is; with ``RatioTimeslices`` every window
weighs 10^9, of which the slice's share of bad events is bad, rounded down. A slice is a whole number of windows,
aligned to the Unix epoch. Windows are counted instead of slices, so that the result is a ``Series`` like any other: all
windows of a slice say the same, and the ratios are those of the slices.

A slice without events is not bad: it is time in which nobody was failed. Of a slice whose events cannot be judged, all
of them, nobody knows: it is in no sum. Time is counted from the first event of any tenant to the end of the newest
closed slice; a tenant without any valid event has no series at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NewType, assert_never

from pytest_errorbudget.model.counts import Counts, Series, Unjudged
from pytest_errorbudget.model.slo import Budgeting, Occurrences, RatioTimeslices, Slo, Timeslices
from pytest_errorbudget.model.window import window_start

WEIGHT = 1_000_000_000
"""What a window weighs where slices count by their ratio: an error of less than one in a thousand million."""


BudgetCounts = NewType("BudgetCounts", Counts)
"""Counts of what each SLO's budget counts: events, or time."""


def in_slices(counts: Counts, slos: Sequence[Slo]) -> BudgetCounts:
    """The counts with time for events in the series of SLOs that budget time."""
    budgetings = {slo.name: slo.budgeting for slo in slos}
    unjudged = {(one.tenant, one.slo): one for one in counts.unjudged}
    series = (
        _of(counts, one, unjudged.get((one.tenant, one.slo)), budgetings.get(one.slo, Occurrences()))
        for one in counts.series
    )
    return BudgetCounts(replace(counts, series=tuple(series)))


def _of(counts: Counts, series: Series, unjudged: Unjudged | None, budgeting: Budgeting) -> Series:
    match budgeting:
        case Occurrences():
            return series
        case Timeslices() | RatioTimeslices():
            return _timed(counts, series, unjudged, budgeting)
        case _:
            assert_never(budgeting)


def _timed(
    counts: Counts, series: Series, unjudged: Unjudged | None, budgeting: Timeslices | RatioTimeslices
) -> Series:
    slice_us = budgeting.slice_us
    begins = min(other.starts_us[0] for other in counts.series if other.slo == series.slo and other.starts_us)
    begin_us, end_us = window_start(begins, slice_us), window_start(counts.closed_until_us, slice_us)
    sums: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for start, valid, bad in zip(series.starts_us, series.valid, series.bad, strict=True):
        before = sums[window_start(start, slice_us)]
        sums[window_start(start, slice_us)] = (before[0] + valid, before[1] + bad)
    weight, verdicts = _verdicts(sums, budgeting)
    unknown = {window_start(start, slice_us) for start in (() if unjudged is None else unjudged.starts_us)} - set(sums)
    windows = range(begin_us, end_us, counts.window_us)
    known = (start for start in windows if window_start(start, slice_us) not in unknown)
    starts = tuple(known if unknown else windows)
    return replace(
        series,
        starts_us=starts,
        valid=(weight,) * len(starts),
        bad=tuple(verdicts.get(window_start(start, slice_us), 0) for start in starts),
    )


def _verdicts(sums: dict[int, tuple[int, int]], budgeting: Timeslices | RatioTimeslices) -> tuple[int, dict[int, int]]:
    """What a window weighs, and how much of it is bad, by the start of the slice."""
    match budgeting:
        case Timeslices(target=target):
            missed = {
                start: int((valid - bad) * target.denominator < target.numerator * valid)
                for start, (valid, bad) in sums.items()
            }
            return 1, missed
        case RatioTimeslices():
            return WEIGHT, {start: WEIGHT * bad // valid for start, (valid, bad) in sums.items()}
        case _:
            assert_never(budgeting)
