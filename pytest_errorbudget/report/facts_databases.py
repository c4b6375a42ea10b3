"""Databases, migrations and tenants as the facts file writes them."""

from __future__ import annotations

from typing import Literal, assert_never

from pytest_errorbudget.model.facts import DatabaseFacts, SetFacts
from pytest_errorbudget.model.migration import MigrationFailure, MigrationFile, Opaque
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.model.snapshot import Applied, Snapshot, TenantState, VersionUnknown
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema, Tenant
from pytest_errorbudget.report.facts_format import (
    FactDatabase,
    FactFailure,
    FactMigration,
    FactMigrations,
    FactOpaque,
    FactSet,
    FactTenant,
)
from pytest_errorbudget.report.facts_schema import fact_schema


def fact_database(database: DatabaseFacts, settings: Settings) -> FactDatabase:
    replay, snapshot = database.replay, database.snapshot
    tenants = [tenant for tenant in settings.tenants if tenant.database == database.name]
    return FactDatabase(
        name=database.name,
        server_version=None if replay is None else replay.server_version,
        migrations=None if database.migrations is None else _migrations(database.sets[-1]),
        static=None if database.static is None else fact_schema(database.static.schema),
        replayed=None if replay is None else fact_schema(replay.newest),
        tenants=tuple(_tenant(tenant, snapshot) for tenant in sorted(tenants, key=lambda t: t.name)),
        shapes={
            shape.digest: fact_schema(shape.schema)
            for shape in sorted(snapshot.shapes if snapshot else (), key=lambda shape: shape.digest)
        },
        base=tuple(_set(each, snapshot) for each in database.base),
    )


def _set(each: SetFacts, snapshot: Snapshot | None) -> FactSet:
    shared = snapshot.shared if snapshot is not None else ()
    state = next((state for state in shared if state.path == each.migrations.path), None)
    return FactSet(
        migrations=_migrations(each),
        static=None if each.static is None else fact_schema(each.static.schema),
        replayed=None if each.replay is None else fact_schema(each.replay.newest),
        version=state.version.version if state is not None and isinstance(state.version, Applied) else None,
        shape=None if state is None else fact_schema(state.schema),
    )


def _migrations(each: SetFacts) -> FactMigrations:
    opaque = each.static.opaque if each.static else ()
    failure = each.replay.failure if each.replay else None
    return FactMigrations(
        kind=each.migrations.kind.value,
        path=each.migrations.path,
        files=tuple(_file(file, opaque) for file in each.migrations.files),
        failed=None if failure is None else _failure(failure),
    )


def _file(file: MigrationFile, opaque: tuple[Opaque, ...]) -> FactMigration:
    here = sorted((one for one in opaque if one.span.path == file.path), key=lambda one: one.span.line)
    return FactMigration(
        path=file.path,
        version=file.version,
        statements=len(file.statements),
        opaque=tuple(FactOpaque(line=one.span.line, statement=one.statement, reason=one.reason) for one in here),
    )


def _failure(failure: MigrationFailure) -> FactFailure:
    span = failure.span
    return FactFailure(
        path=span.path, line=span.line, column=span.column, sqlstate=failure.sqlstate, message=failure.message
    )


def _tenant(tenant: Tenant, snapshot: Snapshot | None) -> FactTenant:
    state = None if snapshot is None else snapshot.state(tenant.name)
    return FactTenant(
        name=tenant.name,
        layout=_layout(tenant),
        version=state.version.version if state is not None and isinstance(state.version, Applied) else None,
        shape=None if state is None else state.shape,
        error=_error(state, snapshot),
    )


def _layout(tenant: Tenant) -> Literal["schema", "partition", "database"]:
    match tenant.layout:
        case InSchema():
            return "schema"
        case InPartition():
            return "partition"
        case InDatabase():
            return "database"
    assert_never(tenant.layout)


def _error(state: TenantState | None, snapshot: Snapshot | None) -> str | None:
    if snapshot is None:
        return "the database was not read"
    if state is None or state.shape is None:
        return (state.unread if state is not None else None) or "the tenant was not found in the database"
    return state.version.reason if isinstance(state.version, VersionUnknown) else None
