"""Which output column of a query each field, tuple member, scalar or call by hand decodes."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.contracts.places import is_macro, query_place
from pytest_errorbudget.checks.contracts.reads import Read, Reads
from pytest_errorbudget.checks.contracts.reads_by_hand import reads_by_hand
from pytest_errorbudget.checks.contracts.reads_diesel import reads_by_declared_type
from pytest_errorbudget.checks.contracts.reads_macros import macro_reads
from pytest_errorbudget.checks.contracts.reads_sea_orm import reads_of_result
from pytest_errorbudget.checks.contracts.reads_sqlx import function_reads
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rust import Struct
from pytest_errorbudget.model.rust_queries import Library, Query


def reads_of(query: Query, typed: Typed, view: View) -> Iterator[Read | Unchecked]:
    """Every read of one query in one shape; of one that never returns a row nothing is ever decoded."""
    if not typed.columns and not is_macro(query):
        if query.target is not None or query.scalar is not None or query.reads:
            yield Unchecked("row", query_place(query), "the query returns no rows: nothing is read of it", query.span)
        return
    match query.call.library:
        case Library.SQLX if is_macro(query):
            yield from macro_reads(query, typed, view)
        case Library.SQLX:
            yield from function_reads(query, typed, view)
        case Library.DIESEL:
            yield from _of_struct(query, typed, view)
        case Library.SEA_ORM:
            yield from _of_struct(query, typed, view)
        case Library.TOKIO_POSTGRES:
            pass
    yield from reads_by_hand(query, typed)


def _of_struct(query: Query, typed: Typed, view: View) -> Reads:
    struct: Struct | None = view.structs.get(query.target) if query.target is not None else None
    if query.target is None:
        return
    if struct is None:
        yield Unchecked("row", query_place(query), view.why_unknown(query.target), query.span)
    elif query.call.library is Library.DIESEL:
        yield from reads_by_declared_type(query, typed, view, struct)
    else:
        yield from reads_of_result(query, typed, struct)
