"""``handler-narrowing``: a handler's payload field is too small for the column behind it.

Followed from the payload field over the casts of the conversion to the row field, from there to the query's output,
and from there, through a cast in the query, to the column as each tenant has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.rust_syntax import parse_type
from pytest_errorbudget.checks.contracts.libraries.sqlx_macros import chosen
from pytest_errorbudget.checks.contracts.numbers import Exact, Numbers, Whole, loses, of_pg, of_rust
from pytest_errorbudget.checks.contracts.origins import column_of, origin_labels
from pytest_errorbudget.checks.contracts.places import field_place, query_label, shown_column, shown_pg, shown_type
from pytest_errorbudget.checks.contracts.reach import Reached
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.scope import HandlerSubject, Subject, TenantShape, TypeSubject
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.finding import Label, LabelKind
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import ColumnRef, OutputColumn
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import Field, RustType
from pytest_errorbudget.model.rust_boundaries import Cast, FieldFlow, LostFlow
from pytest_errorbudget.model.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loss:
    """The first step that cannot hold the column: what is written there, what follows, and its label."""

    consequence: str
    label: Label | None


def handler_narrowing(
    flow: FieldFlow, read: Read, shape: TenantShape, view: View, handlers: tuple[Reached, ...]
) -> Draft | Unchecked | None:
    """One flow, one query that fills its row, one shape."""
    output = read.column
    if output is None:
        return None
    ref = output.source or output.origin
    column = column_of(shape.schema, ref)
    if ref is None or column is None:
        return _of_expression(flow, read, output, view)
    source_type = column.base or column.type
    source = of_pg(source_type)
    loss = _first_loss(flow, read, source, output.type, view) if source is not None else None
    if loss is None:
        return None
    return Draft(
        rule=Rule.HANDLER_NARROWING,
        severity=Rule.HANDLER_NARROWING.severity if _is_reached(flow, handlers) else Severity.WARNING,
        place=field_place(flow.payload, flow.field),
        text=f"{_who(flow, view, handlers)}, but `{shown_column(ref)}` is `{shown_pg(column.type)}`",
        subjects=_subjects(flow, handlers),
        labels=_labels(flow, read, loss, ref, shape, view),
        consequence=loss.consequence,
        help=_help(flow, source_type, view),
    )


def _of_expression(flow: FieldFlow, read: Read, output: OutputColumn, view: View) -> Unchecked | None:
    """An expression has the same type for every tenant: only where Rust narrows it is there something to say."""
    numbers = of_pg(output.type)
    if numbers is None or _first_loss(flow, read, numbers, output.type, view) is None:
        return None
    reason = f"the query's column `{output.name}` is not one column of a table"
    return Unchecked("handler-narrowing", field_place(flow.payload, flow.field), reason, flow.span)


def lost_flow(lost: LostFlow) -> Unchecked:
    return Unchecked("handler-narrowing", field_place(lost.payload, lost.field), lost.reason, lost.span)


def _first_loss(flow: FieldFlow, read: Read, source: Numbers, output: PgType, view: View) -> _Loss | None:
    in_query = of_pg(output)
    if in_query is not None and loses(source, in_query):
        return _Loss(consequence=_in_query(in_query, output), label=None)
    for cast in flow.casts:
        target = of_rust(_name(cast.to))
        if target is not None and loses(source, target):
            return _Loss(consequence=_in_cast(cast, source, target), label=_cast_label(cast))
    payload = _payload_field(flow, view)
    target = of_rust(payload.type.inner.path) if payload is not None else None
    held = of_rust(read.field.type.inner.path) if read.field is not None else None
    if target is None or not loses(source, target) or (held is not None and loses(source, held)):
        # where the row field itself is too small, row-type says so
        return None
    return _Loss(consequence=f"Values that {_beyond(target)} cannot reach the client as they are.", label=None)


def _name(text: str) -> str:
    parsed = parse_type(text)
    return parsed.inner.path if parsed is not None else text


def _in_query(target: Numbers, output: PgType) -> str:
    if isinstance(target, Whole):
        return (
            f"The query casts to `{shown_pg(output)}`: for values past {target.largest} PostgreSQL answers with "
            "SQLSTATE 22003, `sqlx::Error::Database`, so a 500 where a handler passes it on."
        )
    return f"The query casts to `{shown_pg(output)}`, which rounds: the client gets another number, without an error."


def _in_cast(cast: Cast, source: Numbers, target: Numbers) -> str:
    if not cast.lossy:
        return (
            f"The conversion to `{cast.to}` fails for values that {_beyond(target)}: the handler answers with an "
            "error, or panics where the result is unwrapped."
        )
    match source, target:
        case Whole(), Whole():
            return (
                f"`as {cast.to}` wraps in silence: values past {target.largest} reach the client as other numbers, "
                "without an error."
            )
        case _, Whole():
            return f"`as {cast.to}` drops the fraction and stops at the type's bounds, without an error."
        case _:
            return f"`as {cast.to}` rounds: the client gets another number, without an error."


def _beyond(target: Numbers) -> str:
    return f"are past {target.largest}" if isinstance(target, Whole) else "need more digits"


def _payload_field(flow: FieldFlow, view: View) -> Field | None:
    struct = view.structs.get(flow.payload)
    return next((f for f in struct.fields if f.name == flow.field), None) if struct is not None else None


def _who(flow: FieldFlow, view: View, handlers: tuple[Reached, ...]) -> str:
    payload = _payload_field(flow, view)
    last = flow.casts[-1].to if flow.casts else "?"
    what = f"`{flow.field}: {shown_type(payload.type) if payload is not None else last}`"
    old = payload is not None and any(a.name == "deprecated" for a in payload.attributes)
    what = f"deprecated {what}" if old else what
    # one function may stand behind several routes
    answering = list(dict.fromkeys(f"`{r.handler.function}`" for r in handlers if flow.payload in r.outputs))
    taking = list(dict.fromkeys(f"`{r.handler.function}`" for r in handlers if flow.payload in r.inputs))
    if answering:
        return f"{_handlers(answering, 'answers', 'answer')} with {what}"
    if taking:
        return f"{_handlers(taking, 'takes', 'take')} {what}"
    return f"payload `{flow.payload.name}` holds {what}"


def _handlers(names: list[str], one: str, many: str) -> str:
    if len(names) == 1:
        return f"handler {names[0]} {one}"
    return f"handlers {', '.join(names[:-1])} and {names[-1]} {many}"


def _is_reached(flow: FieldFlow, handlers: tuple[Reached, ...]) -> bool:
    """Whether a handler is known to answer with the payload or to take it."""
    return any(flow.payload in reached.outputs | reached.inputs for reached in handlers)


def _subjects(flow: FieldFlow, handlers: tuple[Reached, ...]) -> tuple[Subject, ...]:
    found = {
        HandlerSubject(r.handler.path, r.handler.function)
        for r in handlers
        if flow.payload in r.outputs or flow.payload in r.inputs
    }
    return tuple(sorted(found)) or (TypeSubject(flow.payload.path, flow.payload.name),)


def _cast_label(cast: Cast) -> Label:
    text = f"`as {cast.to}` wraps in silence" if cast.lossy else f"fails past the bounds of `{cast.to}`"
    return Label(cast.span, text, LabelKind.CONTEXT)


def _labels(
    flow: FieldFlow, read: Read, loss: _Loss, ref: ColumnRef, shape: TenantShape, view: View
) -> tuple[Label, ...]:
    payload = _payload_field(flow, view)
    primary = Label(payload.span if payload is not None else flow.span, f"too small for `{shown_column(ref)}`")

    def context() -> Iterator[Label]:
        yield loss.label or Label(flow.span, f"filled from `{flow.row.name}.{flow.row_field}` here", LabelKind.CONTEXT)
        if read.query is not None:
            yield query_label(read.query, f"`{read.query.function}` reads the column here")
        yield from origin_labels(ref, shape.schema, view.migrated)

    return (primary, *context())


def _help(flow: FieldFlow, source: PgType, view: View) -> str:
    payload = _payload_field(flow, view)
    wanted = chosen(source, RustType("Decimal") if isinstance(of_pg(source), Exact) else None)
    name = shown_type(wanted) if wanted is not None else "a wider type"
    if payload is not None and payload.type.is_option:
        name = f"Option<{name}>"
    return f"widen `{flow.field}` to `{name}`, or answer with the value in a new field and keep this one while it fits"
