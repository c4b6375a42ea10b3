"""Every tenant of one database at one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import psycopg

from pytest_errorbudget.model.formats.schema_digest import schema_digests
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.snapshot import Ledger, Shape, SharedState, Snapshot, TenantState
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema
from pytest_errorbudget.readers.catalog.in_databases import read_in_databases
from pytest_errorbudget.readers.catalog.in_partitions import read_in_partitions
from pytest_errorbudget.readers.catalog.in_schemas import read_in_schemas
from pytest_errorbudget.readers.catalog.reading import Reading, Source, TenantRead
from pytest_errorbudget.readers.catalog.sequences import with_sequences
from pytest_errorbudget.readers.catalog.session import not_read, read_only
from pytest_errorbudget.readers.catalog.shared import SharedSet, read_shared
from pytest_errorbudget.readers.catalog.versions import Checksums
from pytest_errorbudget.readers.scratch.open import resolve_url


def read_snapshot(
    database: Database,
    expected_schema_name: str,
    bookkeeping: str,
    env: Mapping[str, str],
    shared: Sequence[SharedSet] = (),
) -> Snapshot:
    """Reads all tenants in one ``REPEATABLE READ READ ONLY`` transaction; the role needs no right on any table.

    Tenants with databases of their own are read in one such transaction each, all of which held at one moment; one
    that cannot be read is ``unread`` with the reason, and ``server_version`` is the newest that answered (0: none).
    ``expected_schema_name`` is the name that the migrations use for a tenant's own schema, ``bookkeeping`` the
    migration tool's table; ``shared`` are the sets of migrations before the tenants' own.
    Raises ``Unreadable`` (``server-unreachable``) where the database itself cannot be read.
    """
    kind = database.migrations.kind if database.migrations is not None else None
    source = Source(expected=expected_schema_name, bookkeeping=bookkeeping, kind=kind)
    apart = tuple((t, t.layout) for t in database.tenants if isinstance(t.layout, InDatabase))
    reads, server_version = read_in_databases(apart, source, env)
    if database.url is None and apart:
        return with_sequences(_snapshot(database, reads, server_version), database, env)
    within = _within(database, source, env, shared)
    snapshot = _snapshot(database, (*reads, *within.reads), within.server_version)
    complete = replace(
        snapshot,
        candidates=within.candidates,
        shared=within.shared,
        extension_schemas=tuple(sorted({*snapshot.extension_schemas, *within.extension_schemas})),
    )
    return with_sequences(complete, database, env)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Within:
    """The tenants that share a database, the schemas that may be tenants unlisted, and what the tenants share."""

    reads: tuple[TenantRead, ...]
    candidates: tuple[str, ...]
    shared: tuple[SharedState, ...]
    server_version: int
    extension_schemas: tuple[str, ...]


def _within(database: Database, source: Source, env: Mapping[str, str], shared: Sequence[SharedSet]) -> _Within:
    """Of the database of the settings' ``url``."""
    place = f"database {database.name}"
    conninfo = resolve_url(database.url or "", env, place)
    schemas = tuple((t, t.layout) for t in database.tenants if isinstance(t.layout, InSchema))
    partitions = tuple((t, t.layout) for t in database.tenants if isinstance(t.layout, InPartition))
    try:
        with read_only(conninfo) as session:
            reading = Reading(session=session, conninfo=conninfo, source=source)
            holders = reading.holders()
            reads = (
                *(read_in_schemas(reading, schemas, holders) if schemas or not partitions else ()),
                *(read_in_partitions(reading, partitions, holders) if partitions else ()),
            )
            listed = {layout.schema for _, layout in schemas}
            by_schema = bool(schemas) or not partitions
            known = listed | {name for each in shared for name in (*each.schemas, source.expected)}
            return _Within(
                reads=reads,
                candidates=tuple(schema for schema in holders if by_schema and schema not in known),
                shared=tuple(read_shared(reading, each, sorted(listed)) for each in shared),
                server_version=session.info.server_version,
                extension_schemas=reading.extension_schemas(),
            )
    except psycopg.OperationalError as error:
        raise Unreadable(not_read(place, conninfo, error)) from None


def _snapshot(database: Database, reads: Sequence[TenantRead], server_version: int) -> Snapshot:
    schemas = {id(read.schema): read.schema for read in reads if read.schema is not None}  # equal ones are one object
    digests = dict(zip(schemas, schema_digests(tuple(schemas.values())), strict=True))
    shapes: dict[str, Schema] = {digests[key]: schema for key, schema in schemas.items()}
    by_name = {read.tenant.name: read for read in reads}
    return Snapshot(
        database=database.name,
        server_version=server_version,
        tenants=tuple(_state(by_name[tenant.name], digests) for tenant in database.tenants),
        shapes=tuple(Shape(digest=digest, schema=schema) for digest, schema in sorted(shapes.items())),
        ledgers=_ledgers(by_name[tenant.name] for tenant in database.tenants),
        extension_schemas=tuple(sorted({schema for read in reads for schema in read.extension_schemas})),
    )


def _state(read: TenantRead, digests: Mapping[int, str]) -> TenantState:
    return TenantState(
        tenant=read.tenant.name,
        version=read.version,
        shape=None if read.schema is None else digests[id(read.schema)],
        unread=read.unread,
        partitions=read.partitions,
    )


def _ledgers(reads: Iterable[TenantRead]) -> tuple[Ledger, ...]:
    """The tenants by what they have applied."""
    alike: defaultdict[Checksums, list[str]] = defaultdict(list)
    for read in reads:
        if read.checksums is not None:
            alike[read.checksums].append(read.tenant.name)
    return tuple(Ledger(tenants=tuple(sorted(names)), checksums=checksums) for checksums, names in alike.items())
