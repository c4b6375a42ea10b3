"""Objects under another name or in another schema."""

from __future__ import annotations

from dataclasses import replace

from pytest_errorbudget.checks.replay.constraints import renamed
from pytest_errorbudget.checks.replay.extensions import TYPE_EXTENSIONS
from pytest_errorbudget.checks.replay.state import Key, NotReplayed, State, TableState
from pytest_errorbudget.model.change import RenameSchema, RenameType, SetExtensionSchema, SetTypeSchema
from pytest_errorbudget.model.change_parts import Existing, Name
from pytest_errorbudget.model.change_table import RenameRelation, SetRelationSchema
from pytest_errorbudget.model.source import Span


def rename_relation(state: State, change: RenameRelation) -> None:
    """A table, a view, or an index, which PostgreSQL accepts under ALTER TABLE too."""
    table = state.find(change.name)
    if table is not None:
        _move(state, table, (table.schema, change.to))
        table.origin = change.origin
        return
    found = state.find_index(change.name)
    if found is not None:
        _rename_index(state, found[0], found[1].name, change.to)
    elif change.missing is not Existing.SKIPS:
        raise NotReplayed(f"no relation `{change.name}` is known here", state.new_key(change.name))


def set_relation_schema(state: State, change: SetRelationSchema) -> None:
    table = state.find(change.name) if change.missing is Existing.SKIPS else state.table(change.name)
    if table is not None:
        _move(state, table, (change.schema, table.name))


def rename_type(state: State, change: RenameType) -> None:
    key = _type(state, change.name)
    _move_type(state, key, (key[0], change.to), change.origin)


def set_type_schema(state: State, change: SetTypeSchema) -> None:
    key = _type(state, change.name)
    _move_type(state, key, (change.schema, key[1]), change.origin)


def set_extension_schema(state: State, change: SetExtensionSchema) -> None:
    old = state.extensions.get(change.name)
    if old is None:
        raise NotReplayed(f"no extension `{change.name}` is known here")
    state.extensions[change.name] = change.schema
    for name in [name for name, extension in TYPE_EXTENSIONS.items() if extension == change.name]:
        _retype(state, (old, name), (change.schema, name))


def rename_schema(state: State, change: RenameSchema) -> None:
    for table in [t for t in state.tables.values() if t.schema == change.name]:
        _move(state, table, (change.to, table.name))
    types = (*state.enums, *state.domains, *state.composites, *state.other_types)
    for key in [key for key in types if key[0] == change.name]:
        _move_type(state, key, (change.to, key[1]), change.origin)
    state.schemas.discard(change.name)
    state.schemas.add(change.to)


def _move(state: State, table: TableState, key: Key) -> None:
    if key == table.key:
        return
    if state.relation_name_taken(key):
        raise NotReplayed(f"`{key[1]}` is there already", table.key)
    old = table.key
    del state.tables[old]
    for name in table.indexes:
        del state.index_tables[table.schema, name]
    for name in table.constraints:
        state.constraint_names[table.schema, name] -= 1
    table.schema, table.name = key
    state.tables[key] = table
    for name in table.indexes:
        state.index_tables[table.schema, name] = table
    for name in table.constraints:
        state.constraint_names[table.schema, name] += 1
    if old in state.inexact:
        state.leave((key,), state.inexact[old])
    _retype(state, old, key)


def _rename_index(state: State, table: TableState, name: str, to: str) -> None:
    constraint = table.constraints.get(name)
    if constraint is not None:
        renamed(state, table, constraint, to)
        return
    index = table.indexes[name]
    state.remove_index(table, name)
    index.name = to
    state.add_index(table, index)


def _type(state: State, name: Name) -> Key:
    key = state.type_key(name)
    if key is None:
        raise NotReplayed(f"no type `{name}` is known here")
    return key


def _move_type(state: State, old: Key, new: Key, origin: Span) -> None:
    if old in state.enums:
        state.enums[new] = state.enums.pop(old)
        state.enums[new].origin = origin
    if old in state.domains:
        state.domains[new] = state.domains.pop(old)
        state.domains[new].origin = origin
    if old in state.composites:
        state.composites[new] = state.composites.pop(old)
        state.composites[new].origin = origin
    if old in state.other_types:
        state.other_types.remove(old)
        state.other_types.add(new)
    _retype(state, old, new)


def _retype(state: State, old: Key, new: Key) -> None:
    """Columns, members and domains of a type follow its name."""
    for table in state.tables.values():
        for column in table.columns.values():
            if (column.type.schema, column.type.name) == old:
                column.type = replace(column.type, schema=new[0], name=new[1])
    for domain in state.domains.values():
        if (domain.base.schema, domain.base.name) == old:
            domain.base = replace(domain.base, schema=new[0], name=new[1])
    for composite in state.composites.values():
        for name, pg in composite.fields.items():
            if (pg.schema, pg.name) == old:
                composite.fields[name] = replace(pg, schema=new[0], name=new[1])
