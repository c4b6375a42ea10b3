"""Tenants and SLOs without a number: their items are skipped with the reason, and not passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_errorbudget.model.burn import Absence, BudgetState, NoData
from pytest_errorbudget.model.item import slo_item
from pytest_errorbudget.model.problem import Unchecked

_ANSWERS = frozenset({Absence.NO_TRAFFIC, Absence.ZERO_BUDGET})
"""A tenant alone may have no traffic, and nothing was burnt; an objective of 100 % is an answer too."""


def without_numbers(budgets: Sequence[BudgetState], settings_path: str) -> Iterator[Unchecked]:
    """One entry for each tenant of which nobody knows, and for all tenants of an SLO where none has a number."""
    for slo in dict.fromkeys(budget.slo for budget in budgets):
        of_slo = [budget for budget in budgets if budget.slo == slo]
        none = all(_absence(budget) not in (None, Absence.ZERO_BUDGET) for budget in of_slo)
        for budget in of_slo:
            absence = _absence(budget)
            if absence is not None and (none or absence not in _ANSWERS):
                item = slo_item(settings_path, slo, budget.tenant)
                whose = "no tenant has a number" if none else "this tenant has no number"
                yield Unchecked("burn rate", str(item), f"{whose}: {absence.value}", None, (item,))


def _absence(budget: BudgetState) -> Absence | None:
    return budget.consumed.reason if isinstance(budget.consumed, NoData) else None
