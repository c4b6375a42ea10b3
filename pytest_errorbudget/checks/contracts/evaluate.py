"""All rules over one database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.handler_narrowing import handler_narrowing, lost_flow
from pytest_errorbudget.checks.contracts.libraries.sqlx_attributes import mapping_of
from pytest_errorbudget.checks.contracts.places import query_place
from pytest_errorbudget.checks.contracts.query_arguments import query_arguments
from pytest_errorbudget.checks.contracts.query_fails import query_fails
from pytest_errorbudget.checks.contracts.reach import Reached
from pytest_errorbudget.checks.contracts.reads import Read, reads_of
from pytest_errorbudget.checks.contracts.row_column_missing import row_column_missing
from pytest_errorbudget.checks.contracts.row_null import needs_value, row_null
from pytest_errorbudget.checks.contracts.row_type import row_type
from pytest_errorbudget.checks.contracts.view import ShapeView, View, key_of, reference
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.rust import Query, StructRef


@dataclass(frozen=True, slots=True)
class _TypedRead:
    read: Read
    typed: Typed


def of_shape(shape: ShapeView, view: View, handlers: tuple[Reached, ...]) -> Iterator[Draft | Unchecked]:
    """What every rule says of one shape."""
    fills: defaultdict[tuple[StructRef, str], list[Read]] = defaultdict(list)
    for query in view.queries:
        verdict = shape.verdict(query)
        match verdict:
            case None:
                yield _unprepared(query, shape)
            case Rejected():
                yield query_fails(query, verdict, shape.shape, view)
            case Typed():
                yield from _of_query(query, verdict, shape, view, fills)
    yield from _of_flows(fills, shape, view, handlers)


def _unprepared(query: Query, shape: ShapeView) -> Unchecked:
    typing = shape.typings.get(key_of(query))
    known = typing.unchecked if typing is not None else None
    reason = query.unchecked if query.sql is None else known
    return Unchecked("query", query_place(query), reason or "it was not prepared on this schema", query.span)


def _of_query(
    query: Query,
    typed: Typed,
    shape: ShapeView,
    view: View,
    fills: defaultdict[tuple[StructRef, str], list[Read]],
) -> Iterator[Draft | Unchecked]:
    arguments = query_arguments(query, typed)
    if arguments is not None:
        yield arguments
    unknown = 0
    for read in reads_of(query, typed, view):
        if isinstance(read, Unchecked):
            yield read
            continue
        if read.owner is not None and read.field is not None:
            fills[reference(read.owner), read.field.name].append(read)
        yield from _of_read(_TypedRead(read, typed), shape, view)
        unknown += read.column is not None and read.column.nullable is None and needs_value(read, view)
    if unknown:
        columns = "1 column" if unknown == 1 else f"{unknown} columns"
        yield Unchecked("row-null", query_place(query), f"not known whether {columns} can be NULL", query.span)


def _of_read(each: _TypedRead, shape: ShapeView, view: View) -> Iterator[Draft | Unchecked]:
    for said in (
        row_column_missing(each.read, each.typed, shape.shape, view),
        row_type(each.read, shape.shape, view),
        row_null(each.read, shape.shape, view),
    ):
        if said is not None:
            yield said


def _of_flows(
    fills: defaultdict[tuple[StructRef, str], list[Read]],
    shape: ShapeView,
    view: View,
    handlers: tuple[Reached, ...],
) -> Iterator[Draft | Unchecked]:
    for flow in view.contracts.flows:
        for read in fills.get((flow.row, flow.row_field), ()):
            said = handler_narrowing(flow, read, shape.shape, view, handlers)
            if said is not None:
                yield said


def of_sources(view: View) -> Iterator[Unchecked]:
    """What the sources alone leave unchecked: lost flows, and row structs that no query fills."""
    yield from map(lost_flow, view.contracts.lost)
    targets = {query.target for query in view.contracts.queries}
    flattened = {
        found[0]
        for struct in view.contracts.structs
        for field in struct.fields
        if mapping_of(field.attributes).flatten
        for found in (view.resolve(field.type.inner.path, struct.span.path, struct.crate),)
        if found is not None
    }
    for struct in view.contracts.structs:
        derived = any(derive.rpartition("::")[2] == "FromRow" for derive in struct.derives)
        ref = reference(struct)
        if derived and ref not in targets and ref not in flattened and view.scope.reads(struct.crate):
            place = f"{ref.path}::{ref.name}"
            yield Unchecked("row", place, "no query that was read fills this row struct", struct.span)
