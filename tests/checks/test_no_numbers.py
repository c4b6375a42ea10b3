"""Tenants and SLOs without a number."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pytest_errorbudget.checks.no_numbers import without_numbers
from pytest_errorbudget.model.burn import Absence, BudgetState, NoData
from pytest_errorbudget.model.item import slo_item
from pytest_errorbudget.model.problem import Unchecked


def budget(tenant: str, consumed: Fraction | Absence) -> BudgetState:
    return BudgetState(
        tenant=tenant,
        slo="availability",
        valid=0,
        bad=0,
        consumed=NoData(consumed) if isinstance(consumed, Absence) else consumed,
        exhausted_in_us=None,
        pace_us=1,
        burns=(),
        pages=False,
    )


def test_where_no_tenant_has_a_number_all_are_skipped_with_their_reasons() -> None:
    budgets = budget("acme", Absence.NO_TRAFFIC), budget("globex", Absence.NOT_CLOSED)
    assert list(without_numbers(budgets, "errorbudget.toml")) == [
        Unchecked("burn rate", str(item), f"no tenant has a number: {reason}", None, (item,))
        for item, reason in (
            (slo_item("errorbudget.toml", "availability", "acme"), "no valid event in this window"),
            (slo_item("errorbudget.toml", "availability", "globex"), "no closed window yet"),
        )
    ]


@pytest.mark.parametrize("other", [Fraction(1, 2), Absence.ZERO_BUDGET])
def test_one_answer_is_enough(other: Fraction | Absence) -> None:
    assert list(without_numbers((budget("acme", Absence.NO_TRAFFIC), budget("globex", other)), "x.toml")) == []


@pytest.mark.parametrize("absence", [Absence.NOT_JUDGED, Absence.NO_TELEMETRY])
def test_a_tenant_of_which_nobody_knows_is_skipped_alone(absence: Absence) -> None:
    budgets = budget("acme", absence), budget("globex", Fraction(1, 2)), budget("initech", Absence.NO_TRAFFIC)
    item = slo_item("errorbudget.toml", "availability", "acme")
    assert list(without_numbers(budgets, "errorbudget.toml")) == [
        Unchecked("burn rate", str(item), f"this tenant has no number: {absence.value}", None, (item,))
    ]
