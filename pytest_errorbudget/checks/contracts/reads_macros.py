"""Reads of sqlx's macros: by the positions of the columns they were compiled against, without a type check.

``: _`` checks when the program runs. The ``_unchecked`` forms decode the field's type itself. Source: sqlx-macros-core
``query/output.rs``.
"""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.libraries.sqlx_overrides import parse_override
from pytest_errorbudget.checks.contracts.places import converts_rows, query_place
from pytest_errorbudget.checks.contracts.reads import Decoding, Read, Reads, at
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import OutputColumn, Typed
from pytest_errorbudget.model.rust_queries import Library, Query, QueryCall

_AS = frozenset({QueryCall.QUERY_AS_MACRO, QueryCall.QUERY_AS_UNCHECKED_MACRO})


def macro_reads(query: Query, typed: Typed, view: View) -> Reads:
    compiled = view.compiled(query)
    columns = compiled.columns if isinstance(compiled, Typed) else typed.columns
    if all(column.type.name == "void" for column in columns):
        return  # sqlx-macros-core `query/mod.rs`: without a result the row type is not used
    struct = view.structs.get(query.target) if query.target is not None else None
    if query.call in _AS and struct is None:
        yield Unchecked("row", query_place(query), view.why_unknown(query.target), query.span)
        return
    fields = {field.name.removeprefix("r#"): field for field in struct.fields} if struct is not None else {}
    plain = Decoding.CONVERTED if converts_rows(query) else Decoding.UNCHECKED
    for position, column in enumerate(columns):
        override = parse_override(column.name)
        field = fields.pop(override.name, None)
        yield Read(
            library=Library.SQLX,
            crate=query.crate,
            asked=override.name,
            target=field.type if field is not None else None,
            column=_same_place(typed, position, column),
            decoding=Decoding.CHECKED if override.type == "_" and converts_rows(query) else plain,
            query=query,
            owner=struct if field is not None else None,
            outer=struct,
            field=field,
            override=override,
            compiled=column,
        )
    for field in fields.values():
        yield Read(
            library=Library.SQLX,
            crate=query.crate,
            asked=field.name,
            target=field.type,
            column=None,
            decoding=plain,
            query=query,
            owner=struct,
            outer=struct,
            field=field,
        )


def _same_place(typed: Typed, position: int, compiled: OutputColumn) -> OutputColumn | None:
    """The tenant's column at a compiled position; none where another column stands there."""
    column = at(typed, position)
    return column if column is not None and column.name == compiled.name else None
