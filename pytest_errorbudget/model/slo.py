"""Service level objectives (Google SRE, "Implementing SLOs", The Site Reliability Workbook, chapter 2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from pytest_errorbudget.model.source import Span


class SliKind(Enum):
    """What a predicate speaks of; both are counted alike."""

    AVAILABILITY = "availability"
    LATENCY = "latency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sli:
    """``good`` is a SQL predicate over an event's columns; ``where`` says which events are valid (``None``: all)."""

    events: str
    good: str
    where: str | None
    kind: SliKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Slo:
    """``objective`` is the target as a fraction of valid events, ``period_us`` the rolling period in microseconds."""

    name: str
    service: str
    sli: Sli
    objective: Fraction
    period_us: int
    span: Span

    @property
    def budget(self) -> Fraction:
        """The error budget as a fraction of valid events."""
        return 1 - self.objective
