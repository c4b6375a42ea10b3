"""Reads of ``diesel::sql_query(..).load::<T>()``: by name, as the SQL type that each field declares.

Sources: diesel_derives ``queryable_by_name.rs`` (``sql_type``, else the column of ``table_name``, ``embed``), diesel
``row.rs`` (of two columns of one name the first).
"""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.libraries.diesel import sql_type_attribute
from pytest_errorbudget.checks.contracts.libraries.own_types import derives, value_of
from pytest_errorbudget.checks.contracts.places import field_place
from pytest_errorbudget.checks.contracts.reads import Read, Reads, first_named
from pytest_errorbudget.checks.contracts.view import View, reference
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rust import Field, RustType, Struct
from pytest_errorbudget.model.rust_queries import Library, Query

_DEPTH = 8


def reads_by_declared_type(query: Query, typed: Typed, view: View, struct: Struct) -> Reads:
    yield from _of_struct(query, typed, view, struct, struct, _DEPTH)


def _of_struct(query: Query, typed: Typed, view: View, outer: Struct, struct: Struct, depth: int) -> Reads:
    if not derives(struct, "QueryableByName"):
        place = f"{struct.span.path}::{struct.name}"
        yield Unchecked("row", place, "`QueryableByName` is not derived: the fields are read by hand", struct.span)
        return
    for field in struct.fields:
        if value_of(field.attributes, "diesel", "embed") is not None:
            nested = view.resolve(field.type.inner.path, struct.span.path, struct.crate)
            if nested is None or not depth:
                place = field_place(reference(struct), field.name)
                yield Unchecked("row", place, "the struct behind `embed` was not found", field.span)
            else:
                yield from _of_struct(query, typed, view, outer, nested[1], depth - 1)
            continue
        yield Read(
            library=Library.DIESEL,
            crate=query.crate,
            asked=field.column,
            target=_declared(field, struct, view),
            column=first_named(typed, field.column),
            query=query,
            owner=struct,
            outer=outer,
            field=field,
        )


def _declared(field: Field, struct: Struct, view: View) -> RustType | None:
    """The SQL type of the field: its own, or that of the column of the struct's table."""
    own = value_of(field.attributes, "diesel", "sql_type")
    if own is not None:
        return sql_type_attribute(own)
    name = value_of(struct.attributes, "diesel", "table_name")
    tables = view.contracts.tables
    found = [each for each in tables if name == "::".join(filter(None, (each.crate, each.module, each.name)))]
    if name is not None and not found:  # a name that was not resolved
        last = name.rpartition("::")[2]
        found = [each for each in tables if each.name == last and each.crate == struct.crate]
    columns = [column for each in found[:1] for column in each.columns if field.column in (column.column, column.name)]
    return columns[0].type if len(found) == 1 and columns else None
