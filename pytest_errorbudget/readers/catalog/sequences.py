"""How far the sequences of tenants are.

Their values follow no snapshot, and reading one takes a lock on it: so they are read after the snapshot, some schemas
at a time, each time in a short transaction of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import psycopg

from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.snapshot import SequenceState, Snapshot, TenantState
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema
from pytest_errorbudget.readers.catalog.read import run_named
from pytest_errorbudget.readers.catalog.session import read_only
from pytest_errorbudget.readers.scratch.open import resolve_url

_SCHEMAS = 50  # in one transaction: each sequence in them is locked until it ends

Found = Mapping[str, tuple[SequenceState, ...]]


def with_sequences(snapshot: Snapshot, database: Database, env: Mapping[str, str]) -> Snapshot:
    """The snapshot with the sequences of the tenants that were read; those of partitions belong to no tenant alone."""
    layouts = {tenant.name: tenant.layout for tenant in database.tenants}
    schemas = {
        state.tenant: layout.schema
        for state in snapshot.tenants
        if state.shape is not None and isinstance(layout := layouts[state.tenant], InSchema)
    }
    shared = _read(database.url, sorted(set(schemas.values())), env) if schemas else {}
    return replace(
        snapshot,
        tenants=tuple(_with(state, layouts[state.tenant], shared, env) for state in snapshot.tenants),
    )


def _with(
    state: TenantState, layout: InSchema | InDatabase | InPartition, shared: Found, env: Mapping[str, str]
) -> TenantState:
    if state.shape is None or isinstance(layout, InPartition):
        return state
    if isinstance(layout, InSchema):
        return replace(state, sequences=shared.get(layout.schema, ()))
    found = _read(layout.url, None, env)
    return replace(state, sequences=tuple(one for schema in sorted(found) for one in found[schema]))


def _read(url: str | None, schemas: Sequence[str] | None, env: Mapping[str, str]) -> Found:
    """By schema; of every schema of the database where ``schemas`` is ``None``."""
    found: defaultdict[str, list[SequenceState]] = defaultdict(list)
    try:
        conninfo = resolve_url(url or "", env, "sequences")
        with read_only(conninfo) as session:
            if schemas is None:
                schemas = [row[0] for row in run_named(session, ("user_schemas",))[0]]
            (rows,) = run_named(session, ("sequence_schemas",), schemas=list(schemas))
        schemas = [row[0] for row in rows]
        for start in range(0, len(schemas), _SCHEMAS):
            some = schemas[start : start + _SCHEMAS]
            for schema, state in _states(conninfo, some):
                found[schema].append(state)
    except (psycopg.Error, Unreadable):
        return {schema: (_unread(schema),) for schema in schemas or ()}
    return {schema: tuple(states) for schema, states in found.items()}


def _states(conninfo: str, schemas: Sequence[str]) -> Iterable[tuple[str, SequenceState]]:
    with read_only(conninfo) as session:
        (rows,) = run_named(session, ("sequences",), schemas=list(schemas))
    return [(row[0], _state(*row[1:])) for row in rows]


def _state(
    name: str, table: str | None, column: str | None, end: int, step: int, readable: bool, last: int | None
) -> SequenceState:
    reason = None if readable else "this role may not read it"
    return SequenceState(name=name, table=table, column=column, end=end, step=step, last=last, unread=reason)


def _unread(schema: str) -> SequenceState:
    return SequenceState(name=f"of {schema}", end=0, unread="they could not be read in time")
