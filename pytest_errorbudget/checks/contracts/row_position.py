"""``row-position``: a value is read at a position that the query's result does not have."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import read_labels, read_name, read_subjects
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rule import Rule


def row_position(read: Read, typed: Typed, shape: TenantShape, view: View) -> Draft | None:
    if read.column is not None or isinstance(read.asked, str):
        return None
    columns = "1 column" if len(typed.columns) == 1 else f"{len(typed.columns)} columns"
    owner = f" of `{read.owner.name}`" if read.owner is not None else ""
    return Draft(
        rule=Rule.ROW_POSITION,
        severity=Rule.ROW_POSITION.severity,
        place=read.place,
        text=f"{read_name(read)}{owner} reads column {read.asked}, and the query returns {columns}",
        subjects=read_subjects(read),
        labels=read_labels(read, shape, view, f"there is no column {read.asked}"),
        consequence=f"Every row fails at run time with {behaviour_of(read.library).short}{read.after}",
        help=_help(typed),
    )


def _help(typed: Typed) -> str:
    shown = ", ".join(f"`{column.name}`" for column in typed.columns) or "nothing"
    return f"the query returns {shown}: select as many columns as are read"
