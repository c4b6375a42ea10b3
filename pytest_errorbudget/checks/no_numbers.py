"""SLOs of which no tenant has a number: their items are skipped with the reason, and not passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_errorbudget.model.burn import Absence, BudgetState, NoData
from pytest_errorbudget.model.item import slo_item
from pytest_errorbudget.model.problem import Unchecked


def without_numbers(budgets: Sequence[BudgetState], settings_path: str) -> Iterator[Unchecked]:
    """One entry for each tenant. A tenant alone may have no traffic; an objective of 100 % is an answer too."""
    for slo in dict.fromkeys(budget.slo for budget in budgets):
        of_slo = [budget for budget in budgets if budget.slo == slo]
        reasons = [_reason(budget) for budget in of_slo]
        if None not in reasons:
            for budget, reason in zip(of_slo, reasons, strict=True):
                item = slo_item(settings_path, slo, budget.tenant)
                yield Unchecked("burn rate", str(item), f"no tenant has a number: {reason}", None, (item,))


def _reason(budget: BudgetState) -> str | None:
    consumed = budget.consumed
    if isinstance(consumed, NoData) and consumed.reason is not Absence.ZERO_BUDGET:
        return str(consumed.reason.value)
    return None
