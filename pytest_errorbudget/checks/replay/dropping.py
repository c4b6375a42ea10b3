"""Relations that go, and what goes with them."""

from __future__ import annotations

from pytest_errorbudget.checks.replay.guards import drop_mentioning
from pytest_errorbudget.checks.replay.state import State, TableState
from pytest_errorbudget.model.change_parts import Dependents
from pytest_errorbudget.model.schema import ConstraintKind, RelationKind


def drop_relation(state: State, table: TableState, dependents: Dependents) -> None:
    """A relation, its partitions, and with CASCADE the views and foreign keys that need it."""
    if state.tables.pop(table.key, None) is None:
        return
    for child in list(table.children):
        if child.kind is RelationKind.PARTITION or dependents is Dependents.CASCADE:
            drop_relation(state, child, dependents)
    for parent in table.parents:
        if table in parent.children:
            parent.children.remove(table)
    for name in list(table.constraints):
        state.remove_constraint(table, name)
    for name in list(table.indexes):
        state.remove_index(table, name)
    if dependents is Dependents.CASCADE:
        drop_mentioning(state.tables.values(), {table.name})
    for other in list(state.tables.values()):
        _forget(state, other, table, dependents)


def _forget(state: State, other: TableState, table: TableState, dependents: Dependents) -> None:
    for name in [n for n, c in other.constraints.items() if c.target is table]:
        if other.constraints[name].kind is ConstraintKind.FOREIGN_KEY:
            state.remove_constraint(other, name)
    if table in other.sources and dependents is Dependents.CASCADE:
        drop_relation(state, other, dependents)
