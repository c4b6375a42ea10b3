"""``row-null``: a field that cannot hold NULL over a column that can be NULL."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.answer import NotKnown
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.libraries.sqlx_overrides import Nullness
from pytest_errorbudget.checks.contracts.places import converts_rows, is_macro, shown_type
from pytest_errorbudget.checks.contracts.reads import Decoding, Read
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import read_labels, read_name, read_subjects, shown_output
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.rust_queries import Library
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.severity import Severity

# Types without `From<Option<..>>`; `serde_json::Value` has it.
_PLAIN = frozenset(
    {
        *("bool", "i16", "i32", "i64", "f32", "f64", "String", "Uuid", "Decimal", "BigDecimal"),
        *("DateTime", "NaiveDateTime", "NaiveDate", "NaiveTime", "OffsetDateTime", "PrimitiveDateTime", "Date", "Time"),
    }
)


def needs_value(read: Read, schema: Schema, view: View) -> bool:
    """Whether a NULL in this read would fail: no ``Option``, and a type whose decoding is known.

    What an author marks with ``!`` or ``?`` is another rule's, or nobody's.
    """
    if read.override is not None and read.override.nullness is not Nullness.INFERRED:
        return False
    target = read.target
    if read.column is None or target is None or _holds_null(read, target):
        return False
    answer = behaviour_of(read.library).accepts(target, read.column.type, view.types(read.crate, schema))
    return not isinstance(answer, NotKnown)


def _holds_null(read: Read, target: RustType) -> bool:
    if read.library is Library.DIESEL and read.field is not None:
        return read.field.type.is_option
    return target.is_option or (target.path == "()" and not target.arguments)


def row_null(read: Read, shape: TenantShape, view: View) -> Draft | None:
    column = read.column
    if _is_declared(read):
        return _declared(read, shape, view)
    if column is None or column.nullable is not True or not needs_value(read, shape.schema, view):
        return None
    return Draft(
        rule=Rule.ROW_NULL,
        # that an expression can be NULL is said of all rows that the schema allows; its author may know better
        severity=Rule.ROW_NULL.severity if column.origin or column.source else Severity.WARNING,
        place=read.place,
        text=f"{read_name(read)} {_is_no_option(read)}, but {shown_output(read, column, view)} can be NULL",
        subjects=read_subjects(read),
        labels=read_labels(read, shape, view, "cannot hold NULL"),
        consequence=_consequence(read),
        help=_help(read),
    )


def _is_declared(read: Read) -> bool:
    """Whether ``"x?"`` makes an ``Option`` of what a field without one is to hold."""
    if read.override is None or read.override.nullness is not Nullness.SOMETIMES:
        return False
    return read.decoding is Decoding.CONVERTED and read.target is not None and read.target.path in _PLAIN


def _declared(read: Read, shape: TenantShape, view: View) -> Draft:
    asked = read.compiled.name if read.compiled is not None else f"{read.asked}?"
    return Draft(
        rule=Rule.ROW_NULL,
        severity=Rule.ROW_NULL.severity,
        place=read.place,
        text=f"{read_name(read)} {_is_no_option(read)}, but the query declares `{asked}`",
        subjects=read_subjects(read),
        labels=read_labels(read, shape, view, "cannot hold NULL"),
        consequence="The macro does not compile: `?` makes an `Option` of the value, and the field takes none.",
        help=f"make it `Option<{shown_type(read.target)}>`, or remove the `?`" if read.target is not None else "",
    )


def _is_no_option(read: Read) -> str:
    if read.field is not None or read.target is None:
        return "is not an `Option`"
    return f"reads `{shown_type(read.target)}`, which is not an `Option`"


def _consequence(read: Read) -> str:
    fails = f"he first row with NULL fails at run time with {behaviour_of(read.library).null}"
    macro = read.query is not None and is_macro(read.query) and read.by_hand is None
    if not macro or (read.query is not None and not converts_rows(read.query)):
        return f"T{fails}{read.after}"
    return f"The macro does not compile where sqlx sees that the column can be NULL; where it does not, t{fails}."


def _help(read: Read) -> str:
    held = read.field.type if read.field is not None and read.library is Library.DIESEL else read.target
    target = shown_type(held) if held is not None else "_"
    return f"make it `Option<{target}>`, or make the column NOT NULL in a migration"
