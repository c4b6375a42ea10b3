"""All rules over one database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pytest_errorbudget.checks.contracts.cached_plan import cached_plan
from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.entities import entities_of, of_entities
from pytest_errorbudget.checks.contracts.handler_narrowing import handler_narrowing, lost_flow
from pytest_errorbudget.checks.contracts.insert_incomplete import insert_incomplete
from pytest_errorbudget.checks.contracts.libraries.own_types import derives
from pytest_errorbudget.checks.contracts.libraries.sqlx_attributes import mapping_of
from pytest_errorbudget.checks.contracts.override_nullable import override_nullable
from pytest_errorbudget.checks.contracts.parameter_type import parameter_type
from pytest_errorbudget.checks.contracts.places import query_place
from pytest_errorbudget.checks.contracts.query_arguments import query_arguments
from pytest_errorbudget.checks.contracts.query_fails import query_fails
from pytest_errorbudget.checks.contracts.query_index import query_index
from pytest_errorbudget.checks.contracts.reach import Reached
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.reads_of_query import reads_of
from pytest_errorbudget.checks.contracts.row_column_missing import row_column_missing
from pytest_errorbudget.checks.contracts.row_null import needs_value, row_null
from pytest_errorbudget.checks.contracts.row_option import row_option
from pytest_errorbudget.checks.contracts.row_position import row_position
from pytest_errorbudget.checks.contracts.row_type import row_type
from pytest_errorbudget.checks.contracts.rust_enum_labels import rust_enum_labels
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.select_star_order import select_star_order
from pytest_errorbudget.checks.contracts.subjects import query_subject
from pytest_errorbudget.checks.contracts.table_declaration_stale import table_declaration_stale
from pytest_errorbudget.checks.contracts.undecided import is_for_another_server
from pytest_errorbudget.checks.contracts.view import ShapeView, View, key_of, reference
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.rust import StructRef
from pytest_errorbudget.model.rust_queries import Query
from pytest_errorbudget.model.severity import Severity

Said = Iterator[tuple[TenantShape, Draft] | Unchecked]


def of_database(view: View, handlers: tuple[Reached, ...]) -> Said:
    """What every rule says of every shape, and of the shapes beside each other."""
    seen: list[tuple[TenantShape, Read]] = []
    for shape in view.shapes:
        reads: list[Read] = []
        for said in _of_shape(shape, view, handlers, reads):
            yield said if isinstance(said, Unchecked) else (shape.shape, said)
        seen.extend((shape.shape, read) for read in reads)
    yield from row_option(seen, view)
    yield from cached_plan(view)


def _of_shape(
    shape: ShapeView, view: View, handlers: tuple[Reached, ...], reads: list[Read]
) -> Iterator[Draft | Unchecked]:
    """``reads`` is filled with every read of the shape."""
    for query in view.queries:
        if is_for_another_server(query, view):
            yield Unchecked("query", query_place(query), "its crate speaks to another server", query.span)
            continue
        verdict = shape.verdict(query)
        unreached = view.why_unreached(query, verdict, shape.shape)
        if unreached is not None:
            yield _skipped(query, unreached, shape, view)
            continue
        match verdict:
            case None:
                yield _unprepared(query, shape, view)
            case Rejected() if (reason := view.why_elsewhere(query)) is not None:
                yield Unchecked("query", query_place(query), f"{reason}: {verdict.message}", query.span)
            case Rejected() if query.path in shape.elsewhere:
                yield _of_elsewhere(query, verdict)
            case Rejected():
                yield from _refused(query, verdict, shape, view)
            case Typed():
                yield from _of_query(query, verdict, shape, view, reads)
    yield from _of_declarations(shape, view, reads)
    yield from _of_flows(reads, shape, view, handlers)


def _of_declarations(shape: ShapeView, view: View, reads: list[Read]) -> Iterator[Draft | Unchecked]:
    """Entities, ``table!`` and enums."""
    if view.unreached is not None and not shape.shape.tenants:
        if entities_of(view) or view.contracts.tables:
            yield Unchecked("table-declaration", "migrations", view.unreached.reason)
        for enum in view.contracts.enums:
            if view.scope.reads(enum.crate):
                yield Unchecked("enum", f"{enum.span.path}::{enum.name}", view.unreached.reason, enum.span)
        return
    for said in of_entities(shape.shape, view):
        if isinstance(said, Read):
            reads.append(said)
            yield from _of_read(said, Typed(columns=(), parameters=()), shape, view)
        else:
            yield said
    yield from table_declaration_stale(shape.shape, view)
    yield from rust_enum_labels(shape, reads, view)


def _unprepared(query: Query, shape: ShapeView, view: View) -> Unchecked:
    """A query with a text that no schema of these tenants could be built for has nothing to say: it is skipped."""
    if query.sql is None:
        reason = query.unchecked or "it was not prepared on this schema"
        return Unchecked("query", query_place(query), reason, query.span)
    typing = shape.typings.get(key_of(query))
    known = typing.unchecked if typing is not None else None
    return _skipped(query, known or "it was not prepared on this schema", shape, view)


def _skipped(query: Query, reason: str, shape: ShapeView, view: View) -> Unchecked:
    stands = shape.shape.tenants or not view.scope.tenants
    items = tuple(each.item for each in view.scope.affected(shape.shape, query_subject(query))) if stands else ()
    return Unchecked("query", query_place(query), reason, query.span, items)


def _refused(query: Query, rejected: Rejected, shape: ShapeView, view: View) -> Iterator[Draft | Unchecked]:
    """Where a bound value is what is refused, it is said of the value."""
    typing = shape.typings[key_of(query)]
    free = typing.undeclared
    said = () if free is None else parameter_type(query, free, shape.shape, view)
    values = [each for each in said if isinstance(each, Draft) and each.severity is Severity.ERROR]
    if values:
        yield from values
    else:
        yield query_fails(query, rejected, typing, shape.shape, view)


def _of_elsewhere(query: Query, rejected: Rejected) -> Unchecked:
    reason = f"most queries of its file name what no migration mentions: {rejected.message}"
    return Unchecked("query", query_place(query), reason, query.span)


def _of_query(
    query: Query, typed: Typed, shape: ShapeView, view: View, reads: list[Read]
) -> Iterator[Draft | Unchecked]:
    arguments = query_arguments(query, typed, shape.typings[key_of(query)].declared)
    if arguments is not None:
        yield arguments
    else:
        yield from parameter_type(query, typed, shape.shape, view)
    yield from insert_incomplete(query, typed, shape.shape, view)
    yield from query_index(query, typed, shape.shape, view)
    unknown = 0
    for read in reads_of(query, typed, view):
        if isinstance(read, Unchecked):
            yield read
            continue
        reads.append(read)
        yield from _of_read(read, typed, shape, view)
        unsaid = read.column is not None and read.column.nullable is None
        unknown += unsaid and needs_value(read, shape.shape.schema, view)
    if unknown:
        columns = "1 column" if unknown == 1 else f"{unknown} columns"
        yield Unchecked("row-null", query_place(query), f"not known whether {columns} can be NULL", query.span)


def _of_read(read: Read, typed: Typed, shape: ShapeView, view: View) -> Iterator[Draft | Unchecked]:
    elsewhere = select_star_order(read, shape.shape, view)
    if elsewhere is not None:
        # what stands at the place is another column: its type and its NULLs say nothing of this one
        yield elsewhere
        return
    for said in (
        row_column_missing(read, typed, shape.shape, view),
        row_position(read, typed, shape.shape, view),
        row_type(read, shape.shape, view),
        row_null(read, shape.shape, view),
        override_nullable(read, shape.shape, view),
    ):
        if said is not None:
            yield said


def _of_flows(
    reads: list[Read], shape: ShapeView, view: View, handlers: tuple[Reached, ...]
) -> Iterator[Draft | Unchecked]:
    fills: defaultdict[tuple[StructRef, str], list[Read]] = defaultdict(list)
    for read in reads:
        if read.owner is not None and read.field is not None:
            fills[reference(read.owner), read.field.name].append(read)
    for flow in view.contracts.flows:
        for read in fills.get((flow.row, flow.row_field), ()):
            answering = _of_program(flow.payload, read, view, handlers)
            said = handler_narrowing(flow, read, shape.shape, view, answering) if answering is not None else None
            if said is not None:
                yield said


def _of_program(
    payload: StructRef, read: Read, view: View, handlers: tuple[Reached, ...]
) -> tuple[Reached, ...] | None:
    """The handlers of programs that hold the read too; ``None`` where the payload is another program's."""
    struct = view.structs.get(payload)
    if struct is not None and not view.programs.meet(struct.crate, read.crate):
        return None
    return tuple(reached for reached in handlers if view.programs.meet(reached.handler.crate, read.crate))


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
        ref = reference(struct)
        if derives(struct, "FromRow") and ref not in targets | flattened and view.scope.reads(struct.crate):
            place = f"{ref.path}::{ref.name}"
            yield Unchecked("row", place, "no query that was read fills this row struct", struct.span)
