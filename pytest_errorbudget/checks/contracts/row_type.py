"""``row-type``: a value is decoded into a Rust type that does not fit the column's type.

Functions check when the program runs and do not widen; macros convert with ``From`` when they are compiled and do not
check after that. Each outcome is said as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.behaviour import Refusal
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.libraries.diesel import is_same_clock, sql_type_of
from pytest_errorbudget.checks.contracts.libraries.rust_syntax import parse_type
from pytest_errorbudget.checks.contracts.libraries.sqlx_macros import Drift, chosen, converts, drift
from pytest_errorbudget.checks.contracts.libraries.sqlx_user_types import SQLX
from pytest_errorbudget.checks.contracts.places import shown_pg, shown_type
from pytest_errorbudget.checks.contracts.reads import Decoding, Read
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import read_labels, read_name, read_subjects, shown_output
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import OutputColumn, Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.rust_queries import Library
from pytest_errorbudget.model.severity import Severity

# `Row::try_get` compares types where there is a value; tokio-postgres compares them before it looks.
_LOOKS_AT_VALUES = frozenset({Library.SQLX, Library.SEA_ORM})


_RECORD = "record"  # `ROW(a, b)`: sqlx reads its members by position, and no type is compared before


def row_type(read: Read, shape: TenantShape, view: View) -> Draft | Unchecked | None:
    column = read.column
    if column is None:
        return None
    match read.decoding:
        case Decoding.CHECKED:
            return _checked(read, column, shape, view)
        case Decoding.CONVERTED:
            return _converted(read, column, shape, view)
        case Decoding.UNCHECKED:
            return _trusted(read, read.target, column, shape, view) if read.target is not None else None
        case _ as never:
            assert_never(never)


def _checked(read: Read, column: OutputColumn, shape: TenantShape, view: View) -> Draft | Unchecked | None:
    target = read.target
    if target is None:
        return None if read.override is not None else _not_checked(read, "the source does not say the type")
    if column.always_null and read.library in _LOOKS_AT_VALUES:
        return None
    behaviour = behaviour_of(read.library)
    answer = behaviour.accepts(target, column.type, view.types(read.crate, shape.schema))
    match answer:
        case Accepts():
            return None
        case NotKnown(reason):
            return _not_checked(read, reason)
        case Refuses():
            inner = target if read.library is Library.DIESEL else target.inner
            mild = read.library is Library.DIESEL and is_same_clock(answer.declares, column.type)
            severity = Severity.WARNING if mild else Rule.ROW_TYPE.severity
            said = _refused(read, inner, column, answer)
            return replace(_draft(read, column, shape, view, said), severity=severity)
        case _ as never:
            assert_never(never)


def _refused(read: Read, rust: RustType, column: OutputColumn, answer: Refuses) -> str:
    refusal = Refusal(
        rust=RustType(rust.path, rust.arguments, shown_type(rust)),
        declares=answer.declares,
        pg=column.type,
        nullable=column.nullable,
        after=read.after,
        because=answer.because,
    )
    return behaviour_of(read.library).refused(refusal)


def _trusted(
    read: Read, decoded: RustType, column: OutputColumn, shape: TenantShape, view: View
) -> Draft | Unchecked | None:
    """An ``_unchecked`` macro: the bytes are decoded as the field's own type."""
    answer = SQLX.accepts(decoded, column.type, view.types(read.crate, shape.schema))
    match answer:
        case Accepts():
            return None
        case NotKnown(reason):
            return _not_checked(read, reason)
        case Refuses(because=str()):
            return _draft(read, column, shape, view, _refused(read, decoded.inner, column, answer))
        case Refuses():
            outcome = drift(decoded, column.type)
        case _ as never:
            assert_never(never)
    if outcome is Drift.SAFE:
        return None
    name = shown_type(decoded.inner)
    text = f"The macro decodes it as `{name}` without a type check: {outcome.value}."
    return _draft(read, column, shape, view, text)


def _converted(read: Read, column: OutputColumn, shape: TenantShape, view: View) -> Draft | Unchecked | None:
    compiled = (read.compiled or column).type
    decoded = _decoded(read, read.compiled or column, view)
    if decoded is None:
        return _not_checked(read, f"the Rust type that the macro chooses for `{shown_pg(compiled)}` is not known")
    fits = converts(decoded, read.target) if read.target is not None else True
    if fits is False:
        return _not_compiled(read, column, shape, view)
    answer = SQLX.accepts(decoded, column.type, view.types(read.crate, shape.schema))
    if isinstance(answer, NotKnown):
        return _not_checked(read, answer.reason)
    if isinstance(answer, Refuses) and column.type.name == _RECORD:
        return _not_checked(read, "the members of a row without a type of its own are not compared")
    if isinstance(answer, Refuses) and answer.because is not None:
        return _draft(read, column, shape, view, _refused(read, decoded.inner, column, answer))
    outcome = Drift.SAFE if isinstance(answer, Accepts) else drift(decoded, column.type)
    if outcome is not Drift.SAFE:
        return _draft(read, column, shape, view, _drifted(decoded, compiled, column.type, outcome))
    return _not_checked(read, "the field's type has conversions of its own") if fits is None else None


