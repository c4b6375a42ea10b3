"""Triggers and row-level security of two replays side by side.

The static replay claims those that a statement makes by name; programs may make more, which only PostgreSQL knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.model.schema import Firing, Policy, Relation
from pytest_errorbudget.model.source import Span

Fact = tuple[str, str, str, Span | None]


def guard_differences(static: Relation, real: Relation) -> Iterator[Fact]:
    """(place, what the static replay claims, what PostgreSQL built, origin)"""
    triggers = {trigger.name: trigger for trigger in real.triggers}
    for trigger in static.triggers:
        claimed, built = _firing(trigger.firing), triggers.get(trigger.name)
        found = "missing" if built is None else _firing(built.firing)
        if claimed != found:
            yield f"{static.display} trigger {trigger.name}", claimed, found, trigger.origin
    policies = {policy.name: policy for policy in real.policies}
    for policy in static.policies:
        claimed = _policy(policy)
        found = _policy(policies[policy.name]) if policy.name in policies else "missing"
        if claimed != found:
            yield f"{static.display} policy {policy.name}", claimed, found, policy.origin
    yield from _row_security(static, real)


def _firing(firing: Firing) -> str:
    return "there" if firing is Firing.ORIGIN else f"there, firing: {firing.value}"


def _policy(policy: Policy) -> str:
    return f"a {'permissive' if policy.permissive else 'restrictive'} policy for {policy.command.value}"


def _row_security(static: Relation, real: Relation) -> Iterator[Fact]:
    claimed, built = static.row_security, real.row_security
    if claimed.enabled and not built.enabled:
        yield f"{static.display} row-level security", "enabled", "disabled", claimed.origin
    if claimed.forced and not built.forced:
        yield f"{static.display} row-level security", "forced", "not forced", claimed.origin
