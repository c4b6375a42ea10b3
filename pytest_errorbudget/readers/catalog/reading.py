"""What the readers of the three layouts share: a session in one database, and what it showed of a tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.snapshot import AppliedVersion, PartitionState, VersionUnknown
from pytest_errorbudget.model.tenant import Tenant
from pytest_errorbudget.readers.catalog.read import Connection, run_named
from pytest_errorbudget.readers.catalog.session import read_only
from pytest_errorbudget.readers.catalog.versions import Checksums, Ledgers, Versions
from pytest_errorbudget.readers.migrations.tools import TOOLS


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRead:
    """``schema`` is ``None`` for a tenant that was not found, or not looked for (``unread`` says why).
    ``extension_schemas`` are those of a database of its own."""

    tenant: Tenant
    version: AppliedVersion
    schema: Schema | None
    unread: str | None = None
    partitions: tuple[PartitionState, ...] = ()
    checksums: Checksums | None = None
    extension_schemas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How to read any database of these settings: ``expected`` is the schema in which the migrations make a tenant's
    tables, ``bookkeeping`` the migration tool's table, empty where it has none."""

    expected: str
    bookkeeping: str
    kind: MigrationKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One transaction in one database."""

    session: Connection
    conninfo: str
    source: Source

    def holders(self) -> tuple[str, ...]:
        """The schemas that hold the bookkeeping table."""
        (rows,) = run_named(self.session, ("bookkeeping",), bookkeeping=self.source.bookkeeping)
        return tuple(row[0] for row in rows)

    def extension_schemas(self) -> tuple[str, ...]:
        """The schemas beside ``public`` in which extensions are installed."""
        return tuple(row[0] for row in run_named(self.session, ("extension_schemas",))[0])

    def versions(self, schemas: Sequence[str]) -> Versions:
        """What the schemas' bookkeeping tables say in the snapshot of this session."""
        tool = TOOLS[self.source.kind or MigrationKind.SQLX]
        if tool.bookkeeping is None or not schemas:
            return Versions()
        row = self.session.execute("select pg_catalog.pg_export_snapshot()").fetchone()
        exported = str(row[0]) if row else ""
        ledgers = Ledgers(tool.bookkeeping, self.source.bookkeeping, lambda: read_only(self.conninfo, exported))
        return ledgers.read(schemas)

    def only_version(self, holders: Sequence[str]) -> tuple[AppliedVersion, Checksums | None]:
        """The version of a whole database, whose migrations are kept in one table."""
        held = self.source.expected if self.source.expected in holders else holders[0] if len(holders) == 1 else None
        if held is None:
            return VersionUnknown(self._unheld(holders)), None
        versions = self.versions((held,))
        checksums: Mapping[str, Checksums] = versions.checksums
        return versions.applied.get(held, VersionUnknown(self._unheld(()))), checksums.get(held)

    def _unheld(self, holders: Sequence[str]) -> str:
        table = self.source.bookkeeping
        if holders:
            return f"the schemas {', '.join(holders)} all hold a table {table}"
        return f"the database holds no table {table}" if table else "no table says which migrations were applied"
