"""Every tenant's error budgets and burn rates, as the facts file writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from pytest_errorbudget.model.burn import BudgetState, Burn, NoData
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.report.facts_format_budgets import FactBudget, FactBurn


def fact_budgets(budgets: Sequence[BudgetState], settings: Settings) -> tuple[FactBudget, ...]:
    """By tenant and SLO."""
    slos = {slo.name: slo for slo in settings.slos}
    ordered = sorted(budgets, key=lambda state: (state.tenant, state.slo))
    return tuple(_budget(state, slos[state.slo], settings) for state in ordered if state.slo in slos)


def _budget(state: BudgetState, slo: Slo, settings: Settings) -> FactBudget:
    cohort = settings.cohort_of(state.tenant)
    objective = slo.objective if cohort is None else cohort.objective(slo, state.tenant)
    missing = state.consumed if isinstance(state.consumed, NoData) else None
    return FactBudget(
        tenant=state.tenant,
        service=slo.service,
        slo=state.slo,
        objective=str(objective),
        valid=state.valid,
        bad=state.bad,
        unjudged=state.unjudged,
        consumed=_exact(state.consumed),
        remaining=_exact(state.remaining),
        no_data=None if missing is None else missing.reason.value,
        exhausted_in_us=state.exhausted_in_us,
        burns=tuple(_burns(state)),
    )


def _exact(share: Fraction | NoData) -> str | None:
    return None if isinstance(share, NoData) else str(share)


def _burns(state: BudgetState) -> Iterator[FactBurn]:
    for length_us, burn in state.burns:
        match burn:
            case Burn(bad, valid):
                yield FactBurn(window_us=length_us, valid=valid, bad=bad, rate=str(burn.rate), no_data=None)
            case NoData(reason):
                yield FactBurn(window_us=length_us, valid=None, bad=None, rate=None, no_data=reason.value)
