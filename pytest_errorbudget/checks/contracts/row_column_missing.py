"""``row-column-missing``: a field asks for a column that the query does not return."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.libraries.sqlx_overrides import Nullness, parse_override
from pytest_errorbudget.checks.contracts.places import is_macro
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import read_labels, read_name, read_subjects
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust_queries import Library


def row_column_missing(read: Read, typed: Typed, shape: TenantShape, view: View) -> Draft | None:
    """Reads by name, and macros whose struct has a field too many."""
    if read.column is not None or isinstance(read.asked, int) or read.compiled is not None:
        return None
    return Draft(
        rule=Rule.ROW_COLUMN_MISSING,
        severity=Rule.ROW_COLUMN_MISSING.severity,
        place=read.place,
        text=_text(read),
        subjects=read_subjects(read),
        labels=read_labels(read, shape, view, f"no column `{read.asked}` in the query's result"),
        consequence=_consequence(read),
        help=_help(read, typed),
    )


def _text(read: Read) -> str:
    owner = f" of `{read.owner.name}`" if read.owner is not None else ""
    return f"{read_name(read)}{owner} asks for the column `{read.asked}`, and the query does not return it"


def _consequence(read: Read) -> str:
    if read.query is not None and is_macro(read.query) and read.by_hand is None:
        return "The macro does not compile against this schema: the struct literal lacks the field."
    return f"Every row fails at run time with {behaviour_of(read.library).absent}{read.after}"


def _help(read: Read, typed: Typed) -> str:
    names = [column.name for column in typed.columns]
    macro = read.query is not None and is_macro(read.query)
    for name in names:
        override = parse_override(name)
        marked = override.type is not None or override.nullness is not Nullness.INFERRED
        if marked and override.name == read.asked and not macro and read.library is Library.SQLX:
            return f"`\"{name}\"` is understood by sqlx's macros only: write `AS {override.name}` in a function's query"
    shown = ", ".join(f"`{name}`" for name in names) or "nothing"
    if read.field is None:
        return f"the query returns {shown}: select the column, or read another one"
    if macro or read.library is not Library.SQLX:
        return f"the query returns {shown}: select the column, or rename the field"
    return f"the query returns {shown}: select the column, rename the field, or mark it `#[sqlx(default)]`"
