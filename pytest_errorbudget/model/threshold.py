"""Alert thresholds of a cohort, generated from what was observed, and the evidence behind them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class Basis(Enum):
    """Which bound gave the threshold."""

    WORKBOOK = "workbook"
    TOLERANCE = "tolerance"
    CAP = "cap"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlier:
    """A tenant left out: its log error ratio lies ``distance`` scaled MADs from its cohort's median, to three decimals;
    ``None`` where the MAD is 0."""

    tenant: str
    slo: str
    cohort: str
    bad: int
    valid: int
    distance: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Page when the burn rate over ``long_us`` and over ``short_us`` is greater than ``burn`` and at least
    ``failing_slots`` windows of the long one hold a failure.

    ``confidence`` is the probability that at most 1 % of healthy long windows exceed the tolerance bound, computed
    from ``windows`` and rounded down to twelve decimals; ``reliable`` says whether it reaches the confidence that was
    asked for. ``bound`` is ``None`` where no healthy window was seen.
    """

    cohort: str
    slo: str
    burn: Fraction
    basis: Basis
    bound: Fraction | None
    confidence: Fraction
    reliable: bool
    windows: int
    tenants: tuple[str, ...]
    outliers: tuple[str, ...]
    long_us: int
    short_us: int
    failing_slots: int

    @property
    def capped(self) -> bool:
        """Whether the cap holds it below a healthy hour: then no confidence says that healthy hours lie below it."""
        return self.reliable and self.bound is not None and self.bound > self.burn

    @property
    def backed(self) -> bool:
        """Whether healthy hours lie below it with the confidence that was asked for."""
        return self.reliable and not self.capped


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One closed long window of one tenant and SLO: the row from which thresholds are made."""

    tenant: str
    slo: str
    start_us: int
    valid: int
    bad: int
    failing_slots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedTenant:
    """A tenant as the lock lists it; ``schema`` is ``None`` where the tenant does not live in a schema of its own."""

    name: str
    database: str
    cohort: str | None
    schema: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedThresholds:
    """What ``errorbudget.lock`` and its table of evidence hold.

    ``confidence`` is the one that was asked for. ``evidence_digest`` (``sha256:`` and hex digits) is over the text of
    the table; the same text gives it again, on every machine.
    """

    as_of_us: int
    counts_digest: str
    evidence_digest: str
    confidence: Fraction
    thresholds: tuple[Threshold, ...]
    outliers: tuple[Outlier, ...]
    evidence: tuple[Evidence, ...]
    tenants: tuple[LockedTenant, ...] = ()
