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
    """A tenant left out: its log error ratio lies ``distance`` scaled MADs from its cohort's median."""

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
    from ``windows``; ``reliable`` says whether it reaches the confidence that was asked for.
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
class LockedThresholds:
    """What ``errorbudget.lock`` and its table of evidence hold."""

    as_of_us: int
    counts_digest: str
    evidence_digest: str
    confidence: Fraction
    thresholds: tuple[Threshold, ...]
    outliers: tuple[Outlier, ...]
    evidence: tuple[Evidence, ...]
