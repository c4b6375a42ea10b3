"""Steady traffic of one tenant with incidents, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from one_slo import GOLD, SLO, counts_of, series_of

from pytest_errorbudget.checks.budget import budget_states
from pytest_errorbudget.checks.firing import present_firings
from pytest_errorbudget.checks.slices import in_slices
from pytest_errorbudget.model.alert import Condition
from pytest_errorbudget.model.burn import BudgetState
from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.window import DAY_US

MONTH = 30 * DAY_US
COHORTS = (GOLD,)


def counted(windows: Iterable[tuple[int, int]], width_us: int) -> Counts:
    """Window after window of tenant ``a`` from the epoch on: (valid, bad); one without events is left out."""
    held = [(number * width_us, valid, bad) for number, (valid, bad) in enumerate(windows)]
    series = series_of({start: (valid, bad) for start, valid, bad in held if valid})
    return counts_of(series, width_us=width_us, until_us=len(held) * width_us)


def errors(length_us: int, width_us: int, bad_of: Callable[[int], int], *, each: int = 100) -> Counts:
    """Steady traffic, of which ``bad_of`` says how many fail in the window that starts then."""
    return counted([(each, bad_of(start)) for start in range(0, length_us, width_us)], width_us)


def outage_from(start_us: int) -> Callable[[int], int]:
    """A total outage that does not end."""
    return lambda start: 100 if start >= start_us else 0


def fired(counts: Counts, condition: Condition, objective: Fraction = SLO.objective) -> tuple[int, int | None]:
    slo = replace(SLO, objective=objective, conditions=(condition,))
    (firing,) = present_firings(in_slices(counts, (slo,)), (slo,), COHORTS)
    (interval,) = firing.intervals
    return interval


def state(counts: Counts, **changes: Any) -> BudgetState:
    slos = (replace(SLO, **changes),)
    (found,) = budget_states(in_slices(counts, slos), slos, COHORTS)
    return found
