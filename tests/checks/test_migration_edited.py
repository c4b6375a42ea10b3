"""A migration edited after it was applied."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.migration_edited import edited_findings
from pytest_errorbudget.model.finding import Affected, Label
from pytest_errorbudget.model.item import migration_item, schema_item
from pytest_errorbudget.model.migration import MigrationFile, MigrationKind, MigrationSet
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.snapshot import Ledger, Snapshot
from pytest_errorbudget.model.source import Span

_SETTINGS = "errorbudget.toml"
_HERE, _THERE, _ELSEWHERE = "3c4d" * 24, "1a2b" * 24, "5e6f" * 24


def migrations_of(kind: MigrationKind, **checksums: str | None) -> MigrationSet:
    return MigrationSet(
        kind=kind,
        path="migrations",
        files=tuple(
            MigrationFile(
                path=f"migrations/{version}_x.sql",
                version=version,
                name="x",
                text="",
                statements=(),
                checksum=checksum,
            )
            for version, checksum in checksums.items()
        ),
    )


def snapshot_of(*ledgers: Ledger) -> Snapshot:
    return Snapshot(database="core", server_version=180006, tenants=(), shapes=(), ledgers=ledgers)


def test_a_text_that_is_what_was_applied_is_no_finding() -> None:
    migrations = migrations_of(MigrationKind.SQLX, **{"1": _HERE, "2": None})
    applied = Ledger(tenants=("acme",), checksums=(("1", _HERE), ("2", _THERE), ("9", _THERE)))
    assert edited_findings(migrations, snapshot_of(applied), _SETTINGS) == ()


def test_an_edited_migration_names_the_tenants_and_both_checksums() -> None:
    migrations = migrations_of(MigrationKind.SQLX, **{"1": _HERE, "2": _HERE})
    snapshot = snapshot_of(
        Ledger(tenants=("acme", "globex"), checksums=(("1", _THERE), ("2", _HERE))),
        Ledger(tenants=("hooli",), checksums=(("1", _ELSEWHERE),)),
        Ledger(tenants=("initech",), checksums=(("1", _HERE),)),
    )
    (finding,) = edited_findings(migrations, snapshot, _SETTINGS)
    assert (finding.rule, finding.severity, finding.place) == (
        Rule.MIGRATION_EDITED,
        Severity.ERROR,
        "migrations/1_x.sql",
    )
    assert finding.message == (
        "tenants acme, globex and hooli have applied another text of migration 1: "
        "the checksum is 1a2b1a2b1a2b… or 5e6f5e6f5e6f… there and 3c4d3c4d3c4d… here"
    )
    assert finding.labels == (Label(Span("migrations/1_x.sql", 1), "edited since it was applied"),)
    assert finding.affected == tuple(
        Affected(item, tenant)
        for tenant in ("acme", "globex", "hooli")
        for item in (migration_item("migrations/1_x.sql"), schema_item(_SETTINGS, tenant))
    )
    assert finding.help == (
        "Take the text back from the history of the repository, and put the change into a new migration. "
        "Line ends count too: a checkout with CRLF has other checksums."
    )


@pytest.mark.parametrize(
    ("kind", "consequence"),
    [
        (
            MigrationKind.SQLX,
            "sqlx refuses to migrate these tenants (`VersionMismatch`): the service stops when it starts.",
        ),
        (
            MigrationKind.REFINERY,
            "refinery refuses to migrate these tenants (divergent migration): the service stops when it starts.",
        ),
        (
            MigrationKind.FLYWAY,
            "Flyway refuses to migrate these tenants (checksum mismatch) until the history is repaired.",
        ),
    ],
)
def test_each_tool_stops_in_its_own_way(kind: MigrationKind, consequence: str) -> None:
    snapshot = snapshot_of(Ledger(tenants=("acme",), checksums=(("1", "-17"),)))
    (finding,) = edited_findings(migrations_of(kind, **{"1": "42"}), snapshot, _SETTINGS)
    assert finding.message == (
        "tenant acme has applied another text of migration 1: the checksum is -17 there and 42 here"
    )
    assert finding.consequence == consequence
