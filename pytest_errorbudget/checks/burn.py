"""Burn rates over the newest closed windows, and the alerts of the Workbook's multiwindow policy.

A burn rate is the error ratio over the error budget; an alert on ``consumed`` of the period's budget within a long
window has the threshold ``consumed * period / long`` (The Site Reliability Workbook, chapter 5, table 5-8). All sums
are of whole windows that are closed, and long windows end where the newest closed window ends.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from pytest_errorbudget.model.alert import Alert, Urgency
from pytest_errorbudget.model.burn import Absence, Burn, NoData
from pytest_errorbudget.model.counts import Counts, Series, SourceTotals, Unjudged
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US, whole_windows

LENGTHS_US = (5 * MINUTE_US, 30 * MINUTE_US, HOUR_US, 2 * HOUR_US, 6 * HOUR_US, DAY_US, 3 * DAY_US)
"""The windows of the Workbook's policy, short and long; the SLO's period comes on top."""


_CONSUMED = (
    (Urgency.PAGE, HOUR_US, 5 * MINUTE_US, Fraction(2, 100)),
    (Urgency.PAGE, 6 * HOUR_US, 30 * MINUTE_US, Fraction(5, 100)),
    (Urgency.TICKET, DAY_US, 2 * HOUR_US, Fraction(10, 100)),
    (Urgency.TICKET, 3 * DAY_US, 6 * HOUR_US, Fraction(10, 100)),
)


def burn_that_consumes(share: Fraction, period_us: int, window_us: int) -> Fraction:
    """The burn rate that uses up ``share`` of a period's budget within a window: ``share * period / window``."""
    return share * period_us / window_us


def workbook_policy(period_us: int) -> tuple[Alert, ...]:
    """14.4, 6, 3 and 1 for 30 days; for other periods scaled so that the same shares of the budget are consumed. Long
    windows that do not fit into the period are left out."""
    return tuple(
        Alert(
            urgency=urgency, long_us=long_us, short_us=short_us, burn=burn_that_consumes(consumed, period_us, long_us)
        )
        for urgency, long_us, short_us, consumed in _CONSUMED
        if long_us <= period_us
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """Prefix sums over the windows of one tenant and SLO: any range of them is two look-ups. ``unjudged`` are the
    events that could not be judged, in windows of their own, ``unjudged_us``."""

    starts_us: tuple[int, ...]
    valid: tuple[int, ...]
    bad: tuple[int, ...]
    unjudged_us: tuple[int, ...]
    unjudged: tuple[int, ...]

    def over(self, start_us: int, end_us: int) -> tuple[int, int]:
        """(valid, bad) of the windows that start in ``[start_us, end_us)``."""
        first, last = bisect_left(self.starts_us, start_us), bisect_left(self.starts_us, end_us)
        return self.valid[last] - self.valid[first], self.bad[last] - self.bad[first]

    def unjudged_over(self, start_us: int, end_us: int) -> int:
        """How many events of these windows could not be judged."""
        first, last = bisect_left(self.unjudged_us, start_us), bisect_left(self.unjudged_us, end_us)
        return self.unjudged[last] - self.unjudged[first]


def sums_of(series: Series | None, unjudged: Unjudged | None = None) -> Sums:
    return Sums(
        () if series is None else series.starts_us,
        _prefix(() if series is None else series.valid),
        _prefix(() if series is None else series.bad),
        () if unjudged is None else unjudged.starts_us,
        _prefix(() if unjudged is None else unjudged.events),
    )


def _prefix(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(accumulate(numbers, initial=0))


def closed_end(counts: Counts) -> int:
    """The end of the newest closed window."""
    return counts.closed_until_us // counts.window_us * counts.window_us


def burn_over(counts: Counts, sums: Sums, slo: Slo, budget: Fraction, length_us: int) -> Burn | NoData:
    """The burn rate of the ``length_us`` that end with the newest closed window, or why there is none."""
    end = closed_end(counts)
    start_us = end - length_us
    valid, bad = sums.over(start_us, end)
    if valid == 0:
        return NoData(_absence(counts, sums, slo, start_us, end))
    if budget == 0:
        return NoData(Absence.ZERO_BUDGET)
    return NoData(Absence.TOO_FINE) if length_us % counts.window_us else Burn(bad, valid, budget)


def _absence(counts: Counts, sums: Sums, slo: Slo, start_us: int, end_us: int) -> Absence:
    """Why there is no valid event in ``[start_us, end_us)``."""
    total = next((total for total in counts.totals if total.source == slo.sli.events), None)
    if total is None:
        return Absence.NO_SOURCE
    if not counts.was_counted(slo.name):
        return Absence.NOT_COUNTED
    firsts = [one.starts_us[0] for one in counts.series if one.starts_us]
    firsts += [one.starts_us[0] for one in counts.unjudged]
    if firsts and min(firsts) >= end_us:
        return Absence.NOT_CLOSED
    # The tenant's own events are known to have come, whatever became of other shards.
    if sums.unjudged_over(start_us, end_us):
        return Absence.NOT_JUDGED
    return Absence.NO_TRAFFIC if _went_on(total, start_us - counts.window_us) else Absence.NO_TELEMETRY


def _went_on(total: SourceTotals, since_us: int) -> bool:
    """Whether every shard has sent something after that moment: then there was no traffic where nothing came."""
    return total.watermark_us is not None and total.watermark_us > since_us


def fires(alert: Alert, counts: Counts, sums: Sums, slo: Slo, budget: Fraction) -> bool:
    """Whether the alert fires at the end of the newest closed window. No data does not fire."""
    lengths = (whole_windows(length, counts.window_us) * counts.window_us for length in (alert.long_us, alert.short_us))
    burns = (burn_over(counts, sums, slo, budget, length) for length in lengths)
    return all(isinstance(burn, Burn) and burn.exceeds(alert.burn) for burn in burns)


def objective_of(slo: Slo, tenant: str, cohorts: Sequence[Cohort]) -> Fraction:
    """That of the tenant's cohort, or the SLO's own where it is in none."""
    return next((cohort.objective(slo, tenant) for cohort in cohorts if tenant in cohort.tenants), slo.objective)


def tenants_of(counts: Counts, cohorts: Sequence[Cohort]) -> Iterator[str]:
    """Every tenant of a cohort or with events, once, by name."""
    seen = {one.tenant for one in counts.series} | {one.tenant for one in counts.unjudged}
    yield from sorted({t for cohort in cohorts for t in cohort.tenants} | seen)