def _decoded(read: Read, column: OutputColumn, view: View) -> RustType | None:
    named = read.override.type if read.override is not None else None
    named = named or view.overridden(read.crate, column.type, column.origin)
    if named is not None:
        return parse_type(named)
    return chosen(column.type, read.target, view.features(read.crate, Library.SQLX))


def _not_compiled(read: Read, column: OutputColumn, shape: TenantShape, view: View) -> Draft | None:
    """The field does not fit the migrations. A schema whose own column it does fit is not the one to name."""
    decoded = _decoded(read, column, view)
    if decoded is None or read.target is None or converts(decoded, read.target) is not False:
        return None
    target = read.target.inner
    consequence = (
        f"The macro does not compile against this schema: it decodes `{shown_pg(column.type)}` as "
        f"`{shown_type(decoded)}`, and `{shown_type(target)}` is not `From<{shown_type(decoded)}>`. A program built "
        f"before the column changed decodes without a type check: {drift(target, column.type).value}."
    )
    return _draft(read, column, shape, view, consequence)


def _drifted(decoded: RustType, compiled: PgType, pg: PgType, outcome: Drift) -> str:
    if compiled == pg:
        return f"The override `{shown_type(decoded)}` is taken on trust, without a type check: {outcome.value}."
    return (
        f"The macro is compiled against the migrations (`{shown_pg(compiled)}`) and decodes `{shown_pg(pg)}` as "
        f"`{shown_type(decoded)}` without a type check: {outcome.value}."
    )


def _draft(read: Read, column: OutputColumn, shape: TenantShape, view: View, consequence: str) -> Draft:
    return Draft(
        rule=Rule.ROW_TYPE,
        severity=Rule.ROW_TYPE.severity,
        place=read.place,
        text=_text(read, column, view),
        subjects=read_subjects(read),
        labels=read_labels(read, shape, view, f"does not fit `{shown_pg(column.type)}`"),
        consequence=consequence,
        help=_help(read, column, view),
    )


def _text(read: Read, column: OutputColumn, view: View) -> str:
    kind = f"`{shown_pg(column.type)}`"
    if read.field is not None:
        return f"{read_name(read)} reads {shown_output(read, column, view)}, which is {kind}"
    wanted = f", into `{shown_type(read.target)}`" if read.target is not None else ""
    return f"{read_name(read)} reads {shown_output(read, column, view)}, which is {kind}{wanted}"


def _help(read: Read, column: OutputColumn, view: View) -> str:
    types = _types_elsewhere(read, column, view)
    text = _wanted(read, column, view)
    if types:
        others = " and ".join(f"`{shown_pg(pg)}`" for pg in types)
        cast = f"`{column.name}::{shown_pg(column.type)}`"
        return (
            f"other tenants have {others} here: cast in the query ({cast}) and read `{text}`"
            if text
            else f"other tenants have {others} here: bring all tenants to one type"
        )
    if text:
        return f"change it to `{text}`"
    return f"read it as a type that derives `{_TRAITS[read.library]}` for `{column.type.name}`"


def _wanted(read: Read, column: OutputColumn, view: View) -> str | None:
    """The type to write instead."""
    if read.library is Library.DIESEL:
        nullable = read.target is not None and read.target.path == "Nullable"
        return sql_type_of(column.type, nullable)
    wanted = chosen(column.type, read.target, view.features(read.crate, Library.SQLX))
    if wanted is None or (read.library is Library.TOKIO_POSTGRES and wanted.path in _ONLY_SQLX):
        return None
    option = read.target is not None and read.target.is_option
    return f"Option<{shown_type(wanted)}>" if option else shown_type(wanted)


_TRAITS = {
    Library.SQLX: "sqlx::Type",
    Library.SEA_ORM: "DeriveValueType",
    Library.TOKIO_POSTGRES: "FromSql",
    Library.DIESEL: "SqlType",
}
_ONLY_SQLX = frozenset({"PgInterval", "PgMoney", "PgHstore", "PgLTree", "PgLQuery", "PgCube", "PgRange", "Oid"})


def _types_elsewhere(read: Read, column: OutputColumn, view: View) -> list[PgType]:
    """The other types this column has in other tenants' shapes: then no one Rust type fits all."""
    found: set[PgType] = set()
    for other in view.shapes if read.query is not None else ():
        verdict = other.verdict(read.query) if read.query is not None else None
        if isinstance(verdict, Typed):
            found.update(each.type for each in verdict.columns if each.name == column.name)
    return sorted(found - {column.type})


def _not_checked(read: Read, reason: str) -> Unchecked:
    return Unchecked("row-type", read.place, reason, read.span)
