"""Multiwindow burn-rate alerts, and when they fire."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import MINUTE_US

SHORTEST_US = 5 * MINUTE_US
"""The shortest window of the Workbook's alerts."""


class Urgency(Enum):
    PAGE = "page"
    TICKET = "ticket"


class Policy(Enum):
    """Whose alerts: the Workbook's, those with the thresholds generated here, or those that the repository has now."""

    WORKBOOK = "workbook"
    GENERATED = "generated"
    PRESENT = "present"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Fires where the burn rates over ``long_us`` and over ``short_us`` are both greater than ``burn``, and at least
    ``failing_slots`` windows of the long one hold a failure (0 asks for none)."""

    urgency: Urgency
    long_us: int
    short_us: int
    burn: Fraction
    failing_slots: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Fires where the burn rate over ``lookback_us`` has been greater than ``burn`` (``inclusive``: or equal to it) at
    every evaluation of the last ``after_us``. OpenSLO's AlertCondition."""

    name: str
    urgency: Urgency
    burn: Fraction
    inclusive: bool
    lookback_us: int
    after_us: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """When any of a policy's alerts of one urgency fires for one tenant and SLO.

    ``intervals`` are half-open, in µs since the Unix epoch: the first evaluation that fires and the first that does
    not; ``None`` where it still fires at the end of the newest closed window. There is an evaluation at the end of
    every window.
    """

    policy: Policy
    tenant: str
    slo: str
    urgency: Urgency
    intervals: tuple[tuple[int, int | None], ...]
