"""Views, materialized views and CREATE TABLE AS: columns that follow from a query."""

from __future__ import annotations

from pytest_errorbudget.checks.replay.dropping import drop_relation
from pytest_errorbudget.checks.replay.query_columns import query_columns
from pytest_errorbudget.checks.replay.state import ColumnState, State, TableState
from pytest_errorbudget.model.change import CreateQueried
from pytest_errorbudget.model.change_parts import Dependents, Existing
from pytest_errorbudget.model.change_query import QueryText, UnreadBody
from pytest_errorbudget.model.pgtype import UNKNOWN
from pytest_errorbudget.model.schema import RelationKind


def create_queried(state: State, change: CreateQueried) -> None:
    """A type that does not follow from the text is left to the real replay, and so is a relation without names."""
    key = state.new_key(change.name, change.temporary)
    old = state.tables.get(key)
    if old is not None and change.existing is Existing.SKIPS:
        return
    table = TableState(schema=key[0], name=key[1], kind=change.kind, origin=change.origin)
    _add_columns(state, table, change)
    if change.kind is not RelationKind.TABLE:
        _depend(state, table, change.query)
    if old is not None and change.existing is Existing.REPLACES:
        _replace(state, old, table)
    else:
        state.add_table(table)


def _add_columns(state: State, table: TableState, change: CreateQueried) -> None:
    found = query_columns(state, change.query.query)
    names = [] if found is None else [*change.columns, *(name for name, _ in found[len(change.columns) :])]
    if found is None or len(set(names)) != len(found):
        table.unknown = _uncertain_sources(state, change.query) or _reason(change.query)
        return
    table.untyped = _uncertain_sources(state, change.query) or "an expression whose type only PostgreSQL tells"
    for name, (_, type_) in zip(names, found, strict=True):
        table.columns[name] = ColumnState(name=name, type=type_ or UNKNOWN, origin=change.origin)


def _uncertain_sources(state: State, text: QueryText) -> str:
    """Why a table that the query reads is left to the real replay itself, where one is."""
    for name in text.reads:
        table = state.find(name)
        if table is not None and state.is_uncertain(table.key):
            return f"it reads `{table.name}`: {state.inexact.get(table.key) or table.unknown}"
        if table is not None and table.untyped and any(c.type == UNKNOWN for c in table.columns.values()):
            return f"it reads `{table.name}`: {table.untyped}"
    return ""


def _reason(text: QueryText) -> str:
    body = text.query.body
    return f"its query: {body.reason}" if isinstance(body, UnreadBody) else "the columns of its query"


def _depend(state: State, table: TableState, text: QueryText) -> None:
    """Every relation and column that the text may mean: more than the query needs, and never less."""
    found = (state.find(name) for name in text.reads)
    table.sources = [source for source in found if source is not None]
    named = text.mentions | frozenset(table.columns)
    table.uses = [c for source in table.sources for c in source.columns.values() if c.name in named]
    table.calls = text.calls


def _replace(state: State, old: TableState, new: TableState) -> None:
    """Views on the old one stay and read the new one."""
    kept = {column.name: column for column in new.columns.values()}
    for view in state.tables.values():
        if old in view.sources:
            view.sources = [new if source is old else source for source in view.sources]
            replaced = list(old.columns.values())
            view.uses = [kept.get(c.name, c) if c in replaced else c for c in view.uses]
    drop_relation(state, old, Dependents.RESTRICT)
    state.add_table(new)
