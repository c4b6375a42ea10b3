"""migration-edited: a migration whose text is no longer what a tenant has applied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from pytest_errorbudget.checks.drift.group import tenants_text
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import migration_item, schema_item
from pytest_errorbudget.model.migration import MigrationFile, MigrationKind, MigrationSet
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.snapshot import Snapshot
from pytest_errorbudget.model.source import Span

_SHOWN = 12  # digits of a long checksum
_AT_START = {
    MigrationKind.SQLX: "sqlx refuses to migrate these tenants (`VersionMismatch`): the service stops when it starts.",
    MigrationKind.REFINERY: "refinery refuses to migrate these tenants (divergent migration): the service stops when "
    "it starts.",
    MigrationKind.FLYWAY: "Flyway refuses to migrate these tenants (checksum mismatch) until the history is repaired.",
}


def edited_findings(migrations: MigrationSet, snapshot: Snapshot, settings_path: str) -> tuple[Finding, ...]:
    """A finding for each edited file, with the tenants that have applied another text of it."""
    files = {file.version: file for file in migrations.files if file.checksum is not None}
    applied: defaultdict[MigrationFile, dict[str, str]] = defaultdict(dict)
    for ledger in snapshot.ledgers:
        for version, checksum in ledger.checksums:
            file = files.get(version)
            if file is not None and checksum != file.checksum:
                applied[file] |= dict.fromkeys(ledger.tenants, checksum)
    return tuple(_edited(migrations.kind, file, tenants, settings_path) for file, tenants in applied.items())


def _edited(kind: MigrationKind, file: MigrationFile, applied: Mapping[str, str], settings_path: str) -> Finding:
    tenants = tuple(sorted(applied))
    there = " or ".join(sorted({_short(checksum) for checksum in applied.values()}))
    has = "has" if len(tenants) == 1 else "have"
    return Finding(
        rule=Rule.MIGRATION_EDITED,
        severity=Rule.MIGRATION_EDITED.severity,
        message=f"{tenants_text(tenants)} {has} applied another text of migration {file.version}: "
        f"the checksum is {there} there and {_short(file.checksum or '')} here",
        place=file.path,
        affected=tuple(
            Affected(item, tenant)
            for tenant in tenants
            for item in (migration_item(file.path), schema_item(settings_path, tenant))
        ),
        labels=(Label(Span(file.path, 1), "edited since it was applied"),),
        consequence=_AT_START.get(kind, "The migration tool refuses to migrate these tenants."),
        help="Take the text back from the history of the repository, and put the change into a new migration. "
        "Line ends count too: a checkout with CRLF has other checksums.",
    )


def _short(checksum: str) -> str:
    return checksum if len(checksum) <= 2 * _SHOWN else f"{checksum[:_SHOWN]}…"
