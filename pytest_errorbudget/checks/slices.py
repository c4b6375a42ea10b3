"""Counted events as counted time, for SLOs whose budget is time (OpenSLO v1, ``budgetingMethod``).

With ``Timeslices`` every window counts once, and is bad where its slice is; with ``RatioTimeslices`` every window
weighs 10^9, of which the slice's share of bad events is bad, rounded down. A slice is a whole number of windows,
aligned to the Unix epoch. Windows are counted instead of slices, so that the result is a ``Series`` like any other: all
windows of a slice say the same, and the ratios are those of the slices.

A slice without valid events is not bad: it is time in which nobody was failed. Time is counted from the first event of
any tenant to the end of the newest closed slice; a tenant without any event has no series at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from pytest_errorbudget.model.counts import Counts, Series
from pytest_errorbudget.model.slo import Budgeting, Occurrences, RatioTimeslices, Slo, Timeslices
from pytest_errorbudget.model.window import window_start

WEIGHT = 1_000_000_000
"""What a window weighs where slices count by their ratio: an error of less than one in a thousand million."""


def in_slices(counts: Counts, slos: Sequence[Slo]) -> Counts:
    """The counts with time for events in the series of SLOs that budget time."""
    budgetings = {slo.name: slo.budgeting for slo in slos}
    return replace(
        counts, series=tuple(_of(counts, series, budgetings.get(series.slo, Occurrences())) for series in counts.series)
    )


def _of(counts: Counts, series: Series, budgeting: Budgeting) -> Series:
    match budgeting:
        case Occurrences():
            return series
        case Timeslices() | RatioTimeslices():
            return _timed(counts, series, budgeting)
        case _:
            assert_never(budgeting)


def _timed(counts: Counts, series: Series, budgeting: Timeslices | RatioTimeslices) -> Series:
    slice_us = budgeting.slice_us
    begins = min(other.starts_us[0] for other in counts.series if other.slo == series.slo and other.starts_us)
    begin_us, end_us = window_start(begins, slice_us), window_start(counts.closed_until_us, slice_us)
    sums: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for start, valid, bad in zip(series.starts_us, series.valid, series.bad, strict=True):
        before = sums[window_start(start, slice_us)]
        sums[window_start(start, slice_us)] = (before[0] + valid, before[1] + bad)
    weight, verdicts = _verdicts(sums, budgeting)
    starts = tuple(range(begin_us, end_us, counts.window_us))
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
