"""When alerts fired, as the facts file writes it."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_errorbudget.model.alert import Firing, Policy
from pytest_errorbudget.model.window import SECOND_US
from pytest_errorbudget.report.facts_format import FactAlerts, FactFirings


def fact_alerts(firings: Sequence[Firing]) -> FactAlerts:
    """By policy. A tenant and SLO of which no alert ever fired is left out."""
    of = {policy: _by_slo([firing for firing in firings if firing.policy is policy]) for policy in Policy}
    return FactAlerts(workbook=of[Policy.WORKBOOK], generated=of[Policy.GENERATED], present=of[Policy.PRESENT])


def _by_slo(firings: Sequence[Firing]) -> FactFirings:
    found: FactFirings = {}
    for firing in sorted(firings, key=lambda one: (one.slo, one.tenant, one.urgency.value)):
        tenants = found.setdefault(firing.slo, {})
        tenants.setdefault(firing.tenant, {})[firing.urgency.value] = tuple(
            (begins // SECOND_US, None if ends is None else ends // SECOND_US) for begins, ends in firing.intervals
        )
    return found
