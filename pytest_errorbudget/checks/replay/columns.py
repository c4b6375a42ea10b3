"""Changes of columns; what a parent's column gets, its children's columns get too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from pytest_errorbudget.checks.replay.constraints import add_constraints, remove_with_references
from pytest_errorbudget.checks.replay.creation import new_column, stores_default
from pytest_errorbudget.checks.replay.dropping import drop_relation
from pytest_errorbudget.checks.replay.guards import drop_mentioning
from pytest_errorbudget.checks.replay.state import ColumnState, NotReplayed, State, TableState
from pytest_errorbudget.model.change_parts import Dependents, Existing
from pytest_errorbudget.model.change_table import (
    AddColumn,
    AlterColumnType,
    DropColumn,
    DropDefault,
    DropExpression,
    DropIdentity,
    DropNotNull,
    RenameColumn,
    SetDefault,
    SetIdentity,
    SetNotNull,
)
from pytest_errorbudget.model.schema import RelationKind

ColumnChange: TypeAlias = (
    AlterColumnType | DropDefault | DropExpression | DropIdentity | DropNotNull | SetDefault | SetIdentity | SetNotNull
)


def add_column(state: State, change: AddColumn) -> None:
    owner = state.find(change.table)
    for table in _family(state, change):
        if change.column.name in table.columns:
            if change.existing is Existing.SKIPS:
                return
            if table.parents:
                continue
            raise NotReplayed(f"`{table.name}` has a column `{change.column.name}` already", table.key)
        column = table.columns[change.column.name] = new_column(state, change.column)
        column.local = table is owner
    if owner is not None:
        add_constraints(state, owner, change.constraints)


def drop_column(state: State, change: DropColumn) -> None:
    top = state.find(change.table)
    for table in _family(state, change):
        if table is top or not _stays(table, change.column):
            _drop(state, table, change.column, change.dependents)


def _stays(table: TableState, name: str) -> bool:
    """Whether a child keeps a column that its parent lost: it is its own, or another parent has it too."""
    column = table.columns.get(name)
    return column is not None and (column.local or any(name in parent.columns for parent in table.parents))


def remove_column(state: State, table: TableState, name: str) -> None:
    """As DROP COLUMN … CASCADE does."""
    _drop(state, table, name, Dependents.CASCADE)


def rename_column(state: State, change: RenameColumn) -> None:
    for table in _family(state, change):
        column = state.column(table, change.column)
        if change.to in table.columns:
            raise NotReplayed(f"`{table.name}` has a column `{change.to}` already", table.key)
        column.name, column.origin = change.to, change.origin
        table.columns = {c.name: c for c in table.columns.values()}
        for index in table.indexes.values():
            _rename_in(index.keys, change)
            _rename_in(index.include, change)
            index.uses = {change.to if name == change.column else name for name in index.uses}
        for constraint in table.constraints.values():
            _rename_in(constraint.columns, change)
            constraint.uses = {change.to if name == change.column else name for name in constraint.uses}
        for other in state.tables.values():
            for constraint in other.constraints.values():
                if constraint.target is table:
                    _rename_in(constraint.target_columns, change)


def change_column(state: State, change: ColumnChange) -> None:
    for table in _family(state, change):
        column = table.columns.get(change.column)
        if column is None and table.kind is RelationKind.VIEW:
            continue
        _apply(state, state.column(table, change.column), change)


def _apply(state: State, column: ColumnState, change: ColumnChange) -> None:
    match change:
        case AlterColumnType():
            column.type = state.resolved(change.type)
        case SetNotNull():
            column.not_null = True
        case DropNotNull():
            column.not_null, column.not_null_name = False, None
        case SetDefault():
            column.has_default = stores_default(state, column.type, change.default)
        case DropDefault():
            column.has_default = False
        case SetIdentity():
            column.identity, column.not_null = change.identity, True
        case DropIdentity():
            column.identity = None
        case DropExpression():
            column.generated = None
    column.origin = change.origin


def _family(state: State, change: AddColumn | DropColumn | RenameColumn | ColumnChange) -> Iterator[TableState]:
    """The table and everything below it; nothing where IF EXISTS allows that."""
    table = state.find(change.table) if change.missing is Existing.SKIPS else state.table(change.table)
    if table is not None:
        yield from _below(table)


def _below(table: TableState) -> Iterator[TableState]:
    yield table
    for child in table.children:
        yield from _below(child)


def _drop(state: State, table: TableState, name: str, dependents: Dependents) -> None:
    column = table.columns.pop(name, None)
    if column is None:
        return
    for constraint in [c for c in table.constraints.values() if name in c.uses]:
        remove_with_references(state, table, constraint, dependents)
    for index in [i for i in table.indexes.values() if name in i.uses]:
        state.remove_index(table, index.name)
    if dependents is Dependents.CASCADE:
        drop_mentioning((table,), {name})
        for view in [v for v in state.tables.values() if column in v.uses]:
            _drop_view(state, view, column)


def _drop_view(state: State, view: TableState, column: ColumnState) -> None:
    """A view that may mean this column or another of the same name is left to the real replay."""
    if sum(1 for used in view.uses if used.name == column.name) > 1:
        state.leave((view.key,), f"a column `{column.name}` that it may read was dropped")
    else:
        drop_relation(state, view, Dependents.CASCADE)


def _rename_in(names: list[str], change: RenameColumn) -> None:
    names[:] = [change.to if name == change.column else name for name in names]
