"""Known findings that a team has accepted: by rule, place, reason and, if they wish, a last day.

``where`` is a place (``invoices.amount_cents``: for every tenant), a place behind a tenant
(``acme-prod.invoices``: for that tenant), or the beginning of one (``invoices`` covers its columns and indexes).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date

from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import tenants_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.run import AllowedFinding
from pytest_errorbudget.model.settings import Allowance

_ENDS = (".", "::", "[", "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What is left after the allowances, what they cover, and the allowances that are themselves findings."""

    findings: tuple[Finding, ...]
    allowed: tuple[AllowedFinding, ...]


def allow(
    findings: tuple[Finding, ...],
    allowances: tuple[Allowance, ...],
    today: date | None,
    settings_path: str,
    checked: frozenset[Rule],
) -> Allowed:
    """Apply each allowance in the order of the file. ``today`` is the day of ``as_of``; without it none expires.

    ``checked`` are the rules that this run could find: the allowance of another one is not said to be unused.
    """
    remaining = findings
    allowed: list[AllowedFinding] = []
    about: list[Finding] = []
    for allowance in allowances:
        if today is not None and allowance.until is not None and allowance.until < today:
            about.append(_expired(allowance, settings_path))
            continue
        covered, remaining = _split(remaining, allowance)
        allowed.extend(AllowedFinding(finding=finding, allowance=allowance) for finding in covered)
        if not covered and _could_be_found(allowance.rule, checked):
            about.append(_unused(allowance, settings_path))
    return Allowed(findings=(*remaining, *about), allowed=tuple(allowed))


def _could_be_found(rule: str, checked: frozenset[Rule]) -> bool:
    known = next((each for each in Rule if each.id == rule), None)
    return known is None or known in checked


def _split(findings: tuple[Finding, ...], allowance: Allowance) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    covered: list[Finding] = []
    remaining: list[Finding] = []
    for finding in findings:
        everywhere = finding.rule.id == allowance.rule and _covers(allowance.where, finding.place)
        mine = frozenset(
            tenant
            for tenant in finding.tenants
            if finding.rule.id == allowance.rule and _covers(allowance.where, f"{tenant}.{finding.place}")
        )
        if everywhere:
            covered.append(finding)
        elif mine:
            inside = finding.without_tenants(frozenset(finding.tenants) - mine)
            outside = finding.without_tenants(mine)
            covered.extend(part for part in (inside,) if part is not None)
            remaining.extend(part for part in (outside,) if part is not None)
        else:
            remaining.append(finding)
    return tuple(covered), tuple(remaining)


def _covers(where: str, place: str) -> bool:
    return place == where or any(place.startswith(where + end) for end in _ENDS)


def _expired(allowance: Allowance, settings_path: str) -> Finding:
    return _about(
        allowance,
        settings_path,
        Rule.ALLOWANCE_EXPIRED,
        f"the allowance for `{allowance.rule}` at `{allowance.where}` ended on {allowance.until}",
        f"Its reason was: {allowance.reason}. Mend the finding, or give the allowance a later day.",
    )


def _unused(allowance: Allowance, settings_path: str) -> Finding:
    known = [rule.id for rule in Rule]
    near = difflib.get_close_matches(allowance.rule, known, n=1)
    if allowance.rule not in known:
        hint = f"There is no rule `{allowance.rule}`" + (f"; did you mean `{near[0]}`?" if near else ".")
    else:
        hint = "Remove it: what it accepted is mended, or its place is written otherwise."
    return _about(
        allowance,
        settings_path,
        Rule.ALLOWANCE_UNUSED,
        f"the allowance for `{allowance.rule}` at `{allowance.where}` covers no finding",
        hint,
    )


def _about(allowance: Allowance, settings_path: str, rule: Rule, message: str, help: str) -> Finding:
    return Finding(
        rule=rule,
        severity=rule.severity,
        message=message,
        place=f"{settings_path}::allow.{allowance.rule}.{allowance.where}",
        affected=(Affected(tenants_item(settings_path)),),
        labels=(Label(allowance.span, f"reason: {allowance.reason}"),),
        help=help,
    )
