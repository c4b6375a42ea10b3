"""Which output column of a query each Rust field, tuple member or scalar decodes, and how.

By name with ``try_get`` (``derive(FromRow)``; of two columns of one name the last), by position with ``try_get``
(tuples, scalars), by position without a type check (macros; ``: _`` checks). Sources: sqlx-macros-core
``derives/row.rs`` and ``query/output.rs``, sqlx-core ``from_row.rs``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.checks.contracts.libraries.rust_syntax import parse_type
from pytest_errorbudget.checks.contracts.libraries.sqlx_attributes import Mapping, mapping_of
from pytest_errorbudget.checks.contracts.libraries.sqlx_overrides import Override, parse_override
from pytest_errorbudget.checks.contracts.places import field_place, is_macro, query_place
from pytest_errorbudget.checks.contracts.view import View, reference
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import OutputColumn, Typed
from pytest_errorbudget.model.rust import Field, Query, QueryCall, RustType, Struct

_DEPTH = 8


class Decoding(Enum):
    """Whether sqlx compares the types when the program runs."""

    CHECKED = "try_get"
    UNCHECKED = "try_get_unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One value out of a row.

    ``target`` is the type decoded or converted to, ``None`` where the macro chooses it. ``asked`` is the column's name,
    or its position from 1 for reads by position. ``column`` is ``None`` where the query does not return it.
    ``compiled`` is the column the macro was compiled against, for macros only. ``outer`` is the query's row struct,
    ``owner`` the struct of the field (another one behind ``flatten``).
    """

    query: Query
    asked: str | int
    target: RustType | None
    column: OutputColumn | None
    decoding: Decoding
    owner: Struct | None = None
    outer: Struct | None = None
    field: Field | None = None
    override: Override | None = None
    compiled: OutputColumn | None = None

    @property
    def place(self) -> str:
        if self.owner is not None and self.field is not None:
            return field_place(reference(self.owner), self.field.name)
        return f"{query_place(self.query)}.{self.asked}"


def reads_of(query: Query, typed: Typed, view: View) -> Iterator[Read | Unchecked]:
    """Every read of one query in one shape."""
    if is_macro(query):
        yield from _macro_reads(query, typed, view)
    elif query.target is not None:
        yield from _struct_reads(query, typed, view)
    elif query.scalar is not None and query.scalar.path == "()" and query.call is QueryCall.QUERY_AS:
        for position, member in enumerate(query.scalar.arguments, 1):
            yield _by_position(query, typed, position, member)
    elif query.scalar is not None and query.call is QueryCall.QUERY_SCALAR:
        yield _by_position(query, typed, 1, query.scalar)
    elif query.call is QueryCall.QUERY_AS:
        yield Unchecked("row", query_place(query), "the row type is not a struct of the workspace", query.span)


def _by_position(query: Query, typed: Typed, position: int, target: RustType) -> Read:
    column = typed.columns[position - 1] if position <= len(typed.columns) else None
    return Read(query=query, asked=position, target=target, column=column, decoding=Decoding.CHECKED)


def _struct_reads(query: Query, typed: Typed, view: View) -> Iterator[Read | Unchecked]:
    struct = view.structs.get(query.target) if query.target is not None else None
    if struct is None:
        yield Unchecked("row", query_place(query), "the row struct was not found", query.span)
    else:
        yield from _from_row(query, typed, view, struct, struct, _DEPTH)


def _from_row(
    query: Query, typed: Typed, view: View, outer: Struct, struct: Struct, depth: int
) -> Iterator[Read | Unchecked]:
    if not any(derive.rpartition("::")[2] == "FromRow" for derive in struct.derives):
        place = f"{struct.span.path}::{struct.name}"
        yield Unchecked("row", place, "`FromRow` is not derived: the fields are read by hand", struct.span)
        return
    columns = {column.name: column for column in typed.columns}
    defaults = mapping_of(struct.attributes).default
    for position, field in enumerate(struct.fields):
        mapping = mapping_of(field.attributes)
        if mapping.skip:
            continue
        if mapping.flatten:
            yield from _flattened(query, typed, view, outer, struct, field, depth)
            continue
        positional = field.name.isdigit()
        asked: str | int = position + 1 if positional else field.column
        column = _at(typed, position) if positional else columns.get(field.column)
        if column is None and (defaults or mapping.default):
            continue
        target = _decoded(field, mapping)
        if target is None:
            place = field_place(reference(struct), field.name)
            yield Unchecked("row", place, f'`try_from = "{mapping.try_from}"` is not understood', field.span)
            continue
        yield Read(
            query=query,
            asked=asked,
            target=target,
            column=column,
            decoding=Decoding.CHECKED,
            owner=struct,
            outer=outer,
            field=field,
        )


def _at(typed: Typed, position: int) -> OutputColumn | None:
    return typed.columns[position] if position < len(typed.columns) else None


def _decoded(field: Field, mapping: Mapping) -> RustType | None:
    """The type that ``try_get`` is asked for, after ``try_from`` and ``json``."""
    inner = field.type if mapping.try_from is None else parse_type(mapping.try_from)
    if inner is None or mapping.json is None:
        return inner
    json = RustType("Json", (inner,), f"Json<{inner.text}>")
    return RustType("Option", (json,), f"Option<{json.text}>") if mapping.json == "nullable" else json


def _flattened(
    query: Query, typed: Typed, view: View, outer: Struct, struct: Struct, field: Field, depth: int
) -> Iterator[Read | Unchecked]:
    source = _decoded(field, mapping_of(field.attributes))
    nested = view.resolve(source.path, struct.span.path, struct.crate) if source is not None else None
    if nested is None or not depth:
        place = field_place(reference(struct), field.name)
        yield Unchecked("row", place, "the struct behind `flatten` was not found", field.span)
    else:
        yield from _from_row(query, typed, view, outer, nested[1], depth - 1)


def _macro_reads(query: Query, typed: Typed, view: View) -> Iterator[Read | Unchecked]:
    compiled = view.compiled(query)
    columns = compiled.columns if isinstance(compiled, Typed) else typed.columns
    struct = view.structs.get(query.target) if query.target is not None else None
    if query.call is QueryCall.QUERY_AS_MACRO and struct is None:
        yield Unchecked("row", query_place(query), "the row struct was not found", query.span)
        return
    fields = {field.name.removeprefix("r#"): field for field in struct.fields} if struct is not None else {}
    for position, column in enumerate(columns):
        override = parse_override(column.name)
        field = fields.pop(override.name, None)
        yield Read(
            query=query,
            asked=override.name,
            target=field.type if field is not None else None,
            column=_same_place(typed, position, column),
            decoding=Decoding.CHECKED if override.type == "_" else Decoding.UNCHECKED,
            owner=struct if field is not None else None,
            outer=struct,
            field=field,
            override=override,
            compiled=column,
        )
    for field in fields.values():
        yield Read(
            query=query,
            asked=field.name,
            target=field.type,
            column=None,
            decoding=Decoding.UNCHECKED,
            owner=struct,
            outer=struct,
            field=field,
        )


def _same_place(typed: Typed, position: int, compiled: OutputColumn) -> OutputColumn | None:
    """The tenant's column at a compiled position; none where another column stands there."""
    column = _at(typed, position)
    return column if column is not None and column.name == compiled.name else None
