"""Tenants for later: from a snapshot to what the lock holds of it, and back by way of the replay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pytest_errorbudget.checks.drift import own_schema
from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.formats.schema_digest import schema_digest
from pytest_errorbudget.model.locked_tenants import DIGITS, LockedDatabase, LockedShape
from pytest_errorbudget.model.migration import RealReplay
from pytest_errorbudget.model.patch import patch, patched
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.snapshot import Applied, Shape, Snapshot, TenantState, VersionUnknown
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema, Tenant

TENANTS_FILE = "errorbudget.tenants.toml"


def locked_tenants(database: Database, snapshot: Snapshot, replay: RealReplay | None, read_on: date) -> LockedDatabase:
    """What to keep of ``snapshot``; each distinct schema as what it differs in from the replay."""
    layouts = {tenant.name: tenant for tenant in database.tenants}
    shapes: dict[str, LockedShape] = {}
    for state in sorted(snapshot.tenants, key=lambda state: state.tenant):
        if state.shape is not None and state.shape not in shapes:
            actual = snapshot.shape(state.shape)
            shapes[state.shape] = _locked_shape(state, layouts[state.tenant], actual, replay)
    return LockedDatabase(
        name=database.name,
        read_on=read_on,
        server_version=snapshot.server_version,
        tenants=tuple(replace(s, shape=None if s.shape is None else s.shape[:DIGITS]) for s in snapshot.tenants),
        shapes=tuple(shapes.values()),
        candidates=snapshot.candidates,
        ledgers=snapshot.ledgers,
        extension_schemas=snapshot.extension_schemas,
    )


def _locked_shape(state: TenantState, tenant: Tenant, actual: Schema, replay: RealReplay | None) -> LockedShape:
    there = {(relation.schema, relation.name) for relation in actual.relations}
    empty = LockedShape(
        digest=schema_digest(actual)[:DIGITS],
        base=_base_version(state, replay),
        own=not isinstance(tenant.layout, InDatabase | InPartition),
        tables=tuple(sorted(there)) if isinstance(tenant.layout, InPartition) else None,
        patch=patch(Schema(), Schema()),
    )
    return replace(empty, patch=patch(_base(empty, replay) or Schema(), actual))


def _base_version(state: TenantState, replay: RealReplay | None) -> str | None:
    """The tenant's own version where the replay has it, else the newest."""
    if replay is None or not replay.versions or state.version == Applied(None):
        return None
    own = state.version.version if isinstance(state.version, Applied) else None
    return own if own is not None and replay.at(own) is not None else replay.versions[-1].version


def _base(shape: LockedShape, replay: RealReplay | None) -> Schema | None:
    """The part of the replay from which the shape is told; ``None`` where the replay does not have it."""
    if shape.base is None:
        return Schema()
    found = None if replay is None else replay.at(shape.base)
    if found is None:
        return None
    whole = own_schema(found) if shape.own else found
    if shape.tables is None:
        return whole
    return replace(whole, relations=tuple(r for r in whole.relations if (r.schema, r.name) in shape.tables))


def snapshot_from_lock(database: Database, locked: LockedDatabase, replay: RealReplay | None) -> Snapshot:
    """The snapshot that was kept, for the tenants that the settings list.

    A tenant is ``unread``, with the reason, where it was not kept or where its schema cannot be rebuilt as it was:
    the digest tells.
    """
    rebuilt = {shape.digest: _rebuilt(shape, replay) for shape in locked.shapes}
    kept = {state.tenant: state for state in locked.tenants}
    states = tuple(_state(tenant.name, kept.get(tenant.name), locked, rebuilt) for tenant in database.tenants)
    used = {state.shape for state in states}
    listed = {tenant.layout.schema for tenant in database.tenants if isinstance(tenant.layout, InSchema)}
    shapes = (shape for shape in rebuilt.values() if shape is not None and shape.digest in used)
    return Snapshot(
        database=database.name,
        server_version=locked.server_version,
        tenants=states,
        shapes=tuple(sorted(shapes, key=lambda shape: shape.digest)),
        candidates=tuple(schema for schema in locked.candidates if schema not in listed),
        ledgers=locked.ledgers,
        extension_schemas=locked.extension_schemas,
    )


def filled_from_lock(
    database: Database, snapshot: Snapshot, locked: LockedDatabase, replay: RealReplay | None
) -> tuple[Snapshot, frozenset[str]]:
    """The snapshot with what was kept of the tenants that could not be read, and their names."""
    missing = {state.tenant for state in snapshot.tenants if state.unread is not None}
    if not missing:
        return snapshot, frozenset()
    kept = snapshot_from_lock(database, locked, replay)
    states = {state.tenant: state for state in kept.tenants if state.tenant in missing and state.unread is None}
    shapes = {shape.digest: shape for shape in snapshot.shapes}
    shapes |= {shape.digest: shape for shape in kept.shapes if any(s.shape == shape.digest for s in states.values())}
    more = (replace(each, tenants=tuple(name for name in each.tenants if name in states)) for each in kept.ledgers)
    filled = replace(
        snapshot,
        server_version=snapshot.server_version or kept.server_version,
        tenants=tuple(states.get(state.tenant, state) for state in snapshot.tenants),
        shapes=tuple(shapes[digest] for digest in sorted(shapes)),
        ledgers=(*snapshot.ledgers, *(ledger for ledger in more if ledger.tenants)),
        extension_schemas=tuple(sorted({*snapshot.extension_schemas, *kept.extension_schemas})),
    )
    return filled, frozenset(states)


def _rebuilt(shape: LockedShape, replay: RealReplay | None) -> Shape | None:
    base = _base(shape, replay)
    if base is None:
        return None
    schema = patched(base, shape.patch)
    digest = schema_digest(schema)
    return Shape(digest=digest, schema=schema) if digest[:DIGITS] == shape.digest else None


def _state(
    name: str, kept: TenantState | None, locked: LockedDatabase, rebuilt: dict[str, Shape | None]
) -> TenantState:
    if kept is None:
        reason = f"it is not in {TENANTS_FILE}; `--errorbudget-update` with its server in reach puts it there"
        return TenantState(tenant=name, version=VersionUnknown(reason), shape=None, unread=reason)
    if kept.shape is None:
        return kept
    shape = rebuilt.get(kept.shape)
    if shape is not None:
        return replace(kept, shape=shape.digest)
    reason = (
        f"its schema of {locked.read_on} cannot be rebuilt from {TENANTS_FILE}: the migrations that it had applied, "
        "or the server that replays them, changed since; `--errorbudget-update` writes it anew"
    )
    return replace(kept, shape=None, unread=reason)


def updated(
    databases: tuple[Database, ...], facts: tuple[DatabaseFacts, ...], before: tuple[LockedDatabase, ...], today: date
) -> tuple[LockedDatabase, ...]:
    """Databases that were read, as they are; those that were not, as they were kept; others are dropped."""
    read = {each.name: each for each in facts}
    kept = {each.name: each for each in before}
    result: list[LockedDatabase] = []
    for database in databases:
        found = read.get(database.name)
        if found is not None and found.snapshot is not None:
            result.append(locked_tenants(database, found.snapshot, found.replay, today))
        elif database.name in kept:
            result.append(kept[database.name])
    return tuple(result)
