"""Steady traffic of one tenant with incidents, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from one_slo import SLO, TOTALS

from pytest_errorbudget.checks.budget import budget_states
from pytest_errorbudget.checks.firing import present_firings
from pytest_errorbudget.model.alert import Condition, Urgency
from pytest_errorbudget.model.burn import BudgetState
from pytest_errorbudget.model.counts import Counts, Series
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US

MONTH = 30 * DAY_US
COHORTS = (Cohort(name="gold", tenants=("a",)),)


def counted(windows: Iterable[tuple[int, int]], width_us: int) -> Counts:
    """Window after window of tenant ``a`` from the epoch on: (valid, bad); one without events is left out."""
    held = [(number * width_us, valid, bad) for number, (valid, bad) in enumerate(windows)]
    series = Series(
        tenant="a",
        service="api",
        slo="ok",
        starts_us=tuple(start for start, valid, _ in held if valid),
        valid=tuple(valid for _, valid, _ in held if valid),
        bad=tuple(bad for _, valid, bad in held if valid),
    )
    end = len(held) * width_us
    return Counts(
        window_us=width_us,
        as_of_us=end,
        closed_until_us=end,
        series=(series,),
        totals=(TOTALS,),
        recounts=(),
        digest="",
    )


def errors(length_us: int, width_us: int, bad_of: Callable[[int], int], *, each: int = 100) -> Counts:
    """Steady traffic, of which ``bad_of`` says how many fail in the window that starts then."""
    return counted([(each, bad_of(start)) for start in range(0, length_us, width_us)], width_us)


def outage_from(start_us: int) -> Callable[[int], int]:
    """A total outage that does not end."""
    return lambda start: 100 if start >= start_us else 0


def alert(burn: int | str, lookback_us: int, *, inclusive: bool = False) -> Condition:
    return Condition(
        name="one",
        urgency=Urgency.PAGE,
        burn=Fraction(burn),
        inclusive=inclusive,
        lookback_us=lookback_us,
        after_us=0,
        span=Span("slo.yaml", 2),
    )


def fired(counts: Counts, condition: Condition, objective: Fraction = SLO.objective) -> tuple[int, int | None]:
    slo = replace(SLO, objective=objective, conditions=(condition,))
    (firing,) = present_firings(counts, (slo,), COHORTS)
    (interval,) = firing.intervals
    return interval


def state(counts: Counts, **changes: Any) -> BudgetState:
    (found,) = budget_states(counts, (replace(SLO, **changes),), COHORTS)
    return found
