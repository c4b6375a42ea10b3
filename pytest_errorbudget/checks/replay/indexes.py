"""Indexes: made by name or by choice, and cloned to partitions."""

from __future__ import annotations

from pytest_errorbudget.checks.replay.naming import columns_part, distinct_labels, relation_name
from pytest_errorbudget.checks.replay.state import IndexState, NotReplayed, State, TableState
from pytest_errorbudget.model.change import CreateIndex
from pytest_errorbudget.model.change_parts import Existing
from pytest_errorbudget.model.schema import RelationKind
from pytest_errorbudget.model.source import Span


def create_index(state: State, change: CreateIndex) -> None:
    table = state.table(change.table)
    if change.name is not None and state.relation_name_taken((table.schema, change.name)):
        if change.existing is Existing.SKIPS:
            return
        raise NotReplayed(f"`{change.name}` is there already", table.key)
    columns = set(table.columns)
    keys = [key.column if key.column is not None else key.text for key in change.keys]
    unknown = [key.column for key in change.keys if key.column is not None and key.column not in columns]
    if unknown and table.unknown is None:
        raise NotReplayed(f"`{table.name}` has no column `{unknown[0]}` that is known here", table.key)
    index = IndexState(
        name="",
        keys=keys,
        labels=distinct_labels([*(key.label for key in change.keys)]),
        uses={*(change.mentions & columns), *change.include, *(k for k in keys if k in columns)},
        include=list(change.include),
        unique=change.unique,
        partial=change.partial,
        valid=not (change.only and table.kind is RelationKind.PARTITIONED_TABLE),
        method=change.method,
        origin=change.origin,
    )
    index.name = change.name or chosen_name(state, table, index, change.include)
    state.add_index(table, index)
    if not change.only:
        clone_to_children(state, table, index)


def chosen_name(state: State, table: TableState, index: IndexState, include: tuple[str, ...] = ()) -> str:
    labels = distinct_labels([*index.labels, *include])
    return relation_name(state, table, columns_part(labels), "idx")


def clone_to_children(state: State, table: TableState, index: IndexState) -> None:
    """An index of a partitioned table exists on each partition, under a name of its own."""
    for child in table.children:
        if child.kind is RelationKind.PARTITION:
            adopt_or_clone(state, child, index, index.origin)


def adopt_or_clone(state: State, child: TableState, index: IndexState, origin: Span) -> None:
    if any(_alike(index, own) for own in child.indexes.values()):
        return
    copy = cloned(index, origin)
    copy.name = chosen_name(state, child, copy, tuple(copy.include))
    state.add_index(child, copy)
    clone_to_children(state, child, copy)


def cloned(index: IndexState, origin: Span) -> IndexState:
    return IndexState(
        name="",
        keys=list(index.keys),
        labels=list(index.labels),
        uses=set(index.uses),
        include=list(index.include),
        unique=index.unique,
        primary=index.primary,
        partial=index.partial,
        method=index.method,
        origin=origin,
    )


def _alike(one: IndexState, other: IndexState) -> bool:
    return (one.keys, one.include, one.unique, one.partial, one.method) == (
        other.keys,
        other.include,
        other.unique,
        other.partial,
        other.method,
    )
