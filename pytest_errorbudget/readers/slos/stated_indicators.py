"""How events count an indicator whose own document asks another system: the ``[indicators.NAME]`` of the settings."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedIndicator:
    """``good`` is the predicate of a ratio, ``value`` the column of a threshold; one of them is given, and
    ``good_at`` is its place."""

    events: str
    good: str | None
    value: str | None
    where: str | None
    span: Span
    good_at: Span
    where_at: Span
