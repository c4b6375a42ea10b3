"""Reads of sqlx's functions: ``query_as::<_, T>``, ``query_scalar``.

By name with ``try_get`` (``derive(FromRow)``; of two columns of one name the last), by position with ``try_get``
(tuples, scalars). Sources: sqlx-macros-core ``derives/row.rs``, sqlx-core ``from_row.rs``.
"""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.libraries.own_types import derives
from pytest_errorbudget.checks.contracts.libraries.rust_syntax import parse_type
from pytest_errorbudget.checks.contracts.libraries.sqlx_attributes import Mapping, mapping_of
from pytest_errorbudget.checks.contracts.places import field_place, query_place
from pytest_errorbudget.checks.contracts.reads import Read, Reads, at, last_named
from pytest_errorbudget.checks.contracts.view import View, reference
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rust import Field, RustType, Struct
from pytest_errorbudget.model.rust_queries import Library, Query, QueryCall

_DEPTH = 8


def function_reads(query: Query, typed: Typed, view: View) -> Reads:
    if query.target is not None:
        struct = view.structs.get(query.target)
        if struct is None:
            yield Unchecked("row", query_place(query), view.why_unknown(query.target), query.span)
        else:
            yield from _from_row(query, typed, view, struct, struct, _DEPTH)
    elif query.scalar is not None and query.scalar.path == "()" and query.call is QueryCall.QUERY_AS:
        for position, member in enumerate(query.scalar.arguments, 1):
            yield _by_position(query, typed, position, member)
    elif query.scalar is not None and query.call is QueryCall.QUERY_SCALAR:
        yield _by_position(query, typed, 1, query.scalar)
    elif query.call is QueryCall.QUERY_AS:
        yield Unchecked("row", query_place(query), "the row type is not a struct of the workspace", query.span)


def _by_position(query: Query, typed: Typed, position: int, target: RustType) -> Read:
    return Read(
        library=Library.SQLX,
        crate=query.crate,
        asked=position,
        target=target,
        column=at(typed, position - 1),
        query=query,
    )


def _from_row(query: Query, typed: Typed, view: View, outer: Struct, struct: Struct, depth: int) -> Reads:
    if not derives(struct, "FromRow"):
        place = f"{struct.span.path}::{struct.name}"
        yield Unchecked("row", place, "`FromRow` is not derived: the fields are read by hand", struct.span)
        return
    defaults = mapping_of(struct.attributes).default
    for position, field in enumerate(struct.fields):
        mapping = mapping_of(field.attributes)
        if mapping.skip:
            continue
        if mapping.flatten:
            yield from _flattened(query, typed, view, outer, struct, field, depth)
            continue
        positional = field.name.isdigit()
        column = at(typed, position) if positional else last_named(typed, field.column)
        if column is None and (defaults or mapping.default):
            continue
        target = _decoded(field, mapping)
        if target is None:
            place = field_place(reference(struct), field.name)
            yield Unchecked("row", place, f'`try_from = "{mapping.try_from}"` is not understood', field.span)
            continue
        yield Read(
            library=Library.SQLX,
            crate=query.crate,
            asked=position + 1 if positional else field.column,
            target=target,
            column=column,
            query=query,
            owner=struct,
            outer=outer,
            field=field,
        )


def _decoded(field: Field, mapping: Mapping) -> RustType | None:
    """The type that ``try_get`` is asked for, after ``try_from`` and ``json``."""
    inner = field.type if mapping.try_from is None else parse_type(mapping.try_from)
    if inner is None or mapping.json is None:
        return inner
    json = RustType("Json", (inner,), f"Json<{inner.text}>")
    return RustType("Option", (json,), f"Option<{json.text}>") if mapping.json == "nullable" else json


def _flattened(
    query: Query, typed: Typed, view: View, outer: Struct, struct: Struct, field: Field, depth: int
) -> Reads:
    source = _decoded(field, mapping_of(field.attributes))
    nested = view.resolve(source.path, struct.span.path, struct.crate) if source is not None else None
    if nested is None or not depth:
        place = field_place(reference(struct), field.name)
        yield Unchecked("row", place, "the struct behind `flatten` was not found", field.span)
    else:
        yield from _from_row(query, typed, view, outer, nested[1], depth - 1)
