"""Burn rates, exactly, and the reasons why there can be none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction


class Absence(Enum):
    """Why there is no number. These are different answers, and none of them is zero."""

    NO_TRAFFIC = "no valid event in this window"
    NO_TELEMETRY = "nothing has come from a shard since before this window: no traffic, or no telemetry"
    NOT_JUDGED = "events came in this window, and for none can it be said whether it was good"
    NOT_CLOSED = "no closed window yet"
    NO_SOURCE = "the events could not be read"
    NOT_COUNTED = "the events cannot answer the SLO's predicate"
    TOO_FINE = "the window is no whole number of the windows that were counted"
    ZERO_BUDGET = "the objective is 100 %: there is no budget to burn"


@dataclass(frozen=True, slots=True)
class NoData:
    reason: Absence


@dataclass(frozen=True, slots=True)
class Burn:
    """``bad`` of ``valid`` events against ``budget`` (1 - objective, not zero).

    The rate is the error ratio over the budget (The Site Reliability Workbook, chapter 5).
    """

    bad: int
    valid: int
    budget: Fraction

    @property
    def rate(self) -> Fraction:
        return Fraction(self.bad, self.valid) / self.budget

    def exceeds(self, threshold: str | int | Decimal | Fraction) -> bool:
        """Whether the rate is greater than (not equal to) ``threshold``. Floats are refused: 14.4 is not 14.4."""
        if isinstance(threshold, float):
            raise TypeError(f'a float is not exact: write "{threshold}" (a string), a Decimal or a Fraction')
        return self.rate > Fraction(threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """A tenant's error budget for one SLO over the period that ends at the newest closed window.

    ``unjudged`` are the period's events that are neither good nor bad, and in no other number. ``consumed`` is a
    fraction of the budget (1 = all of it), ``exhausted_in_us`` the time until nothing is left at the burn rate of the
    last ``pace_us``; ``None`` where the budget does not shrink, lasts to the end of a calendar period, or is gone
    (``consumed >= 1``).
    """

    tenant: str
    slo: str
    valid: int
    bad: int
    consumed: Fraction | NoData
    exhausted_in_us: int | None
    pace_us: int
    burns: tuple[tuple[int, Burn | NoData], ...]
    pages: bool
    unjudged: int = 0

    @property
    def remaining(self) -> Fraction | NoData:
        """What is left of the budget as a fraction of it; below 0 where more was consumed than there was."""
        return self.consumed if isinstance(self.consumed, NoData) else 1 - self.consumed
