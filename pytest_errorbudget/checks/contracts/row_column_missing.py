"""``row-column-missing``: a field asks for a column that the query does not return."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.sqlx_overrides import Nullness, parse_override
from pytest_errorbudget.checks.contracts.places import is_macro
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import read_labels, read_name, read_subjects
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rule import Rule


def row_column_missing(read: Read, typed: Typed, shape: TenantShape, view: View) -> Draft | None:
    if read.column is not None:
        return None
    return Draft(
        rule=Rule.ROW_COLUMN_MISSING,
        severity=Rule.ROW_COLUMN_MISSING.severity,
        place=read.place,
        text=_text(read),
        subjects=read_subjects(read),
        labels=read_labels(read, shape, view, f"no column {_asked(read)} in the query's result"),
        consequence=_consequence(read),
        help=_help(read, typed),
    )


def _asked(read: Read) -> str:
    return f"`{read.asked}`" if isinstance(read.asked, str) else str(read.asked)


def _text(read: Read) -> str:
    what = read_name(read)
    if read.compiled is not None:
        return f"{what} was compiled to read the column `{read.compiled.name}` at a place where another one stands"
    owner = f" of `{read.owner.name}`" if read.owner is not None else ""
    return f"{what}{owner} asks for the column {_asked(read)}, and the query does not return it"


def _consequence(read: Read) -> str:
    if read.compiled is not None:
        return "sqlx's macros read by position and do not check: another column's value is decoded, or decoding fails."
    if is_macro(read.query):
        return "The macro does not compile against this schema: the struct literal lacks the field."
    error = "ColumnNotFound" if isinstance(read.asked, str) else "ColumnIndexOutOfBounds"
    return f"Every row fails at run time with `sqlx::Error::{error}`, so a 500 where a handler passes it on."


def _help(read: Read, typed: Typed) -> str:
    if read.compiled is not None:
        return "name the columns in the query instead of `*`"
    names = [column.name for column in typed.columns]
    for name in names:
        override = parse_override(name)
        marked = override.type is not None or override.nullness is not Nullness.INFERRED
        if marked and override.name == read.asked and not is_macro(read.query):
            return f"`\"{name}\"` is understood by sqlx's macros only: write `AS {override.name}` in a function's query"
    shown = ", ".join(f"`{name}`" for name in names) or "nothing"
    if is_macro(read.query):
        return f"the query returns {shown}: select the column, or rename the field"
    return f"the query returns {shown}: select the column, rename the field, or mark it `#[sqlx(default)]`"
