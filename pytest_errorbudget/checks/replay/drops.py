"""DROP of anything."""

from __future__ import annotations

from typing import assert_never

from pytest_errorbudget.checks.replay.columns import remove_column
from pytest_errorbudget.checks.replay.composites import forget_members_of_type
from pytest_errorbudget.checks.replay.dropping import drop_relation
from pytest_errorbudget.checks.replay.extensions import TYPE_EXTENSIONS
from pytest_errorbudget.checks.replay.guards import drop_from_extension, drop_from_schema
from pytest_errorbudget.checks.replay.state import Key, NotReplayed, State
from pytest_errorbudget.model.change import Drop
from pytest_errorbudget.model.change_parts import Dependents, DroppedKind, Existing


def drop(state: State, change: Drop) -> None:
    match change.kind:
        case DroppedKind.RELATION:
            _relation(state, change)
        case DroppedKind.INDEX:
            _index(state, change)
        case DroppedKind.TYPE:
            _type(state, change)
        case DroppedKind.SCHEMA:
            _schema(state, change.name.name)
        case DroppedKind.EXTENSION:
            _extension(state, change.name.name)
        case _:
            assert_never(change.kind)


def _relation(state: State, change: Drop) -> None:
    table = state.find(change.name)
    if table is not None:
        drop_relation(state, table, change.dependents)
    elif change.missing is not Existing.SKIPS:
        raise NotReplayed(f"no relation `{change.name}` is known here", state.new_key(change.name))


def _index(state: State, change: Drop) -> None:
    found = state.find_index(change.name)
    if found is not None:
        table, index = found
        state.remove_index(table, index.name)
        for child in table.children:
            _index_below(state, child.key, index.keys)
    elif change.missing is not Existing.SKIPS:
        raise NotReplayed(f"no index `{change.name}` is known here")


def _index_below(state: State, key: Key, keys: list[str]) -> None:
    """A partition's index goes with its parent's."""
    table = state.tables[key]
    for index in [i for i in table.indexes.values() if i.keys == keys and i.name not in table.constraints][:1]:
        state.remove_index(table, index.name)
        for child in table.children:
            _index_below(state, child.key, keys)


def _type(state: State, change: Drop) -> None:
    key = state.type_key(change.name)
    if key is not None:
        _forget_type(state, key, change.dependents)


def _forget_type(state: State, key: Key, dependents: Dependents) -> None:
    state.enums.pop(key, None)
    state.domains.pop(key, None)
    state.composites.pop(key, None)
    state.other_types.discard(key)
    if dependents is not Dependents.CASCADE:
        return
    for domain in [k for k, d in state.domains.items() if (d.base.schema, d.base.name) == key]:
        _forget_type(state, domain, dependents)
    forget_members_of_type(state, key)
    _drop_columns(state, key)


def _drop_columns(state: State, key: Key) -> None:
    for table in list(state.tables.values()):
        for name in [c.name for c in table.columns.values() if (c.type.schema, c.type.name) == key]:
            remove_column(state, table, name)


def _schema(state: State, name: str) -> None:
    for table in [t for t in state.tables.values() if t.schema == name]:
        drop_relation(state, table, Dependents.CASCADE)
    for key in [k for k in (*state.enums, *state.domains, *state.composites, *state.other_types) if k[0] == name]:
        _forget_type(state, key, Dependents.CASCADE)
    for extension in [e for e, schema in state.extensions.items() if schema == name]:
        _extension(state, extension)
    drop_from_schema(state, name)
    state.schemas.discard(name)


def _extension(state: State, name: str) -> None:
    drop_from_extension(state)
    schema = state.extensions.pop(name, None)
    if schema is None:
        return
    for type_name in [t for t, extension in TYPE_EXTENSIONS.items() if extension == name]:
        _drop_columns(state, (schema, type_name))
