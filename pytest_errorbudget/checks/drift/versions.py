"""tenant-behind and tenant-ahead: tenants whose newest migration is not the newest of the repository."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span


def tenant_behind(version: str | None, newest: str, count: int, group: Group, first: Span | None) -> Finding:
    """``version`` is the newest applied one, ``None`` for none; ``count`` migrations follow it, the first of which is
    at ``first``."""
    migrations = "1 migration" if count == 1 else f"{count} migrations"
    verb = "is" if len(group.tenants) == 1 else "are"
    applied = "none is applied" if version is None else f"{version} is applied"
    return group.finding(
        Rule.TENANT_BEHIND,
        message=f"{group.text} {verb} {migrations} behind: {applied}, the newest is {newest}",
        place=version or "none",
        origin=first,
        label="this is the first migration that they lack",
        consequence="The service runs against the older schema for these tenants until they are migrated.",
        help=f"Apply the migrations up to {newest} to them.",
    )


def tenant_ahead(version: str, newest: str | None, group: Group) -> Finding:
    return group.finding(
        Rule.TENANT_AHEAD,
        message=f"{group.text} {group.has} applied the migration {version}, which is not among the files "
        f"(their newest is {newest or 'none'})",
        place=version,
        origin=None,
        label="",
        consequence="What the schema of these tenants should be is not known here, so it was not compared.",
        help="Merge the branch that holds this migration, or check out the version of the repository that is deployed.",
    )
