"""Page thresholds of a cohort, generated from what its healthy tenants were seen to do.

The evidence is one row for each closed hour with traffic of each tenant. An hour is healthy where the tenant is no
outlier and the Workbook's alert would not have fired with three failing 5-minute windows asked for as well: an incident
that deserved its page says nothing of the background. The threshold is the larger of the Workbook's 14.4 and the
tolerance bound of the healthy hours: their largest burn rate, below which at least 99 % of all such hours lie with the
confidence ``1 - 0.99 ** n`` (the one-sided nonparametric tolerance bound of ``n`` hours). With less than
the confidence that was asked for, the Workbook's value stands and the threshold is not reliable. No threshold lies
above nine tenths of the largest possible burn rate ``1 / (1 - objective)``, which a total outage reaches: an alert
above it could never fire. A threshold that this holds below a healthy hour is no bound of them any more
(``threshold_capped`` tells).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import compress

from pytest_errorbudget.checks.outliers import outliers
from pytest_errorbudget.checks.slices import BudgetCounts
from pytest_errorbudget.model.alert import SHORTEST_US
from pytest_errorbudget.model.counts import Counts, Series
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.formats.wording import counted, decimal, percent_floor
from pytest_errorbudget.model.item import thresholds_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.threshold import Basis, Evidence, Outlier, Threshold
from pytest_errorbudget.model.window import HOUR_US, window_start

LONG_US = HOUR_US
SHORT_US = SHORTEST_US
WORKBOOK_BURN = Fraction(144, 10)
FAILING_SLOTS = 3
COVERED = Fraction(99, 100)
CAP = Fraction(9, 10)
"""A threshold is at most this part of the largest possible burn rate."""

_CONFIDENCE_DIGITS = 12
_MOST_HOURS = 5_000
"""More hours leave the twelve decimals as they are (0.99 ** 5000 is below 10 ** -21), and the exact power grows with
every one of them."""


def evidence(counts: BudgetCounts) -> tuple[Evidence, ...]:
    """The closed hours with traffic, by tenant, SLO and start. Hours are aligned to the epoch; an hour is closed when
    all of it is at or before ``closed_until_us``."""
    rows = (row for series in counts.series for row in _hours(series, counts))
    return tuple(sorted(rows, key=lambda row: (row.tenant, row.slo, row.start_us)))


def _hours(series: Series, counts: Counts) -> Iterator[Evidence]:
    starts = series.starts_us
    end = bisect_left(starts, counts.closed_until_us - counts.window_us + 1)
    after = 0
    while after < end:
        first, hour = after, window_start(starts[after], LONG_US)
        if hour + LONG_US > counts.closed_until_us:
            return
        after = bisect_left(starts, hour + LONG_US, first, end)
        bad = series.bad[first:after]
        yield Evidence(
            tenant=series.tenant,
            slo=series.slo,
            start_us=hour,
            valid=sum(series.valid[first:after]),
            bad=sum(bad),
            failing_slots=len({window_start(start, SHORTEST_US) for start in compress(starts[first:after], bad)}),
        )


def coverage_confidence(hours: int) -> Fraction:
    """``1 - 0.99 ** hours``, exactly; that of 5,000 hours for more of them."""
    return 1 - COVERED ** min(hours, _MOST_HOURS)


def thresholds(
    rows: Sequence[Evidence], slos: Sequence[Slo], cohorts: Sequence[Cohort], confidence: Fraction
) -> tuple[Threshold, ...]:
    """One threshold a cohort and SLO, by their names; none for an objective of 100 %, which has no budget to burn."""
    left_out = outliers(rows, cohorts)
    by_slo: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for row in rows:
        by_slo[row.slo, row.tenant].append(row)
    made = (
        _threshold(
            cohort, slo, [row for t in _with_budget(cohort, slo) for row in by_slo[slo.name, t]], left_out, confidence
        )
        for cohort in cohorts
        for slo in slos
        if cohort.all_objectives(slo)[0] < 1
    )
    return tuple(sorted(made, key=lambda one: (one.cohort, one.slo)))


def _with_budget(cohort: Cohort, slo: Slo) -> tuple[str, ...]:
    return tuple(tenant for tenant in cohort.tenants if cohort.objective(slo, tenant) < 1)


def _threshold(
    cohort: Cohort, slo: Slo, rows: Sequence[Evidence], left_out: Sequence[Outlier], confidence: Fraction
) -> Threshold:
    budget_of = {tenant: 1 - cohort.objective(slo, tenant) for tenant in cohort.tenants}
    odd = {one.tenant for one in left_out if one.cohort == cohort.name and one.slo == slo.name}
    healthy = [row for row in rows if row.tenant not in odd and is_healthy(row, budget_of[row.tenant])]
    rates = {(row.bad, row.valid, budget_of[row.tenant]) for row in healthy}  # most hours are like others
    bound = max((Fraction(bad, valid) / budget for bad, valid, budget in rates), default=None)
    reached = coverage_confidence(len(healthy))
    reliable = bound is not None and reached >= confidence
    # The largest budget burns the slowest in an outage.
    burn, basis = _burn(bound, reliable, 1 - cohort.all_objectives(slo)[0])
    return Threshold(
        cohort=cohort.name,
        slo=slo.name,
        burn=burn,
        basis=basis,
        bound=bound,
        confidence=_rounded_down(reached),
        reliable=reliable,
        windows=len(healthy),
        tenants=tuple(sorted({row.tenant for row in healthy})),
        outliers=tuple(sorted(odd)),
        long_us=LONG_US,
        short_us=SHORT_US,
        failing_slots=FAILING_SLOTS,
    )


def is_healthy(row: Evidence, budget: Fraction) -> bool:
    """Whether an hour with traffic deserved no page; ``budget`` is above 0."""
    return row.valid > 0 and not (row.failing_slots >= FAILING_SLOTS and burn_rate(row, budget) > WORKBOOK_BURN)


def burn_rate(row: Evidence, budget: Fraction) -> Fraction:
    return Fraction(row.bad, row.valid) / budget


def _burn(bound: Fraction | None, reliable: bool, budget: Fraction) -> tuple[Fraction, Basis]:
    cap = CAP / budget
    if bound is None or not reliable:
        return (WORKBOOK_BURN, Basis.FALLBACK) if cap >= WORKBOOK_BURN else (cap, Basis.CAP)
    wanted = max(WORKBOOK_BURN, bound)
    if wanted > cap:
        return cap, Basis.CAP
    return wanted, Basis.TOLERANCE if bound > WORKBOOK_BURN else Basis.WORKBOOK


def _rounded_down(confidence: Fraction) -> Fraction:
    """Twelve decimals, never up: the exact value has twice as many digits as there are hours."""
    return Fraction(confidence.numerator * 10**_CONFIDENCE_DIGITS // confidence.denominator, 10**_CONFIDENCE_DIGITS)


def threshold_findings(made: Sequence[Threshold], confidence: Fraction, settings_path: str) -> tuple[Finding, ...]:
    """One finding for each threshold that rests on too few hours."""
    return tuple(_unreliable(one, confidence, settings_path) for one in made if not one.reliable)


def _unreliable(threshold: Threshold, confidence: Fraction, settings_path: str) -> Finding:
    hours = counted(threshold.windows, "closed hour with traffic", "closed hours with traffic")
    return Finding(
        rule=Rule.THRESHOLD_UNRELIABLE,
        severity=Rule.THRESHOLD_UNRELIABLE.severity,
        message=f"cohort {threshold.cohort} has {hours} for `{threshold.slo}`: enough for a confidence of "
        f"{percent_floor(threshold.confidence)}, and {percent_floor(confidence)} is asked for",
        place=f"{threshold.cohort}/{threshold.slo}",
        affected=(Affected(thresholds_item(settings_path, threshold.cohort, threshold.slo)),),
        consequence=f"The threshold falls back to {decimal(threshold.burn, 1)}, which no observation supports.",
        help=f"read events of at least {_hours_needed(confidence)} hours with traffic, or ask for less under "
        "[thresholds] `confidence`",
    )


def _hours_needed(confidence: Fraction) -> str:
    if confidence > coverage_confidence(_MOST_HOURS):
        return f"more than {_MOST_HOURS:,}"
    hours = 1
    while coverage_confidence(hours) < confidence:
        hours += 1
    return f"{hours:,}"
