"""``parameter-type``: a bound value has another type than the parameter, or a narrower one than the column.

tokio-postgres compares the Rust type with the parameter's and refuses. sqlx and sea-orm send the type that the Rust
type stands for, diesel the one that ``bind`` names, and PostgreSQL casts where it can. sqlx's macros are compared when
they are compiled: only a schema in which the parameter has another type can fail them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_errorbudget.checks.contracts.declared import declared_type
from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes
from pytest_errorbudget.checks.contracts.libraries.sent import cannot_become, is_narrower
from pytest_errorbudget.checks.contracts.libraries.tokio_postgres import TOKIO_POSTGRES
from pytest_errorbudget.checks.contracts.numbers import Whole, of_pg
from pytest_errorbudget.checks.contracts.origins import column_of, origin_labels
from pytest_errorbudget.checks.contracts.places import (
    converts_rows,
    query_place,
    query_span,
    shown_column,
    shown_pg,
    shown_type,
)
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import query_subject
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.finding import Label
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import ColumnRef, Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.rust_queries import Library, Query
from pytest_errorbudget.model.severity import Severity


def parameter_type(query: Query, typed: Typed, shape: TenantShape, view: View) -> Iterator[Draft | Unchecked]:
    own = view.types(query.crate, shape.schema)
    match query.call.library:
        case Library.TOKIO_POSTGRES:
            yield from _compared(query, typed, shape, view, own)
        case Library.SQLX if converts_rows(query):
            yield from _compiled(query, typed, shape, view, own)
        case Library.SQLX | Library.SEA_ORM | Library.DIESEL:
            for number, rust in enumerate(query.parameters, 1):
                given = declared_type(query, rust, own)
                if rust is not None and given is not None:
                    yield from _sent(query, typed, shape, view, number, (f"`{shown_type(rust)}`", given), own)


def _compared(query: Query, typed: Typed, shape: TenantShape, view: View, own: OwnTypes) -> Iterator[Draft | Unchecked]:
    """tokio-postgres: ``ToSql::accepts`` on the type that the server gives the parameter."""
    for number, (rust, pg) in enumerate(zip(query.parameters, typed.parameters, strict=False), 1):
        if rust is None:
            continue
        answer = TOKIO_POSTGRES.accepts(rust, pg, own)
        match answer:
            case Accepts():
                continue
            case NotKnown(reason):
                yield Unchecked("parameter-type", f"{query_place(query)}.${number}", reason, query.span)
            case Refuses() if own.domain(pg) is not None:
                reason = f"the parameter has the domain `{shown_pg(pg)}`"
                yield Unchecked("parameter-type", f"{query_place(query)}.${number}", reason, query.span)
            case Refuses():
                yield _refused(query, typed, shape, view, number, rust, pg)


def _refused(
    query: Query, typed: Typed, shape: TenantShape, view: View, number: int, rust: RustType, pg: PgType
) -> Draft:
    name = shown_type(rust)
    return _draft(
        query,
        f"`{query.function}` binds `{name}` to parameter {number}, which is `{shown_pg(pg)}`",
        _labels(query, typed, shape, view, number, f"parameter {number} is `{shown_pg(pg)}`"),
        f"Every call fails at run time with `tokio_postgres::Error` (error serializing parameter {number - 1}: cannot "
        f"convert between the Rust type `{name}` and the Postgres type `{'_' * pg.dimensions}{pg.name}`), so a 500 "
        "where a handler passes it on.",
        f"bind a value of the type that `{shown_pg(pg)}` takes, or cast the parameter in the query",
    )


def _compiled(query: Query, typed: Typed, shape: TenantShape, view: View, own: OwnTypes) -> Iterator[Draft]:
    """sqlx's macros: the argument has the type of the parameter in the schema they were compiled against."""
    compiled = view.compiled(query)
    if not isinstance(compiled, Typed) or not shape.tenants:
        return
    for number, (given, here) in enumerate(zip(compiled.parameters, typed.parameters, strict=False), 1):
        if given != here:
            yield from _sent(query, typed, shape, view, number, (f"`{shown_pg(given)}`", given), own)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meeting:
    """A value of the type ``given`` meets a column: it is compared with it or assigned to it."""

    number: int
    what: str
    given: PgType
    column: ColumnRef
    pg: PgType


def _sent(
    query: Query, typed: Typed, shape: TenantShape, view: View, number: int, bound: tuple[str, PgType], own: OwnTypes
) -> Iterator[Draft]:
    """A value of a type that sqlx declares, against the columns that it meets."""
    what, given = bound
    for ref in dict.fromkeys(b.column for b in typed.bindings if b.number == number):
        column = column_of(shape.schema, ref)
        if column is None:
            continue
        pg = column.base or column.type
        meeting = _Meeting(number=number, what=what, given=given, column=ref, pg=pg)
        labels = _labels(query, typed, shape, view, number, f"parameter {number} meets `{shown_column(ref)}`")
        if cannot_become(given, pg, own):
            yield _impossible(query, meeting, labels)
        elif is_narrower(given, pg):
            yield _narrow(query, meeting, labels)


def _impossible(query: Query, meeting: _Meeting, labels: tuple[Label, ...]) -> Draft:
    number, pg, column = meeting.number, shown_pg(meeting.pg), shown_column(meeting.column)
    return _draft(
        query,
        f"`{query.function}` binds {meeting.what} to parameter {number}, and `{column}` is `{pg}`",
        labels,
        f"{query.call.library.value} sends it as `{shown_pg(meeting.given)}`, which PostgreSQL neither compares with "
        f"`{pg}` nor casts to it: every call fails at run time with {behaviour_of(query.call.library).database} "
        "(SQLSTATE 42883 or 42804), so a 500 where a handler passes it on.",
        f"bind a value that stands for `{pg}`, or cast the parameter in the query (`${number}::{pg}`)",
    )


def _narrow(query: Query, meeting: _Meeting, labels: tuple[Label, ...]) -> Draft:
    number, pg, column = meeting.number, shown_pg(meeting.pg), shown_column(meeting.column)
    return _draft(
        query,
        f"`{query.function}` binds {meeting.what} to parameter {number}, but `{column}` is `{pg}`",
        labels,
        f"Values past {_largest(meeting.given)} cannot be bound: what narrows them before wraps in silence or fails, "
        "and rows that have them are not found.",
        f"bind a value of the column's own width, `{pg}`",
        Severity.WARNING,
    )


def _labels(query: Query, typed: Typed, shape: TenantShape, view: View, number: int, text: str) -> tuple[Label, ...]:
    refs = dict.fromkeys(b.column for b in typed.bindings if b.number == number)
    history = tuple(label for ref in refs for label in origin_labels(ref, shape.schema, view.migrated))
    return (Label(query_span(query), text), *history)


def _draft(
    query: Query,
    text: str,
    labels: tuple[Label, ...],
    consequence: str,
    help: str,
    severity: Severity = Rule.PARAMETER_TYPE.severity,
) -> Draft:
    return Draft(
        rule=Rule.PARAMETER_TYPE,
        severity=severity,
        place=query_place(query),
        text=text,
        subjects=(query_subject(query),),
        labels=labels,
        consequence=consequence,
        help=help,
    )


def _largest(given: PgType) -> int:
    numbers = of_pg(given)
    return numbers.largest if isinstance(numbers, Whole) else 0
