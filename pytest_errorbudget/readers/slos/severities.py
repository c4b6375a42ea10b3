"""Severities as people name them: one that wakes somebody up is a page, any other a ticket."""

from __future__ import annotations

from pytest_errorbudget.model.alert import Urgency

_PAGES = frozenset({"page", "critical", "high", "emergency", "sev1", "p1"})


def urgency_of(severity: str) -> Urgency:
    return Urgency.PAGE if severity.lower() in _PAGES else Urgency.TICKET
