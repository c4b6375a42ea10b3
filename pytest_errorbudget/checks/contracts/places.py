"""Names of places in findings, and spans inside the SQL of a Rust string literal."""

from __future__ import annotations

import re

from pytest_errorbudget.model.finding import Label, LabelKind
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import ColumnRef
from pytest_errorbudget.model.rust import RustType, StructRef
from pytest_errorbudget.model.rust_queries import Query, QueryCall
from pytest_errorbudget.model.source import Span

_WORD = re.compile(r'"(?:[^"]|"")*"|\$?\w+|\S')
_CONVERTING = frozenset({QueryCall.QUERY_MACRO, QueryCall.QUERY_AS_MACRO, QueryCall.QUERY_SCALAR_MACRO})
_UNCHECKED = frozenset(
    {QueryCall.QUERY_UNCHECKED_MACRO, QueryCall.QUERY_AS_UNCHECKED_MACRO, QueryCall.QUERY_SCALAR_UNCHECKED_MACRO}
)


def is_macro(query: Query) -> bool:
    """Whether rustc checked the query's text and column names, against the developer's database."""
    return query.call in _CONVERTING | _UNCHECKED


def converts_rows(query: Query) -> bool:
    """Whether rustc checked the types of its rows and arguments as well: not for the ``_unchecked`` macros."""
    return query.call in _CONVERTING


def query_place(query: Query) -> str:
    """``services/billing/src/queries.rs::list_invoices#2``."""
    return f"{query.path}::{query.function}" + (f"#{query.ordinal}" if query.ordinal > 1 else "")


def field_place(owner: StructRef, field: str) -> str:
    return f"{owner.path}::{owner.name}.{field}"


def shown_type(rust: RustType) -> str:
    """As the source writes it, or rebuilt where the text was not kept."""
    if rust.text:
        return rust.text
    if rust.path == "()":
        return f"({', '.join(map(shown_type, rust.arguments))})"
    return rust.path + (f"<{', '.join(map(shown_type, rust.arguments))}>" if rust.arguments else "")


def shown_pg(pg: PgType) -> str:
    """``bigint``; a type of ``public`` without its schema, as the migrations write it."""
    return pg.formatted.removeprefix("public.")


def shown_column(column: ColumnRef) -> str:
    prefix = "" if column.schema == "public" else f"{column.schema}."
    return f"{prefix}{column.relation}.{column.column}"


def query_span(query: Query) -> Span:
    return query.literal if query.literal is not None else query.span


def query_label(query: Query, text: str) -> Label:
    return Label(query_span(query), text, LabelKind.CONTEXT)


def sql_span(query: Query, offset: int | None) -> Span:
    """The word at a character offset of the query, inside its Rust literal; the literal where that is not known."""
    if offset is None or query.sql is None or not query.offsets or not 0 <= offset <= len(query.sql):
        return query_span(query)
    word = _WORD.match(query.sql, offset)
    line, column = _at(query, offset)
    end_line, end_column = _at(query, word.end() - 1 if word is not None else offset)
    return Span(query.path, line, column, end_line, end_column + 1)


def _at(query: Query, offset: int) -> tuple[int, int]:
    start, line, column = max(point for point in query.offsets if point[0] <= offset or point == query.offsets[0])
    return line, column + max(0, offset - start)
