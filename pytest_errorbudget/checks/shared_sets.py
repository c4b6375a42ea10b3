"""Databases with several sets of migrations: what a set makes is told apart from what the sets before it made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pytest_errorbudget.model.facts import DatabaseFacts, SetFacts
from pytest_errorbudget.model.migration import RealReplay
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.settings import Database, MigrationScope, MigrationSettings
from pytest_errorbudget.model.snapshot import Ledger, Shape, SharedState, Snapshot, TenantState
from pytest_errorbudget.model.tenant import InDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One set as the checks of a database with one set take it: its settings, its replay, and what the tenants have of
    it."""

    database: Database
    facts: SetFacts
    replay: RealReplay | None
    snapshot: Snapshot


def without(schema: Schema, base: Schema) -> Schema:
    """The schema less everything that has the name of something in ``base``."""
    if base == Schema():
        return schema
    relations = {(part.schema, part.name) for part in base.relations}
    enums = {(part.schema, part.name) for part in base.enums}
    domains = {(part.schema, part.name) for part in base.domains}
    composites = {(part.schema, part.name) for part in base.composites}
    return replace(
        schema,
        relations=tuple(part for part in schema.relations if (part.schema, part.name) not in relations),
        enums=tuple(part for part in schema.enums if (part.schema, part.name) not in enums),
        domains=tuple(part for part in schema.domains if (part.schema, part.name) not in domains),
        composites=tuple(part for part in schema.composites if (part.schema, part.name) not in composites),
    )


def parts(database: Database, facts: DatabaseFacts) -> Iterator[Part | Unchecked]:
    """The tenants' own set first, then each that they share and whose state in the database was read."""
    snapshot = facts.snapshot
    if snapshot is None:
        return
    if facts.migrations is not None:
        yield Part(
            database=database,
            facts=facts.sets[-1],
            replay=None if facts.replay is None else _less(facts.replay, facts.shared_schema),
            snapshot=_own(database, snapshot, facts.shared_schema),
        )
    states = {state.path: state for state in snapshot.shared}
    made = Schema()
    for each in facts.base:
        state = states.get(each.migrations.path)
        if state is None:
            reason = "what the tenants share was not read: the database has no server that was"
            yield Unchecked("migration folder", each.migrations.path, reason, database.span)
        elif each.replay is not None:
            yield _shared(database, each, each.replay, state, made)
        made = made if each.replay is None else each.replay.newest


def _less(replay: RealReplay, base: Schema) -> RealReplay:
    return replace(replay, versions=tuple(replace(v, schema=without(v.schema, base)) for v in replay.versions))


def _own(database: Database, snapshot: Snapshot, base: Schema) -> Snapshot:
    """A tenant's schema holds nothing that tenants share; a database of its own does."""
    if not any(isinstance(tenant.layout, InDatabase) for tenant in database.tenants):
        return snapshot
    return replace(snapshot, shapes=tuple(replace(s, schema=without(s.schema, base)) for s in snapshot.shapes))


def _shared(database: Database, facts: SetFacts, replay: RealReplay, state: SharedState, base: Schema) -> Part:
    """Every tenant has what is shared, in whole: as if each were in a database of its own that holds just that."""
    shape = Shape(digest=state.path, schema=without(state.schema, base))
    names = tuple(sorted(tenant.name for tenant in database.tenants))
    return Part(
        database=replace(
            database,
            migrations=MigrationSettings(path=facts.migrations.path, scope=MigrationScope.SHARED),
            tenants=tuple(replace(tenant, layout=InDatabase("")) for tenant in database.tenants),
        ),
        facts=facts,
        replay=_less(replay, base),
        snapshot=Snapshot(
            database=database.name,
            server_version=0,
            tenants=tuple(TenantState(tenant=name, version=state.version, shape=shape.digest) for name in names),
            shapes=(shape,),
            ledgers=(Ledger(tenants=names, checksums=state.checksums),) if state.checksums else (),
        ),
    )
