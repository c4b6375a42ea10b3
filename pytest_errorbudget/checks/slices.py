"""Counted events as counted time, for SLOs whose budget is time (OpenSLO v1, ``budgetingMethod``).

With ``Timeslices`` every window counts once, and is bad where its slice is; with ``RatioTimeslices`` every window
weighs 10^9, of which the slice's share of bad events is bad, rounded down. A slice is a whole number of windows,
aligned to the Unix epoch. Windows are counted instead of slices, so that the result is a ``Series`` like any other: all
windows of a slice say the same, and the ratios are those of the slices.

A slice without events is not bad: it is time in which nobody was failed. Of a slice whose events cannot be judged, all
of them, nobody knows: it is in no sum. Time is counted from the first event of any tenant to the end of the newest
closed slice; a tenant without any valid event has no series at all. A silence of all tenants that is longer than two
periods is left out but for the periods at its ends, so that one event of 1970 does not make windows by the million: no
number and no alert looks further.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import NewType, assert_never

from pytest_errorbudget.model.counts import Counts, Series, Unjudged
from pytest_errorbudget.model.slo import Calendar, Occurrences, RatioTimeslices, Rolling, Slo, Timeslices
from pytest_errorbudget.model.window import DAY_US, window_start

WEIGHT = 1_000_000_000
"""What a window weighs where slices count by their ratio: an error of less than one in a thousand million."""
_EVER_US = 1 << 64

BudgetCounts = NewType("BudgetCounts", Counts)
"""Counts of what each SLO's budget counts: events, or time."""


def in_slices(counts: Counts, slos: Sequence[Slo]) -> BudgetCounts:
    """The counts with time for events in the series of SLOs that budget time."""
    unjudged = {(one.tenant, one.slo): one for one in counts.unjudged}
    timed = {slo.name: _timed_series(counts, slo, unjudged) for slo in slos}
    series = chain.from_iterable(timed.get(one.slo, {}).get(one.tenant, (one,)) for one in counts.series)
    return BudgetCounts(replace(counts, series=tuple(series)))


def _timed_series(
    counts: Counts, slo: Slo, unjudged: Mapping[tuple[str, str], Unjudged]
) -> Mapping[str, tuple[Series, ...]]:
    """By tenant; nothing where events are counted."""
    mine = [one for one in counts.series if one.slo == slo.name]
    match slo.budgeting:
        case Occurrences():
            return {}
        case Timeslices() | RatioTimeslices() as budgeting:
            stretches = tuple(_stretches(counts, mine, slo, budgeting.slice_us))
            return {
                one.tenant: (_timed(one, unjudged.get((one.tenant, one.slo)), budgeting, stretches),) for one in mine
            }
        case _:
            assert_never(slo.budgeting)


def _stretches(counts: Counts, mine: Sequence[Series], slo: Slo, slice_us: int) -> Iterator[range]:
    """The starts of the windows that are counted, which end with the newest closed slice."""
    heard = sorted({window_start(start, slice_us) for one in mine for start in one.starts_us})
    end_us, reach_us = window_start(counts.closed_until_us, slice_us), _reach_us(slo)
    from_us = heard[0] if heard else end_us
    for before, after in pairwise((*(at for at in heard if at < end_us), end_us)):
        if after - before > 2 * (reach_us + slice_us):
            yield range(from_us, window_start(before + reach_us, slice_us) + slice_us, counts.window_us)
            from_us = window_start(after - reach_us, slice_us)
    yield range(from_us, end_us, counts.window_us)


def _reach_us(slo: Slo) -> int:
    """No less than the longest time over which anything of the SLO is summed."""
    if any(one.inclusive and one.burn <= 0 for one in slo.conditions):
        return _EVER_US  # it fires wherever there is time
    match slo.period:
        case Rolling(length_us):
            period_us = length_us
        case Calendar(unit=unit, count=count):
            # a month has up to 31 days of the nominal 30, and the clocks of a zone may go back
            period_us = count * unit.nominal_us * 31 // 30 + 2 * DAY_US
        case _:
            assert_never(slo.period)
    return max(period_us, 3 * DAY_US, *(one.lookback_us + one.after_us for one in slo.conditions))


def _timed(
    series: Series,
    unjudged: Unjudged | None,
    budgeting: Timeslices | RatioTimeslices,
    stretches: Sequence[range],
) -> Series:
    slice_us = budgeting.slice_us
    sums: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for start, valid, bad in zip(series.starts_us, series.valid, series.bad, strict=True):
        before = sums[window_start(start, slice_us)]
        sums[window_start(start, slice_us)] = (before[0] + valid, before[1] + bad)
    weight, verdicts = _verdicts(sums, budgeting)
    unknown = {window_start(start, slice_us) for start in (() if unjudged is None else unjudged.starts_us)} - set(sums)
    windows = chain.from_iterable(stretches)
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
