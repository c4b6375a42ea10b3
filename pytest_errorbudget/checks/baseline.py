"""The findings that a repository with a history starts with, as allowances."""

from __future__ import annotations

from datetime import date

from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Accepted
from pytest_errorbudget.model.severity import Severity

# What could not be read hides findings that nobody has seen.
OUT_OF_REACH = frozenset(
    {Rule.SETTINGS_INVALID, Rule.SERVER_UNREACHABLE, Rule.EVENTS_UNREADABLE, Rule.MIGRATIONS_UNREADABLE}
)
# What is said of an allowance ends with that allowance, and no other covers it.
NOT_TO_BE_ACCEPTED = OUT_OF_REACH | {Rule.ALLOWANCE_EXPIRED, Rule.ALLOWANCE_UNUSED}


def accepted(findings: tuple[Finding, ...], tenants: frozenset[str], as_of: date | None) -> tuple[Accepted, ...]:
    """An entry for each error and warning, sorted, each once. ``tenants`` are all tenants of the settings.

    A finding of some tenants is accepted for these alone, so that it is new where another tenant has it too.
    """
    moment = "" if as_of is None else f", as of {as_of.isoformat()}"
    reason = f"present when pytest-errorbudget was turned on{moment}"
    entries = {
        (finding.rule.id, where)
        for finding in findings
        if finding.severity is not Severity.INFORMATION and finding.rule not in NOT_TO_BE_ACCEPTED
        for where in _places(finding, tenants)
    }
    return tuple(Accepted(rule=rule, where=where, reason=reason) for rule, where in sorted(entries))


def _places(finding: Finding, tenants: frozenset[str]) -> tuple[str, ...]:
    concerned = frozenset(finding.tenants)
    if not concerned or concerned >= tenants:
        return (finding.place,)
    return tuple(f"{tenant}.{finding.place}" for tenant in finding.tenants)
