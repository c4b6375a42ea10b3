"""Each tenant's error budget: what is consumed, how long the rest lasts, and whether somebody should be paged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import assert_never

from pytest_errorbudget.checks.burn import (
    LENGTHS_US,
    Sums,
    burn_over,
    closed_end,
    fires,
    objective_of,
    sums_of,
    tenants_of,
    workbook_policy,
)
from pytest_errorbudget.checks.periods import period_at
from pytest_errorbudget.checks.slices import BudgetCounts
from pytest_errorbudget.model.alert import Urgency
from pytest_errorbudget.model.burn import Absence, BudgetState, Burn, NoData
from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.formats.wording import counted, decimal, duration, percent
from pytest_errorbudget.model.item import slo_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.slo import Calendar, Occurrences, Period, Rolling, Slo
from pytest_errorbudget.model.window import DAY_US, format_duration

PACE_US = DAY_US
"""The pace at which the rest of a budget is spent is that of the last day: it holds every hour of the day once, and
follows an incident within hours."""


def budget_states(
    counts: BudgetCounts, slos: Sequence[Slo], cohorts: Sequence[Cohort], lengths_us: Sequence[int] = LENGTHS_US
) -> tuple[BudgetState, ...]:
    """Every tenant's state for every SLO, by tenant and then in the order of the SLOs, with the burn rates over the
    windows of ``lengths_us`` and over the period.

    With the error ratio ``e`` of the period and the budget ``b``: consumed is ``e / b``, and at constant traffic and
    the burn rate ``B`` of the last ``PACE_US`` the rest lasts ``(1 - e / b) * period / B``. A calendar period is told
    as far as it has come, ``t``: its rest lasts ``(1 - e / b) * t / (B - 1)``, where that ends before the period does.
    """
    series = {(one.tenant, one.slo): one for one in counts.series}
    unjudged = {(one.tenant, one.slo): one for one in counts.unjudged}
    return tuple(
        _state(
            counts,
            sums_of(series.get((tenant, slo.name)), unjudged.get((tenant, slo.name))),
            slo,
            tenant,
            _budget(slo, tenant, cohorts),
            lengths_us,
        )
        for tenant in tenants_of(counts, cohorts)
        for slo in slos
    )


def _budget(slo: Slo, tenant: str, cohorts: Sequence[Cohort]) -> Fraction:
    return 1 - objective_of(slo, tenant, cohorts)


def _state(
    counts: Counts, sums: Sums, slo: Slo, tenant: str, budget: Fraction, lengths_us: Sequence[int]
) -> BudgetState:
    end = closed_end(counts)
    start, period_end = period_at(slo.period, end)
    valid, bad = sums.over(start, end)
    whole = burn_over(counts, sums, slo, budget, end - start)
    burns = {length: burn_over(counts, sums, slo, budget, length) for length in lengths_us} | {end - start: whole}
    consumed = whole.rate if isinstance(whole, Burn) else whole
    pages = (alert for alert in workbook_policy(slo.period_us) if alert.urgency is Urgency.PAGE)
    return BudgetState(
        tenant=tenant,
        slo=slo.name,
        valid=valid,
        bad=bad,
        unjudged=sums.unjudged_over(start, end),
        consumed=consumed,
        exhausted_in_us=_lasts(
            consumed, burn_over(counts, sums, slo, budget, PACE_US), slo.period, end - start, period_end - end
        ),
        pace_us=PACE_US,
        burns=tuple(sorted(burns.items())),
        pages=any(fires(alert, counts, sums, slo, budget) for alert in pages),
    )


def _lasts(
    consumed: Fraction | NoData, pace: Burn | NoData, period: Period, elapsed_us: int, left_us: int
) -> int | None:
    """Whole µs, rounded down; ``None`` where the budget is gone, where the last ``PACE_US`` have no bad event or no
    number, and where it lasts to the end of a calendar period."""
    if isinstance(consumed, NoData) or isinstance(pace, NoData) or consumed >= 1 or pace.bad == 0:
        return None
    match period:
        case Rolling():
            lasts = (1 - consumed) * elapsed_us / pace.rate
        case Calendar():
            if pace.rate <= 1 or (1 - consumed) * elapsed_us >= (pace.rate - 1) * left_us:
                return None
            lasts = (1 - consumed) * elapsed_us / (pace.rate - 1)
        case _:
            assert_never(period)
    return lasts.numerator // lasts.denominator


def burn_findings(states: Sequence[BudgetState], slos: Sequence[Slo], settings_path: str) -> tuple[Finding, ...]:
    """A finding for each budget that is used up, and for each that burns fast enough to page somebody."""
    by_name = {slo.name: slo for slo in slos}
    return tuple(
        finding
        for state in states
        if state.slo in by_name
        for finding in (*_exhausted(state, by_name[state.slo], settings_path), *_paging(state, settings_path))
    )


def _exhausted(state: BudgetState, slo: Slo, settings_path: str) -> Iterator[Finding]:
    match state.consumed:
        case NoData(Absence.ZERO_BUDGET) if state.bad:
            used = "an objective of 100 % leaves no error budget"
        case NoData():
            return
        case consumed if consumed < 1:
            return
        case consumed:
            used = f"{percent(consumed)} of the error budget of {_length(slo.period)} is used"
    events = _share(state, slo)
    yield Finding(
        rule=Rule.BUDGET_EXHAUSTED,
        severity=Rule.BUDGET_EXHAUSTED.severity,
        message=f"`{state.slo}` of tenant {state.tenant}: {used} ({events})",
        place=state.slo,
        affected=(Affected(slo_item(settings_path, state.slo, state.tenant), state.tenant),),
        consequence="The objective is missed for this period: every further bad event adds to it.",
        help="hold back risky changes for this tenant until the burn rate is below 1, or agree on another objective",
    )


def _share(state: BudgetState, slo: Slo) -> str:
    if isinstance(slo.budgeting, Occurrences):
        return f"{counted(state.bad, 'bad event')} of {state.valid:,}"
    return f"{percent(Fraction(state.bad, state.valid))} of the time"


def _length(period: Period) -> str:
    match period:
        case Rolling(length_us):
            return format_duration(length_us)
        case Calendar(unit=unit, count=count):
            return f"this {unit.name.lower()}" if count == 1 else f"these {count} {unit.name.lower()}s"
        case _:
            assert_never(period)


def _paging(state: BudgetState, settings_path: str) -> Iterator[Finding]:
    if not state.pages:
        return
    rates = ", ".join(
        f"{decimal(burn.rate, 1)} over {format_duration(length)}"
        for length, burn in state.burns
        if isinstance(burn, Burn) and length in LENGTHS_US[:5]
    )
    left = state.exhausted_in_us
    gone = "The budget is already gone." if left is None else f"At the last day's pace it lasts {duration(left)}."
    yield Finding(
        rule=Rule.BURN_PAGE,
        severity=Rule.BURN_PAGE.severity,
        message=f"`{state.slo}` of tenant {state.tenant} burns its error budget fast enough to page: {rates}",
        place=state.slo,
        affected=(Affected(slo_item(settings_path, state.slo, state.tenant), state.tenant),),
        consequence=f"Users of this tenant see failures now. {gone}",
        help="look for what changed in the last hours; the bad events are in the tenant's newest windows",
    )
