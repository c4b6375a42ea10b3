"""Partitions of tenants that are there: one finding for all tenants of a table."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.partitions import partition_findings
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Relation, RelationKind, Schema
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.snapshot import Applied, PartitionState, Snapshot, TenantState, VersionUnknown
from pytest_errorbudget.model.source import Span

_MADE = Span("migrations/1_start.sql", 3, 14)
_EXPECTED = Schema(
    relations=(Relation(schema="public", name="events", kind=RelationKind.TABLE, columns=(), origin=_MADE),)
)


def _snapshot(**parts: PartitionState | None) -> Snapshot:
    """Tenants that hold a partition of another table, and one state each of the table ``events``."""
    held = PartitionState(table="other", partitions=("other_x",))
    states = tuple(
        TenantState(tenant=name, version=Applied("1"), shape="9f3c", partitions=(held, *((part,) if part else ())))
        for name, part in parts.items()
    )
    return Snapshot(database="core", server_version=180006, tenants=states, shapes=())


def _affected(*tenants: str) -> tuple[Affected, ...]:
    return tuple(Affected(ItemId("errorbudget.toml", f"schema[{tenant}]"), tenant) for tenant in tenants)


def test_tenants_with_a_partition_of_every_table_are_no_finding() -> None:
    snapshot = _snapshot(acme=PartitionState(table="events", partitions=("events_acme",), default="events_rest"))
    assert partition_findings(snapshot, _EXPECTED, "errorbudget.toml") == ((), ())


def test_rows_that_no_partition_takes_are_refused() -> None:
    gone = PartitionState(table="events")
    found = partition_findings(_snapshot(globex=gone, acme=gone), _EXPECTED, "errorbudget.toml")
    finding = Finding(
        rule=Rule.PARTITION_MISSING,
        severity=Severity.ERROR,
        message="tenants acme and globex have no partition of `events`, which has no default partition either",
        place="events",
        affected=_affected("acme", "globex"),
        labels=(Label(_MADE, "`events` is made here"),),
        consequence="Every INSERT of these tenants into `events` fails with 23514 (no partition of relation found for "
        "row).",
        help="Make the partition as their provisioning does: create table … partition of events for values …;",
    )
    assert found == ((finding,), ())


def test_rows_in_the_default_partition() -> None:
    part = PartitionState(table="events", default="events_rest")
    found = partition_findings(_snapshot(acme=part, globex=None), _EXPECTED, "errorbudget.toml")
    finding = Finding(
        rule=Rule.PARTITION_DEFAULT,
        severity=Severity.WARNING,
        message="tenant acme has no partition of `events`: the default partition `events_rest` takes the rows",
        place="events",
        affected=_affected("acme"),
        labels=(Label(_MADE, "`events` is made here"),),
        consequence="Their rows lie among those of other tenants: queries of one tenant read the rows of all of them, "
        "and the partition cannot be made while they are there (23514).",
        help="Move the rows out of events_rest, then make the partition: create table … partition of events for "
        "values …;",
    )
    assert found == ((finding,), ())


def test_a_partition_that_is_being_detached() -> None:
    """Also the last one of a tenant, of which nothing else is there. The migrations do not make this table."""
    part = PartitionState(table="events", detaching=("events_acme",))
    state = TenantState(tenant="acme", version=VersionUnknown("no partition"), shape=None, partitions=(part,))
    snapshot = Snapshot(database="core", server_version=180006, tenants=(state,), shapes=())
    finding = Finding(
        rule=Rule.PARTITION_DETACHING,
        severity=Severity.ERROR,
        message="the partition `events_acme` of `events` is being detached: it takes the rows of tenant acme",
        place="events",
        affected=_affected("acme"),
        consequence="Queries of `events` no longer see their rows, and each INSERT of them fails with 23514.",
        help="Where it is meant, let it end; where it was interrupted, end it: alter table events detach partition "
        "events_acme finalize; Attach it again to undo it.",
    )
    assert partition_findings(snapshot, Schema(), "errorbudget.toml") == ((finding,), ())


def test_a_table_that_is_partitioned_otherwise_is_counted() -> None:
    part = PartitionState(table="events", unread="it is not partitioned by tenant_id")
    unchecked = Unchecked("partition", "acme events", "it is not partitioned by tenant_id")
    assert partition_findings(_snapshot(acme=part), _EXPECTED, "errorbudget.toml") == ((), (unchecked,))


@pytest.mark.parametrize(
    "part", [PartitionState(table="events"), PartitionState(table="events", default="events_rest")]
)
def test_a_tenant_without_any_partition_is_missing_instead(part: PartitionState) -> None:
    state = TenantState(tenant="acme", version=VersionUnknown("no partition"), shape=None, partitions=(part,))
    snapshot = Snapshot(database="core", server_version=180006, tenants=(state,), shapes=())
    assert partition_findings(snapshot, _EXPECTED, "errorbudget.toml") == ((), ())
