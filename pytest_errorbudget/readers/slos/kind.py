"""What a predicate speaks of, by its own words and the SLO's name: alike for OpenSLO and for the short form."""

from __future__ import annotations

from pytest_errorbudget.model.slo import SliKind

_LATENCY = ("latency", "duration", "elapsed")


def kind_of(name: str, predicate: str) -> SliKind:
    words = f"{name} {predicate}".lower()
    return SliKind.LATENCY if any(word in words for word in _LATENCY) else SliKind.AVAILABILITY
