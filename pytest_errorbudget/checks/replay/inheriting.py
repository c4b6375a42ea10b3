"""ALTER TABLE … INHERIT and NO INHERIT: columns stay as they are, and later changes of the parent reach them or not."""

from __future__ import annotations

from pytest_errorbudget.checks.replay.creation import take_over
from pytest_errorbudget.checks.replay.state import State, TableState
from pytest_errorbudget.model.change_parts import Existing
from pytest_errorbudget.model.change_table import Inherit, NoInherit


def inherit(state: State, change: Inherit) -> None:
    table = _table(state, change)
    if table is None:
        return
    parent = state.table(change.parent)
    table.parents.append(parent)
    parent.children.append(table)
    take_over(state, table, parent)


def no_inherit(state: State, change: NoInherit) -> None:
    table = _table(state, change)
    if table is None:
        return
    parent = state.table(change.parent)
    if parent in table.parents:
        table.parents.remove(parent)
        parent.children.remove(table)
    for column in table.columns.values():
        column.local = column.local or not any(column.name in other.columns for other in table.parents)


def _table(state: State, change: Inherit | NoInherit) -> TableState | None:
    return state.find(change.table) if change.missing is Existing.SKIPS else state.table(change.table)
