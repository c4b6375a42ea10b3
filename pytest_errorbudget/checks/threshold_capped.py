"""Thresholds that the cap holds below a healthy hour.

The cap is nine tenths of what a total outage burns. Where a healthy hour burned faster, as one bad event of one does,
the cap stands below what the cohort's tenants do in health: the threshold tells an outage from such an hour only by its
failing slots, and no confidence says that healthy hours lie below it. A cap below the Workbook's 14.4 that every
healthy hour stays under is a bound like any other, and no finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pytest_errorbudget.checks.thresholds import CAP, burn_rate, is_healthy
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.formats.moment import format_moment
from pytest_errorbudget.model.formats.wording import counted, decimal, duration, percent
from pytest_errorbudget.model.item import thresholds_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.threshold import Evidence, Threshold


def capped_findings(
    made: Sequence[Threshold], rows: Sequence[Evidence], slos: Sequence[Slo], cohorts: Sequence[Cohort], path: str
) -> tuple[Finding, ...]:
    """One finding for each capped threshold, with the hour that burned the fastest; ``path`` is the settings'."""
    by_slo, by_cohort = {slo.name: slo for slo in slos}, {cohort.name: cohort for cohort in cohorts}
    return tuple(
        _finding(one, _above(one, rows, by_slo[one.slo], by_cohort[one.cohort]), path) for one in made if one.capped
    )


def _above(threshold: Threshold, rows: Sequence[Evidence], slo: Slo, cohort: Cohort) -> list[tuple[Fraction, Evidence]]:
    """The healthy hours that burned faster than the threshold, fastest first, each with its burn rate."""
    budgets = {tenant: 1 - cohort.objective(slo, tenant) for tenant in threshold.tenants}
    healthy = (
        (burn_rate(row, budgets[row.tenant]), row)
        for row in rows
        if row.slo == slo.name and row.tenant in budgets and is_healthy(row, budgets[row.tenant])
    )
    above = [(rate, row) for rate, row in healthy if rate > threshold.burn]
    return sorted(above, key=lambda one: (-one[0], one[1].start_us, one[1].tenant))


def _finding(threshold: Threshold, above: Sequence[tuple[Fraction, Evidence]], path: str) -> Finding:
    rate, worst = above[0]
    return Finding(
        rule=Rule.THRESHOLD_CAPPED,
        severity=Rule.THRESHOLD_CAPPED.severity,
        message=f"`{threshold.slo}` of cohort {threshold.cohort}: {len(above):,} of "
        f"{counted(threshold.windows, 'healthy hour')} burned faster than a threshold may be "
        f"({decimal(threshold.burn, 1)}, {percent(CAP, 0)} of a total outage); the fastest at {decimal(rate, 1)}, with "
        f"{worst.bad:,} bad of {worst.valid:,} (tenant {worst.tenant}, {format_moment(worst.start_us)})",
        place=f"{threshold.cohort}/{threshold.slo}",
        affected=(Affected(thresholds_item(path, threshold.cohort, threshold.slo)),),
        consequence=f"The threshold cannot tell an outage from such an hour: it pages only where nearly every event of "
        f"{duration(threshold.long_us)} is bad, and sleeps through incidents that other alerts tell.",
        help="give tenants with so little traffic a cohort of their own, judge them by an SLO with fewer nines or by a "
        "budget of time, and page by the Workbook's alerts until then",
    )
