"""``row-null``: a field that cannot hold NULL over a column that can be NULL."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.answer import NotKnown
from pytest_errorbudget.checks.contracts.libraries.sqlx_overrides import Nullness
from pytest_errorbudget.checks.contracts.libraries.sqlx_user_types import accepts_any
from pytest_errorbudget.checks.contracts.places import is_macro, shown_type
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import read_labels, read_name, read_subjects, shown_output
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.query_typing import OutputColumn
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.severity import Severity

_RUN_TIME = "unexpected null; try decoding as an `Option`"


def needs_value(read: Read, view: View) -> bool:
    """Whether a NULL in this read would fail: no ``Option``, and a type whose decoding is known."""
    if read.override is not None and read.override.nullness is Nullness.SOMETIMES:
        return False
    if read.override is not None and read.override.nullness is Nullness.NEVER:
        return True
    target = read.target
    if read.column is None or target is None or _holds_null(target):
        return False
    own = view.own_types[read.query.crate]
    return not isinstance(accepts_any(target, read.column.type, own), NotKnown)


def _holds_null(target: RustType) -> bool:
    return target.is_option or (target.path == "()" and not target.arguments)


def row_null(read: Read, shape: TenantShape, view: View) -> Draft | None:
    column = read.column
    if column is None or column.nullable is not True or not needs_value(read, view):
        return None
    asserted = read.override is not None and read.override.nullness is Nullness.NEVER
    return Draft(
        rule=Rule.ROW_NULL,
        # `!` is the author's word against the schema's: worth a look, not proof of a fault
        severity=Severity.WARNING if asserted else Rule.ROW_NULL.severity,
        place=read.place,
        text=_asserted_text(read, column, view) if asserted else _text(read, column, view),
        subjects=read_subjects(read),
        labels=read_labels(read, shape, view, "declared never to be NULL" if asserted else "cannot hold NULL"),
        consequence=_consequence(read, asserted),
        help=_help(read, asserted),
    )


def _text(read: Read, column: OutputColumn, view: View) -> str:
    return f"{read_name(read)} is not an `Option`, but {shown_output(read, column, view)} can be NULL"


def _asserted_text(read: Read, column: OutputColumn, view: View) -> str:
    shown = shown_output(read, column, view)
    return f"`{read.query.function}` declares `{column.name}` never NULL, but {shown} can be NULL"


def _consequence(read: Read, asserted: bool) -> str:
    fails = f"he first row with NULL fails at run time with `sqlx::Error::ColumnDecode` ({_RUN_TIME})"
    if not is_macro(read.query) or asserted:
        return f"T{fails}, so a 500 where a handler passes it on."
    return f"The macro does not compile where sqlx sees that the column can be NULL; where it does not, t{fails}."


def _help(read: Read, asserted: bool) -> str:
    if asserted:
        return "remove the `!`, or make the column NOT NULL in a migration"
    target = shown_type(read.target) if read.target is not None else "_"
    return f"make it `Option<{target}>`, or make the column NOT NULL in a migration"
