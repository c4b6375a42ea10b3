"""tenants-file-stale: what the committed file says of tenants is not what their server shows."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.drift.group import tenants_text
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.item import tenants_item
from pytest_errorbudget.model.locked_tenants import DIGITS, KeptTenants
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.snapshot import Applied, Snapshot, TenantState


def stale_findings(kept: KeptTenants, snapshot: Snapshot, settings_path: str) -> tuple[Finding, ...]:
    """One finding for all tenants of the database that changed in the same way since the file was written."""
    before = {state.tenant: state for state in kept.tenants}
    changed: dict[str, list[str]] = {}
    for state in snapshot.tenants:
        for change in _changes(before.get(state.tenant), state):
            changed.setdefault(change, []).append(state.tenant)
    return tuple(_stale(kept, change, tuple(sorted(names)), settings_path) for change, names in changed.items())


def _changes(before: TenantState | None, now: TenantState) -> Iterator[str]:
    """What is told of the tenant first: where its version is another one, its schema is too."""
    if now.unread is not None:
        return
    if before is None:
        yield "not in the file"
    elif before.version != now.version:
        yield f"{_version(now)} now, {_version(before)} in the file"
    elif before.shape != (None if now.shape is None else now.shape[:DIGITS]):
        yield "another schema now than in the file"
    elif before.partitions != now.partitions:
        yield "other partitions now than in the file"


def _version(state: TenantState) -> str:
    if not isinstance(state.version, Applied):
        return "at an unknown version"
    return "without migrations" if state.version.version is None else f"at migration {state.version.version}"


def _stale(kept: KeptTenants, change: str, tenants: tuple[str, ...], settings_path: str) -> Finding:
    item = tenants_item(settings_path)
    return Finding(
        rule=Rule.TENANTS_FILE_STALE,
        severity=Rule.TENANTS_FILE_STALE.severity,
        message=f"`{kept.path}`, written on {kept.read_on}, is out of date for {tenants_text(tenants)}: {change}",
        place=kept.database,
        affected=tuple(Affected(item, tenant) for tenant in tenants),
        consequence="Runs without the server check these tenants as they were, and miss what has changed since.",
        help="Write it anew where the server is in reach, and commit it: pytest --errorbudget --errorbudget-update",
    )
