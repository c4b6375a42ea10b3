"""The items of the Rust contracts: from the sources and the settings alone, without a connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_errorbudget.checks.contracts.libraries.own_types import derives
from pytest_errorbudget.checks.contracts.reach import reached_by
from pytest_errorbudget.checks.contracts.reads_sea_orm import is_entity
from pytest_errorbudget.checks.contracts.scope import (
    HandlerSubject,
    QuerySubject,
    Scope,
    Subject,
    TableSubject,
    TypeSubject,
)
from pytest_errorbudget.checks.contracts.table_declaration_stale import declared_tables
from pytest_errorbudget.checks.contracts.unread import unread_item
from pytest_errorbudget.checks.contracts.view import View, reference, view_of
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.item import ItemId, ffi_item
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rust_boundaries import Side


def contract_items(contracts: Contracts, scopes: tuple[Scope, ...]) -> tuple[ItemId, ...]:
    """Every item that a finding of this folder can fail, sorted: row structs, entities, enums, diesel's tables, queries
    and handlers for each tenant of the databases that their crate reads, FFI declarations and unread files once.

    Without a scope (no settings) there are no tenants, and every crate takes part.
    """
    items = _of_schemas(contracts, scopes or (Scope(),))
    items.update(ffi_item(f.path, f.symbol) for f in contracts.ffi if f.side is Side.DECLARATION)
    items.update(unread_item(unread.span.path) for unread in contracts.unread)
    return tuple(sorted(items))


def without_schema(contracts: Contracts, scopes: tuple[Scope, ...]) -> Iterator[Unchecked]:
    """The items of databases of which no schema is known: what they promise was held against nothing."""
    blind = _of_schemas(contracts, (scope for scope in scopes if not scope.shapes))
    seen = _of_schemas(contracts, (scope for scope in scopes if scope.shapes)) if blind else set()
    for item in sorted(blind - seen):
        yield Unchecked("contract", str(item), "no migrations and no database to compare it with", None, (item,))


def _of_schemas(contracts: Contracts, scopes: Iterable[Scope]) -> set[ItemId]:
    return {
        subject.item(tenant)
        for scope in scopes
        for subject in _subjects(view_of(contracts, DatabaseFacts(name=""), scope))
        for tenant in scope.item_tenants
    }


def _subjects(view: View) -> Iterator[Subject]:
    targets = {query.target for query in view.queries}
    for struct in view.contracts.structs:
        ref = reference(struct)
        row = derives(struct, "FromRow") or is_entity(struct)
        if ref in targets or (row and view.scope.reads(struct.crate)):
            yield TypeSubject(ref.path, ref.name)
    for each in view.contracts.enums:
        if view.scope.reads(each.crate):
            yield TypeSubject(each.span.path, each.name)
    for table in declared_tables(view):
        yield TableSubject(table.span.path, table.name)
    for query in view.queries:
        yield QuerySubject(query.path, query.function, query.ordinal)
    reached = reached_by(view)
    for handled in reached:
        yield HandlerSubject(handled.handler.path, handled.handler.function)
    answered = frozenset().union(*(handled.inputs | handled.outputs for handled in reached))
    for flow in view.contracts.flows:
        if flow.payload not in answered:
            yield TypeSubject(flow.payload.path, flow.payload.name)
