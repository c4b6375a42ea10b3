"""Error budgets in the facts file's format."""

from __future__ import annotations

from msgspec import Struct


class FactBurn(Struct, frozen=True, kw_only=True):
    """The burn rate over the newest windows of this length. ``rate`` is exact, as ``n/d``, or ``null`` with the reason
    in ``no_data``."""

    window_us: int
    valid: int | None
    bad: int | None
    rate: str | None
    no_data: str | None


class FactBudget(Struct, frozen=True, kw_only=True):
    """``consumed`` and ``remaining`` are shares of the period's budget, exact, as ``n/d``, and together 1 (what remains
    is below 0 where more was consumed than there was), or ``null`` with the reason in ``no_data``. ``exhausted_in_us``
    is ``null`` where the budget does not shrink, lasts to the end of a calendar period, or is gone. ``unjudged`` are
    the period's events of which it cannot be said whether they were good."""

    tenant: str
    service: str
    slo: str
    objective: str
    valid: int
    bad: int
    unjudged: int
    consumed: str | None
    remaining: str | None
    no_data: str | None
    exhausted_in_us: int | None
    burns: tuple[FactBurn, ...]
