"""What one transactional snapshot of a live database showed."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.schema import Schema


@dataclass(frozen=True, slots=True)
class Applied:
    """The newest migration that the tenant's bookkeeping table names; ``None`` where none was applied."""

    version: str | None


@dataclass(frozen=True, slots=True)
class VersionUnknown:
    """The bookkeeping table is missing or may not be read."""

    reason: str


AppliedVersion = Applied | VersionUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionState:
    """One partitioned table, and where a tenant's rows of it are: in ``partitions`` of the tenant's own.

    ``partitions`` is empty where no partition takes the tenant's value of the key: its rows go to the partition
    ``default``, and are refused where there is none. ``unread`` says why it is not known (the table is partitioned
    otherwise); ``exists`` is false where the database has no such table. ``detaching`` are partitions that take the
    value and are on their way out: PostgreSQL neither reads them nor writes to them. Names are without the schema
    ``public``.
    """

    table: str
    partitions: tuple[str, ...] = ()
    default: str | None = None
    unread: str | None = None
    exists: bool = True
    detaching: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceState:
    """A sequence of a tenant, after the snapshot: ``last`` is the value that it gave last (``None``: none yet), ``end``
    the greatest that it can give, or that the column which owns it can hold. ``unread`` says why ``last`` is not known.
    """

    name: str
    end: int
    table: str | None = None
    column: str | None = None
    step: int = 1
    last: int | None = None
    unread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantState:
    """One tenant in the snapshot; ``shape`` is the digest of its schema, ``None`` where the tenant was not found.

    ``unread`` says why a tenant that may well be there was not looked for. ``partitions`` is there for a tenant whose
    rows are in partitions: its schema then holds the tables of which it has a partition, under the tables' names.
    ``sequences`` are those that end before ``bigint`` does.
    """

    tenant: str
    version: AppliedVersion
    shape: str | None
    unread: str | None = None
    partitions: tuple[PartitionState, ...] = ()
    sequences: tuple[SequenceState, ...] = ()

    @property
    def absence(self) -> str:
        """Why nothing is known of its schema, where nothing is."""
        unknown = self.version.reason if isinstance(self.version, VersionUnknown) else "it was not found"
        return self.unread or unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A distinct tenant schema, once."""

    digest: str
    schema: Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What tenants (sorted) have applied: (version, checksum) as the migration tool stores them, as text, sorted."""

    tenants: tuple[str, ...]
    checksums: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedState:
    """What tenants share: the relations and types that the set of migrations in the folder ``path`` makes, as they are
    in the database, and what of the set is applied. ``checksums`` as in a ledger."""

    path: str
    version: AppliedVersion
    schema: Schema
    checksums: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All tenants of one database at one moment. ``candidates`` are schemas that hold the bookkeeping table
    and belong to no listed tenant. ``ledgers`` are there where the migration tool stores checksums. ``shared`` is
    there where sets of migrations come before the tenants' own, and the database has a server. ``extension_schemas``
    are those beside ``public`` in which the tenants' databases have extensions, sorted."""

    database: str
    server_version: int
    tenants: tuple[TenantState, ...]
    shapes: tuple[Shape, ...]
    candidates: tuple[str, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    shared: tuple[SharedState, ...] = ()
    extension_schemas: tuple[str, ...] = ()

    def shape(self, digest: str) -> Schema:
        return next(shape.schema for shape in self.shapes if shape.digest == digest)

    def state(self, tenant: str) -> TenantState | None:
        return next((state for state in self.tenants if state.tenant == tenant), None)
