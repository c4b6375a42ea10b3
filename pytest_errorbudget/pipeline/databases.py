"""One database: its migrations, both replays of them, the snapshot of its tenants, and the typing of its queries."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.differences import differences
from pytest_errorbudget.model.facts import DatabaseFacts, QueryKey, SetFacts, ShapeTyping
from pytest_errorbudget.model.item import migration_item
from pytest_errorbudget.model.migration import MigrationSet, RealReplay, StaticReplay
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.settings import Database, MigrationSettings
from pytest_errorbudget.model.sli_query import SliQuery
from pytest_errorbudget.model.snapshot import Applied, Snapshot
from pytest_errorbudget.pipeline.gathering import Gathering
from pytest_errorbudget.pipeline.servers import Servers
from pytest_errorbudget.pipeline.tenants import read_tenants

if TYPE_CHECKING:
    from pytest_errorbudget.readers.shape_request import ShapeRequest


def read_database(gathering: Gathering, servers: Servers, database: Database) -> DatabaseFacts:
    """Everything about a database but its queries' types."""
    facts = DatabaseFacts(name=database.name)
    for settings in database.migration_sets:
        whole = facts.is_whole and all(each.is_replayed for each in facts.sets)
        migrations = gathering.attempt(partial(_migrations, gathering, settings), None, database.span)
        facts = _with_set(gathering, servers, migrations, facts) if whole else _unbuilt(migrations, facts)
    if not database.tenants and not database.is_live:
        return facts
    found = read_tenants(gathering, database, facts.replay, lambda: _snapshot(database, facts))
    return replace(facts, snapshot=found.snapshot, kept=found.kept)


def _with_set(
    gathering: Gathering, servers: Servers, migrations: MigrationSet | None, facts: DatabaseFacts
) -> DatabaseFacts:
    """With a set that builds on those that are there."""
    base = facts.sets
    if migrations is None:
        return replace(facts, migrations=None, static=None, replay=None, base=base, is_whole=False)
    found = _replayed(gathering, servers, replace(migrations, before=base[-1].migrations if base else None))
    return replace(facts, migrations=found.migrations, static=found.static, replay=found.replay, base=base)


def _unbuilt(migrations: MigrationSet | None, facts: DatabaseFacts) -> DatabaseFacts:
    """With a set that is not run, because one before it does not come to its end."""
    return replace(facts, migrations=migrations, static=None, replay=None, base=facts.sets, is_whole=False)


def _replayed(gathering: Gathering, servers: Servers, migrations: MigrationSet) -> SetFacts:
    if migrations.is_unread:
        return SetFacts(migrations=migrations)
    static = static_replay(migrations)
    paths = {file.path for file in migrations.files}
    gathering.unchecked.extend(
        Unchecked("statement", f"{opaque.span.path}:{opaque.span.line}", opaque.reason, opaque.span)
        for opaque in static.opaque
        if opaque.span.path in paths
    )
    real = gathering.attempt(lambda: _real(servers, migrations, static), None)
    gathering.unchecked.extend(
        Unchecked("statement", f"{changed.span.path}:{changed.span.line}", changed.reason, changed.span)
        for changed in (real.changed if real is not None else ())
    )
    return SetFacts(migrations=migrations, static=static, replay=real)


def _migrations(gathering: Gathering, settings: MigrationSettings) -> MigrationSet:
    from pytest_errorbudget.readers.migrations.reader import read_migration_set

    migrations, problems = read_migration_set(gathering.request.project.root, settings)
    gathering.problems.extend(problems)
    gathering.unchecked.extend(
        Unchecked("migration", file.path, file.unread, None, (migration_item(file.path),))
        for file in migrations.files
        if file.unread is not None
    )
    return migrations


def static_replay(migrations: MigrationSet) -> StaticReplay:
    from pytest_errorbudget.pipeline.kept import kept_static
    from pytest_errorbudget.readers.result_cache import users_cache

    return kept_static(users_cache(), migrations)


def _real(servers: Servers, migrations: MigrationSet, static: StaticReplay) -> RealReplay:
    """PostgreSQL's replay, with the places that the static one knows."""
    from pytest_errorbudget.checks.origins import with_origins
    from pytest_errorbudget.pipeline.kept import kept_replay
    from pytest_errorbudget.readers.result_cache import users_cache

    real = kept_replay(users_cache(), servers, migrations)
    versions = tuple(replace(v, schema=with_origins(v.schema, static.schema)) for v in real.versions)
    return replace(real, versions=versions)


