"""The items of the Rust contracts: from the sources and the settings alone, without a connection."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.contracts.reach import reached_by
from pytest_errorbudget.checks.contracts.scope import HandlerSubject, QuerySubject, Scope, Subject, TypeSubject
from pytest_errorbudget.checks.contracts.unread import unread_item
from pytest_errorbudget.checks.contracts.view import View, reference, view_of
from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.item import ItemId, ffi_item
from pytest_errorbudget.model.rust import Contracts, Side


def contract_items(contracts: Contracts, scopes: tuple[Scope, ...]) -> tuple[ItemId, ...]:
    """Every item that a finding of this folder can fail, sorted: row structs, queries and handlers for each tenant of
    the databases that their crate reads, FFI declarations and unread files once.

    Without a scope (no settings) there are no tenants, and every crate takes part.
    """
    items = {
        subject.item(tenant)
        for scope in scopes or (Scope(),)
        for subject in _subjects(view_of(contracts, DatabaseFacts(name=""), scope))
        for tenant in scope.item_tenants
    }
    items.update(ffi_item(f.path, f.symbol) for f in contracts.ffi if f.side is Side.DECLARATION)
    items.update(unread_item(unread.span.path) for unread in contracts.unread)
    return tuple(sorted(items))


def _subjects(view: View) -> Iterator[Subject]:
    targets = {query.target for query in view.queries}
    for struct in view.contracts.structs:
        derived = any(derive.rpartition("::")[2] == "FromRow" for derive in struct.derives)
        ref = reference(struct)
        if ref in targets or (derived and view.scope.reads(struct.crate)):
            yield TypeSubject(ref.path, ref.name)
    for query in view.queries:
        yield QuerySubject(query.path, query.function, query.ordinal)
    reached = reached_by(view)
    for each in reached:
        yield HandlerSubject(each.handler.path, each.handler.function)
    answered = frozenset().union(*(each.inputs | each.outputs for each in reached))
    for flow in view.contracts.flows:
        if flow.payload not in answered:
            yield TypeSubject(flow.payload.path, flow.payload.name)
