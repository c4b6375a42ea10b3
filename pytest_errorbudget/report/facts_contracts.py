"""Rows, queries, handlers and FFI functions as the facts file writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import Facts, QueryKey, QueryTyping
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.rust import Struct, StructRef
from pytest_errorbudget.model.rust_boundaries import FfiFunction, Handler
from pytest_errorbudget.model.rust_queries import Library, Query
from pytest_errorbudget.report.facts_format_rust import (
    FactFfi,
    FactField,
    FactHandler,
    FactOutput,
    FactQuery,
    FactQueryError,
    FactRow,
)
from pytest_errorbudget.report.facts_rust import fact_reads

_OF_DERIVE: Mapping[str, Library] = {
    "FromRow": Library.SQLX,
    "Queryable": Library.DIESEL,
    "QueryableByName": Library.DIESEL,
    "DeriveEntityModel": Library.SEA_ORM,
    "FromQueryResult": Library.SEA_ORM,
    "DerivePartialModel": Library.SEA_ORM,
}


def fact_rows(contracts: Contracts) -> tuple[FactRow, ...]:
    """Structs that derive a row trait of a library, or that a query names as its target."""
    targets = {query.target: query.call.library for query in contracts.queries if query.target is not None}
    libraries = {crate.name: crate.libraries for crate in contracts.crates}
    rows = [
        struct
        for struct in contracts.structs
        if _derived(struct) is not None or StructRef(struct.span.path, struct.name) in targets
    ]
    return tuple(
        _row(struct, _library(struct, targets, libraries.get(struct.crate, ())))
        for struct in sorted(rows, key=lambda s: (s.span.path, s.span.line, s.span.column, s.name))
    )


def _derived(struct: Struct) -> Library | None:
    """The library whose row trait the struct derives."""
    return next((_OF_DERIVE[derive] for derive in struct.derives if derive in _OF_DERIVE), None)


def _library(struct: Struct, targets: Mapping[StructRef, Library], named: tuple[str, ...]) -> str | None:
    """The library that fills the struct: by its derive, by the query, else the first that its crate names."""
    found = _derived(struct) or targets.get(StructRef(struct.span.path, struct.name))
    return found.value if found is not None else named[0] if named else None


def _row(struct: Struct, library: str | None) -> FactRow:
    return FactRow(
        path=struct.span.path,
        line=struct.span.line,
        column=struct.span.column,
        name=struct.name,
        crate=struct.crate,
        library=library,
        derives=struct.derives,
        fields=tuple(
            FactField(
                name=field.name,
                column=field.column,
                type=field.type.text or field.type.path,
                line=field.span.line,
            )
            for field in struct.fields
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the shapes say of one query; ``shape`` is ``None`` for the newest replay, which comes first."""

    database: str
    typings: tuple[tuple[str | None, QueryTyping], ...]


def fact_queries(facts: Facts) -> tuple[FactQuery, ...]:
    known = _known(facts)
    queries = sorted(facts.contracts.queries, key=lambda q: (q.path, q.span.line, q.span.column, q.ordinal))
    return tuple(_query(query, known.get(QueryKey(query.path, query.function, query.ordinal))) for query in queries)


def _known(facts: Facts) -> dict[QueryKey, _Known]:
    found: dict[QueryKey, tuple[str, list[tuple[str | None, QueryTyping]]]] = {}
    for database in facts.databases:
        for shape in sorted(database.typings, key=lambda typing: (typing.shape is not None, typing.shape or "")):
            for typing in shape.queries:
                # A query belongs to one database: the first that typed it, as the settings order them.
                name, typings = found.setdefault(typing.query, (database.name, []))
                if name == database.name:
                    typings.append((shape.shape, typing))
    return {key: _Known(database=name, typings=tuple(typings)) for key, (name, typings) in found.items()}


def _query(query: Query, known: _Known | None) -> FactQuery:
    typings = known.typings if known else ()
    typed = next((typing.verdict for _, typing in typings if isinstance(typing.verdict, Typed)), None)
    return FactQuery(
        path=query.path,
        line=query.span.line,
        column=query.span.column,
        function=query.function,
        crate=query.crate,
        database=known.database if known else None,
        library=query.call.library.value,
        call=query.call.value,
        target=query.target.name if query.target else None,
        sql=query.sql,
        columns=tuple(
            FactOutput(name=column.name, type=column.type.internal, nullable=column.nullable)
            for column in (typed.columns if typed else ())
        ),
        parameters=tuple(parameter.internal for parameter in (typed.parameters if typed else ())),
        bound=tuple(None if kind is None else kind.text or kind.path for kind in query.parameters),
        reads=fact_reads(query),
        error=_error(query, typings),
        unchecked=query.unchecked or next((typing.unchecked for _, typing in typings if typing.unchecked), None),
    )


def _error(query: Query, typings: tuple[tuple[str | None, QueryTyping], ...]) -> FactQueryError | None:
    rejected = [(shape, typing.verdict) for shape, typing in typings if isinstance(typing.verdict, Rejected)]
    if not rejected:
        return None
    first = rejected[0][1]
    line, column = place(query, first.offset)
    return FactQueryError(
        sqlstate=first.sqlstate,
        message=first.message,
        path=query.path,
        line=line,
        column=column,
        shapes=tuple(shape for shape, _ in rejected if shape is not None),
    )


def place(query: Query, offset: int | None) -> tuple[int, int]:
    """Line and column of a character of a query's text, in its Rust file."""
    literal = query.literal or query.span
    before = [breakpoint for breakpoint in query.offsets if offset is not None and breakpoint[0] <= offset]
    if offset is None or not before:
        return literal.line, literal.column
    start, line, column = before[-1]
    return line, column + offset - start


def fact_handlers(contracts: Contracts) -> tuple[FactHandler, ...]:
    in_order = sorted(contracts.handlers, key=lambda h: (h.path, h.span.line, h.function, h.method, h.route))
    return tuple(map(_handler, in_order))


def _handler(handler: Handler) -> FactHandler:
    return FactHandler(
        path=handler.path,
        line=handler.span.line,
        function=handler.function,
        crate=handler.crate,
        method=handler.method,
        route=handler.route,
        inputs=tuple(ref.name for ref in handler.inputs),
        outputs=tuple(ref.name for ref in handler.outputs),
    )


def fact_ffi(contracts: Contracts) -> tuple[FactFfi, ...]:
    in_order = sorted(contracts.ffi, key=lambda f: (f.path, f.span.line, f.symbol, f.side.value))
    return tuple(map(_ffi, in_order))


def _ffi(function: FfiFunction) -> FactFfi:
    return FactFfi(
        path=function.path,
        line=function.span.line,
        symbol=function.symbol,
        side=function.side.value,
        abi=function.abi,
        parameters=tuple(kind.text or kind.path for kind, _ in function.parameters),
        result=None if function.result is None else function.result.text or function.result.path,
    )
