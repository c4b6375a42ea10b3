"""Every tenant of one database at one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql

from pytest_errorbudget.model.formats.schema_digest import schema_digest
from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.snapshot import AppliedVersion, Ledger, Shape, Snapshot, TenantState, VersionUnknown
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema, Tenant
from pytest_errorbudget.readers.catalog.read import Connection, run_named
from pytest_errorbudget.readers.catalog.tenant_schemas import read_schemas
from pytest_errorbudget.readers.catalog.versions import Checksums, Ledgers, Versions
from pytest_errorbudget.readers.migrations.tools import TOOLS
from pytest_errorbudget.readers.scratch.open import resolve_url, unreachable

_APPLICATION = "pytest-errorbudget"
_CONNECT_TIMEOUT_S = 10
_SETTINGS = (
    "set local statement_timeout = '60s'",
    "set local lock_timeout = '2s'",
    "set local idle_in_transaction_session_timeout = '120s'",
    "set local search_path = pg_catalog",
)


def read_snapshot(database: Database, expected_schema_name: str, bookkeeping: str, env: Mapping[str, str]) -> Snapshot:
    """Reads all tenants in one ``REPEATABLE READ READ ONLY`` transaction; the role needs no right on any table.

    ``expected_schema_name`` is the name that the migrations use for a tenant's own schema, ``bookkeeping`` the
    migration tool's table. Raises ``Unreadable`` (``server-unreachable``) where the server cannot be read.
    """
    place = f"database {database.name}"
    conninfo = resolve_url(database.url or "", env, place)
    try:
        with _session(conninfo) as session:
            return _read(session, conninfo, database, expected_schema_name, bookkeeping)
    except psycopg.OperationalError as error:
        if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
            raise Unreadable(_too_slow(place, error)) from None
        raise Unreadable(unreachable(place, conninfo, error)) from None


@contextmanager
def _session(conninfo: str, snapshot: str | None = None) -> Iterator[Connection]:
    """One read-only transaction, in the given snapshot or in its own."""
    with psycopg.connect(
        conninfo,
        application_name=_APPLICATION,
        connect_timeout=_CONNECT_TIMEOUT_S,
        prepare_threshold=None,
    ) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        if snapshot is not None:
            connection.execute(sql.SQL("set transaction snapshot {}").format(sql.Literal(snapshot)))
        for setting in _SETTINGS:
            connection.execute(setting.encode())
        yield connection


def _read(session: Connection, conninfo: str, database: Database, expected: str, bookkeeping: str) -> Snapshot:
    wanted = tuple(t.layout.schema for t in database.tenants if isinstance(t.layout, InSchema))
    (kept,) = run_named(session, ("bookkeeping",), bookkeeping=bookkeeping)
    holders = tuple(row[0] for row in kept)
    present = _present(session, wanted)
    schemas = read_schemas(session, present, dict.fromkeys(present, expected), bookkeeping)
    versions = _versions(session, conninfo, database, tuple(s for s in present if s in holders), bookkeeping)
    distinct = {id(schema): schema for schema in schemas.values()}  # equal schemas are one object
    digests = {key: schema_digest(schema) for key, schema in distinct.items()}
    return Snapshot(
        database=database.name,
        server_version=session.info.server_version,
        tenants=tuple(_state(tenant, schemas, digests, versions.applied, bookkeeping) for tenant in database.tenants),
        shapes=tuple(
            Shape(digest=digest, schema=distinct[key]) for key, digest in sorted(digests.items(), key=lambda i: i[1])
        ),
        candidates=tuple(schema for schema in holders if schema not in wanted),
        ledgers=_ledgers(database.tenants, versions),
    )


def _present(session: Connection, wanted: Sequence[str]) -> tuple[str, ...]:
    rows = session.execute(
        "select nspname from pg_catalog.pg_namespace where nspname = any(%s)", (list(wanted),)
    ).fetchall()
    return tuple(sorted({row[0] for row in rows}))


def _state(
    tenant: Tenant,
    schemas: Mapping[str, Schema],
    digests: Mapping[int, str],
    versions: Mapping[str, AppliedVersion],
    bookkeeping: str,
) -> TenantState:
    """One function a layout; those that are not read yet say so, and are counted as not checked."""
    match tenant.layout:
        case InSchema(name) if name not in schemas:
            return TenantState(
                tenant=tenant.name, version=VersionUnknown(f"there is no schema {name} in the database"), shape=None
            )
        case InSchema(name):
            held = f"its schema {name} holds no table {bookkeeping}"
            unknown = VersionUnknown(held if bookkeeping else "no table says which migrations were applied")
            return TenantState(
                tenant=tenant.name, version=versions.get(name, unknown), shape=digests[id(schemas[name])]
            )
        case InPartition():
            return _not_yet(tenant, "a partition per tenant is not read yet")
        case InDatabase():
            return _not_yet(tenant, "a database per tenant is not read yet")


def _ledgers(tenants: Sequence[Tenant], versions: Versions) -> tuple[Ledger, ...]:
    """The tenants by what they have applied."""
    alike: defaultdict[Checksums, list[str]] = defaultdict(list)
    for tenant in tenants:
        if isinstance(tenant.layout, InSchema) and tenant.layout.schema in versions.checksums:
            alike[versions.checksums[tenant.layout.schema]].append(tenant.name)
    return tuple(Ledger(tenants=tuple(sorted(names)), checksums=checksums) for checksums, names in alike.items())


def _not_yet(tenant: Tenant, reason: str) -> TenantState:
    return TenantState(tenant=tenant.name, version=VersionUnknown(reason), shape=None, unread=reason)


def _versions(
    session: Connection, conninfo: str, database: Database, schemas: Sequence[str], bookkeeping: str
) -> Versions:
    """What the schemas' bookkeeping tables say in the snapshot of this session."""
    kind = database.migrations.kind if database.migrations is not None else None
    tool = TOOLS[kind or MigrationKind.SQLX]
    if tool.bookkeeping is None or not schemas:
        return Versions()
    row = session.execute("select pg_catalog.pg_export_snapshot()").fetchone()
    exported = str(row[0]) if row else ""
    return Ledgers(tool.bookkeeping, bookkeeping, lambda: _session(conninfo, exported)).read(schemas)


def _too_slow(place: str, error: psycopg.Error) -> Problem:
    return Problem(
        rule=Rule.SERVER_UNREACHABLE,
        message=f"reading the catalogue was given up: {error.diag.message_primary or error}",
        place=place,
        consequence="The tenants of this database were not checked.",
        help="Run it again when no migration is running, or against a read replica.",
    )
