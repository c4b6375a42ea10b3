"""Values taken from a row by hand: ``row.get::<i64, _>("id")``, ``row.try_get(0)``."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.reads import Read, Reads, at, first_named, last_named
from pytest_errorbudget.model.query_typing import OutputColumn, Typed
from pytest_errorbudget.model.rust_queries import Library, Query, RowRead


def reads_by_hand(query: Query, typed: Typed) -> Reads:
    for call in query.reads:
        yield Read(
            library=query.call.library,
            crate=query.crate,
            asked=call.key if isinstance(call.key, str) else call.key + 1,
            target=call.type,
            column=_column(call, query.call.library, typed),
            query=query,
            by_hand=call,
        )


def _column(call: RowRead, library: Library, typed: Typed) -> OutputColumn | None:
    key = call.key
    if isinstance(key, int):
        return at(typed, key)
    if library is not Library.TOKIO_POSTGRES:
        return last_named(typed, key)
    folded = [column for column in typed.columns if column.name.isascii() and column.name.lower() == key.lower()]
    return first_named(typed, key) or (folded[0] if folded else None)
