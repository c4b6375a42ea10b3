"""A finding before the tenants that share it are put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pytest_errorbudget.checks.contracts.scope import Scope, Subject, TenantShape
from pytest_errorbudget.model.finding import Affected, Finding, Label, LabelKind, ordered
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.severity import Severity

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is wrong in one shape. ``text`` is the message without the tenants; drafts of equal rule, severity, place
    and text become one finding."""

    rule: Rule
    severity: Severity
    place: str
    text: str
    subjects: tuple[Subject, ...]
    labels: tuple[Label, ...]
    consequence: str
    help: str


_Key = tuple[str, str, str, str]


@dataclass(slots=True)
class _Group:
    draft: Draft
    affected: set[Affected] = field(default_factory=set)
    labels: dict[Label, None] = field(default_factory=dict)
    consequences: dict[str, None] = field(default_factory=dict)
    helps: dict[str, None] = field(default_factory=dict)


def merged(drafts: Iterable[tuple[TenantShape, Draft]], scope: Scope) -> tuple[Finding, ...]:
    """One finding for all shapes and queries that say the same, in the order of a report.

    What the newest replay has in common with a tenant is said of the tenant alone.
    """
    groups: dict[_Key, _Group] = {}
    listed = tuple(drafts)
    of_tenants = {_key(draft) for shape, draft in listed if shape.tenants}
    for shape, draft in listed:
        key = _key(draft)
        if not shape.tenants and key in of_tenants:
            continue
        group = groups.setdefault(key, _Group(draft))
        group.affected.update(a for subject in draft.subjects for a in scope.affected(shape, subject))
        group.labels.update(dict.fromkeys(draft.labels))
        group.consequences.update(dict.fromkeys((draft.consequence,)))
        group.helps.update(dict.fromkeys((draft.help,)))
    return ordered(tuple(_finding(group, scope) for group in groups.values()))


def _key(draft: Draft) -> _Key:
    return draft.rule.id, draft.severity.value, draft.place, draft.text


def _finding(group: _Group, scope: Scope) -> Finding:
    draft = group.draft
    affected = tuple(sorted(group.affected, key=lambda a: (a.item, a.tenant or "")))
    tenants = sorted({a.tenant for a in affected if a.tenant is not None})
    return Finding(
        rule=draft.rule,
        severity=draft.severity,
        message=(whose(tenants, len(scope.tenants)) or _when(scope)) + draft.text,
        place=draft.place,
        affected=affected,
        labels=tuple(sorted(group.labels, key=lambda label: label.kind is not LabelKind.PRIMARY)),
        consequence=" ".join(filter(None, group.consequences)),
        help=" ".join(filter(None, group.helps)),
    )


def _when(scope: Scope) -> str:
    """Which schema a message about no tenant speaks of, where tenants have others."""
    return "after the newest migrations: " if any(shape.tenants for shape in scope.shapes) else ""


def whose(tenants: list[str], listed: int) -> str:
    """``tenant `acme-prod`: `` and its like for many; nothing where no tenant is concerned."""
    names = [f"`{tenant}`" for tenant in tenants]
    if not names:
        return ""
    if len(names) == 1:
        return f"tenant {names[0]}: "
    if len(names) == listed:
        return "both tenants: " if listed == 2 else f"all {listed} tenants: "
    if len(names) <= _NAMED:
        return f"tenants {', '.join(names[:-1])} and {names[-1]}: "
    return f"{len(names)} of {listed} tenants ({', '.join(names[:_NAMED])}, …): "
