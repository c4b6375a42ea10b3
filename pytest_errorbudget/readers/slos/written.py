"""An SLO with the places of what is checked against the rest of the settings."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSlo:
    """``events`` is where its source is named, ``slice`` where the slice of a budget of time is said, ``period`` where
    its period is."""

    slo: Slo
    events: Span
    slice: Span
    period: Span