def _snapshot(database: Database, facts: DatabaseFacts) -> Snapshot:
    from pytest_errorbudget.readers.apply_migrations import bookkeeping_table
    from pytest_errorbudget.readers.catalog import read_snapshot
    from pytest_errorbudget.readers.catalog.shared import SharedSet

    settings, migrations = database.migrations, facts.migrations
    if settings is None or migrations is None:
        named = settings.bookkeeping if settings is not None else None
        return read_snapshot(database, "public", named or "_sqlx_migrations", os.environ)
    known = replace(database, migrations=replace(settings, kind=migrations.kind))
    shared = tuple(
        SharedSet(
            path=each.migrations.path,
            kind=each.migrations.kind,
            bookkeeping=bookkeeping_table(each.migrations),
            makes=each.replay.newest,
        )
        for each in facts.base
        if each.replay is not None
    )
    return read_snapshot(known, "public", bookkeeping_table(migrations), os.environ, shared)


def type_database(
    gathering: Gathering,
    servers: Servers,
    facts: DatabaseFacts,
    contracts: Contracts,
    sli_queries: tuple[SliQuery, ...],
) -> DatabaseFacts:
    """The same facts with every literal query prepared in every distinct shape of the tenants."""
    if facts.migrations is None or facts.replay is None or not facts.replay.versions:
        return facts
    from pytest_errorbudget.checks.contracts.declared import declared_types
    from pytest_errorbudget.pipeline.kept import kept_typings
    from pytest_errorbudget.pipeline.sli import asked_queries
    from pytest_errorbudget.readers.result_cache import users_cache
    from pytest_errorbudget.readers.shape_request import Query

    database = next(d for d in gathering.request.project.settings.databases if d.name == facts.name)
    declared = declared_types(contracts, facts.replay.newest)
    queries = tuple(
        Query(QueryKey(query.path, query.function, query.ordinal), query.sql, declared(query))
        for query in contracts.queries
        if query.sql is not None and (not database.services or query.crate in database.services)
    ) + asked_queries(sli_queries)
    migrations = facts.migrations
    nothing: tuple[ShapeTyping, ...] = ()
    shapes = _shapes(database, facts)
    typings = gathering.attempt(lambda: kept_typings(users_cache(), servers, migrations, shapes, queries), nothing)
    return replace(facts, typings=typings)


def _shapes(database: Database, facts: DatabaseFacts) -> tuple[ShapeRequest, ...]:
    """One request a shape: the replay at the version of a tenant that has it, mended to what the tenant shows. And one
    for the newest replay: macros are compiled against it, and the tenants are to have it next."""
    from pytest_errorbudget.checks.drift import comparable, scope_of
    from pytest_errorbudget.checks.mending import mending
    from pytest_errorbudget.checks.reordering import reordering
    from pytest_errorbudget.checks.shared_sets import without
    from pytest_errorbudget.readers.shape_request import ShapeRequest

    replay, snapshot = facts.replay, facts.snapshot
    if replay is None or snapshot is None or not any(state.shape for state in snapshot.tenants):
        # Migrations that stop at a failure still build what came before it.
        version = replay.versions[-1].version if replay is not None and replay.failure is not None else None
        return (ShapeRequest(digest=None, version=version, mending=()),)
    requests: dict[str, ShapeRequest] = {}
    for state in snapshot.tenants:
        if state.shape is None or state.shape in requests:
            continue
        version = state.version.version if isinstance(state.version, Applied) else None
        expected = replay.at(version) if version is not None else None
        if expected is None:
            version, expected = replay.versions[-1].version, replay.newest
        expected = without(expected, facts.shared_schema)
        compared = comparable(scope_of(database, state), expected, snapshot.shape(state.shape))
        steps = (*mending(differences(*compared)), *reordering(*compared))
        requests[state.shape] = ShapeRequest(
            digest=state.shape, version=version, mending=steps, extension_schemas=snapshot.extension_schemas
        )
    newest = (
        (ShapeRequest(digest=None, extension_schemas=snapshot.extension_schemas),) if replay.failure is None else ()
    )
    return (*requests.values(), *newest)
