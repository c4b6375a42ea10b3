"""What the committed file says of tenants against what their server shows."""

from __future__ import annotations

from datetime import date

import pytest

from pytest_errorbudget.checks.tenants_file_stale import stale_findings
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.locked_tenants import KeptTenants
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.snapshot import (
    Applied,
    AppliedVersion,
    PartitionState,
    Snapshot,
    TenantState,
    VersionUnknown,
)

_SHAPE = "0123456789abcdef"


def _state(
    name: str,
    version: AppliedVersion = Applied("2"),  # noqa: B008 # a frozen value
    shape: str | None = _SHAPE,
    unread: str | None = None,
    partitions: tuple[PartitionState, ...] = (),
) -> TenantState:
    return TenantState(tenant=name, version=version, shape=shape, unread=unread, partitions=partitions)


def _found(before: tuple[TenantState, ...], now: tuple[TenantState, ...]) -> tuple[Finding, ...]:
    kept = KeptTenants(path="errorbudget.tenants.toml", database="core", read_on=date(2026, 11, 2), tenants=before)
    snapshot = Snapshot(database="core", server_version=180006, tenants=now, shapes=())
    return stale_findings(kept, snapshot, "errorbudget.toml")


def _full(name: str, **more: PartitionState) -> TenantState:
    return _state(name, shape=_SHAPE + "0" * 48, partitions=tuple(more.values()))


def test_tenants_that_are_as_they_were_are_no_finding() -> None:
    assert _found((_state("acme"), _state("gone")), (_full("acme"),)) == ()


def test_tenants_that_changed_in_the_same_way_are_told_together() -> None:
    before = (_state("globex", Applied("1")), _state("acme", Applied("1")), _state("initech"))
    finding = Finding(
        rule=Rule.TENANTS_FILE_STALE,
        severity=Severity.WARNING,
        message="`errorbudget.tenants.toml`, written on 2026-11-02, is out of date for tenants acme and globex: "
        "at migration 2 now, at migration 1 in the file",
        place="core",
        affected=tuple(Affected(ItemId("errorbudget.toml", "tenants"), name) for name in ("acme", "globex")),
        consequence="Runs without the server check these tenants as they were, and miss what has changed since.",
        help="Write it anew where the server is in reach, and commit it: pytest --errorbudget --errorbudget-update",
    )
    assert _found(before, (_full("globex"), _full("acme"), _full("initech"))) == (finding,)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ((), _full("acme"), "not in the file"),
        ((_state("acme", shape="ffff456789abcdef"),), _full("acme"), "another schema now than in the file"),
        (
            (_state("acme", VersionUnknown("denied")),),
            _full("acme"),
            "at migration 2 now, at an unknown version in the file",
        ),
        (
            (_state("acme"),),
            _state("acme", Applied(None), shape=None),
            "without migrations now, at migration 2 in the file",
        ),
        ((_state("acme"),), _state("acme", shape=None), "another schema now than in the file"),
        (
            (_state("acme"),),
            _full("acme", events=PartitionState(table="events")),
            "other partitions now than in the file",
        ),
    ],
)
def test_what_is_told_of_a_change(before: tuple[TenantState, ...], now: TenantState, told: str) -> None:
    (finding,) = _found(before, (now,))
    assert finding.message.partition("acme: ")[2] == told


def test_a_tenant_that_could_not_be_read_is_not_compared() -> None:
    assert _found((_state("acme"),), (_state("acme", VersionUnknown("no"), None, "the server is down"),)) == ()
