"""The item and the labels that a finding about a read has."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.origins import origin_labels
from pytest_errorbudget.checks.contracts.places import query_label, query_span, shown_column
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.scope import QuerySubject, Subject, TenantShape, TypeSubject
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.finding import Label
from pytest_errorbudget.model.query_typing import OutputColumn, Typed
from pytest_errorbudget.model.rust_queries import Query


def query_subject(query: Query) -> QuerySubject:
    return QuerySubject(query.path, query.function, query.ordinal)


def read_subjects(read: Read) -> tuple[Subject, ...]:
    """The row struct of the query, or the query where there is none."""
    if read.outer is not None and read.field is not None:
        return (TypeSubject(read.outer.span.path, read.outer.name),)
    return (query_subject(read.query),) if read.query is not None else ()


def read_labels(read: Read, shape: TenantShape, view: View, text: str) -> tuple[Label, ...]:
    """The field (or the call, or the query) first, then the query, then the migration line of the column."""
    column = read.column
    source = (column.origin or column.source) if column is not None else None
    history = origin_labels(source, shape.schema, view.migrated)
    if read.query is None:
        return (Label(read.field.span, text), *history) if read.field is not None else history
    place = read.field or read.by_hand
    if place is None:
        return (Label(query_span(read.query), text), *history)
    return (Label(place.span, text), query_label(read.query, f"read by `{read.query.function}` here"), *history)


def read_name(read: Read) -> str:
    """What reads the value: ``field `amount: i64` `` or ``column 1 of `list_invoices` ``."""
    if read.field is not None:
        return f"field `{read.field.name}: {read.field.type.text or read.field.type.path}`"
    return f"`{read.query.function}`" if read.query is not None else f"`{read.asked}`"


def shown_output(read: Read, column: OutputColumn, view: View) -> str:
    """``invoices.amount_cents`` for a column that is nothing else in any shape (a cast to the type that it has already
    is no cast to PostgreSQL), ``the query's column `total` `` for anything else."""
    if column.origin is None or read.query is None:
        return f"the query's column `{column.name}`" if column.origin is None else f"`{shown_column(column.origin)}`"
    for shape in view.shapes:
        verdict = shape.verdict(read.query)
        if isinstance(verdict, Typed) and any(c.name == column.name and c.origin is None for c in verdict.columns):
            return f"the query's column `{column.name}`"
    return f"`{shown_column(column.origin)}`"
