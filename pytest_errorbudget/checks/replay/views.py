"""Views, materialized views and CREATE TABLE AS: columns that follow from a query."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.replay.dropping import drop_relation
from pytest_errorbudget.checks.replay.state import ColumnState, State, TableState
from pytest_errorbudget.model.change import CreateQueried
from pytest_errorbudget.model.change_parts import Dependents, Existing, Name, Projection, Query
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import RelationKind

_Output = tuple[str, PgType]


def create_queried(state: State, change: CreateQueried) -> None:
    """Where a column's type does not follow from tables and casts, the relation is left to the real replay."""
    key = state.new_key(change.name, change.temporary)
    old = state.tables.get(key)
    if old is not None and change.existing is Existing.SKIPS:
        return
    outputs = _outputs(state, change.query)
    names = _names(outputs, change.columns) if outputs is not None else []
    table = TableState(
        schema=key[0],
        name=key[1],
        kind=change.kind,
        sources=[] if change.kind is RelationKind.TABLE else _sources(state, change.query),
        mentions=change.query.mentions,
        exact=outputs is not None and len(set(names)) == len(outputs),
        origin=change.origin,
    )
    for name, (_, output) in zip(names, outputs or [], strict=True):
        table.columns[name] = ColumnState(name=name, type=output, origin=change.origin)
    if old is not None and change.existing is Existing.REPLACES:
        _replace(state, old, table)
    else:
        state.add_table(table)


def _replace(state: State, old: TableState, new: TableState) -> None:
    """Views on the old one stay and read the new one."""
    for view in state.tables.values():
        view.sources = [new if source is old else source for source in view.sources]
    drop_relation(state, old, Dependents.RESTRICT)
    state.add_table(new)


def _sources(state: State, query: Query) -> list[TableState]:
    """Every relation whose name occurs in the text: more than the query needs, and never less."""
    named = (state.find(Name(None, mention)) for mention in sorted(query.mentions))
    qualified = (state.find(name) for _, name in query.sources)
    return [table for table in (*named, *qualified) if table is not None]


def _outputs(state: State, query: Query) -> list[_Output] | None:
    if query.projections is None:
        return None
    sources: list[tuple[str, TableState]] = []
    for alias, name in query.sources:
        table = state.find(name)
        if table is None or not table.exact or table.key in state.inexact:
            return None
        sources.append((alias, table))
    found: list[_Output] = []
    for projection in query.projections:
        outputs = list(_project(state, projection, sources))
        if not outputs:
            return None
        found.extend(outputs)
    return found


def _project(state: State, projection: Projection, sources: list[tuple[str, TableState]]) -> Iterator[_Output]:
    """The columns of one projection; none where a type or a name is not known."""
    if projection.type is not None:
        if projection.name is not None:
            yield projection.name, state.resolved(projection.type)
        return
    wanted = [t for alias, t in sources if projection.qualifier is None or alias == projection.qualifier]
    if projection.column == "*":
        for table in wanted:
            yield from ((column.name, column.type) for column in table.columns.values())
        return
    matching = [t.columns[projection.column] for t in wanted if projection.column in t.columns]
    if len(matching) == 1:
        yield projection.name or matching[0].name, matching[0].type


def _names(outputs: list[_Output], given: tuple[str, ...]) -> list[str]:
    return [*given, *(name for name, _ in outputs[len(given) :])][: len(outputs)]
