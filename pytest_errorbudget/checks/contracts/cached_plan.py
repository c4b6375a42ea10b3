"""``cached-plan``: one prepared statement over tenants' schemas in which its result has other types.

A pooled connection that switches ``search_path`` keeps its prepared statements. PostgreSQL plans them again and
refuses where the columns of the result changed (``plancache.c``, ``RevalidateCachedQuery``; names, types, modifiers).
sqlx keeps every statement that it does not run once, sea-orm runs on sqlx; tokio-postgres keeps what ``prepare`` gave.
diesel's ``sql_query`` is not kept (``query_builder/sql_query.rs``).
"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.places import query_place, query_span, shown_pg
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import query_subject
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.finding import Label
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust_queries import Library, Query, QueryCall

_Result = tuple[tuple[str, str], ...]


def cached_plan(view: View) -> Iterator[tuple[TenantShape, Draft]]:
    """Every shape of tenants in schemas whose result differs from that of most tenants."""
    sharing = frozenset(view.scope.sharing)
    for query in view.queries if len(sharing) > 1 else ():
        if not _is_kept(query):
            continue
        typed = [
            (shape.shape, verdict)
            for shape in view.shapes
            for verdict in (shape.verdict(query),)
            if isinstance(verdict, Typed) and verdict.columns and sharing & set(shape.shape.tenants)
        ]
        if len({_result(verdict) for _, verdict in typed}) > 1:
            replayed = view.compiled(query)
            yield from _drafts(query, typed, _result(replayed) if isinstance(replayed, Typed) else None)


def _is_kept(query: Query) -> bool:
    library = query.call.library
    return library in {Library.SQLX, Library.SEA_ORM} or query.call is QueryCall.TOKIO_PREPARE


def _result(typed: Typed) -> _Result:
    return tuple((column.name, column.type.formatted) for column in typed.columns)


def _drafts(
    query: Query, typed: list[tuple[TenantShape, Typed]], replayed: _Result | None
) -> Iterator[tuple[TenantShape, Draft]]:
    """The usual result is that of most tenants; of as many, what the migrations give."""
    weight: dict[_Result, int] = {}
    for shape, verdict in typed:
        weight[_result(verdict)] = weight.get(_result(verdict), 0) + len(shape.tenants)
    usual = max(weight, key=lambda result: (weight[result], result == replayed, result))
    there = next(verdict for _, verdict in typed if _result(verdict) == usual)
    for shape, verdict in typed:
        if _result(verdict) != usual:
            yield shape, _draft(query, verdict, there)


def _draft(query: Query, here: Typed, there: Typed) -> Draft:
    difference = _difference(here, there)
    return Draft(
        rule=Rule.CACHED_PLAN,
        severity=Rule.CACHED_PLAN.severity,
        place=query_place(query),
        text=f"the result of `{query.function}` is not that of other tenants: {difference}",
        subjects=(query_subject(query),),
        labels=(Label(query_span(query), "prepared once on a connection, for whichever tenant comes first"),),
        consequence="A pooled connection that switches `search_path` from one such tenant to another keeps the "
        f"prepared statement, and the call fails with {behaviour_of(query.call.library).database} (SQLSTATE 0A000: "
        "cached plan must not change result type).",
        help="bring the tenants' columns to one type, or cast them in the query and name them instead of `*`",
    )


def _difference(here: Typed, there: Typed) -> str:
    if len(here.columns) != len(there.columns):
        return f"{len(here.columns)} columns here, {len(there.columns)} there"
    for ours, theirs in zip(here.columns, there.columns, strict=True):
        if ours.name != theirs.name:
            return f"`{ours.name}` here stands where `{theirs.name}` stands there"
        if ours.type != theirs.type:
            return f"`{ours.name}` is `{shown_pg(ours.type)}` here and `{shown_pg(theirs.type)}` there"
    return "the columns differ"
