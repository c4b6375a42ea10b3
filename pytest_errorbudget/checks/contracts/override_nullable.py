"""``override-nullable``: a macro's ``"x!"`` on a column that can be NULL."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.sqlx_overrides import Nullness
from pytest_errorbudget.checks.contracts.libraries.sqlx_user_types import SQLX
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import read_labels, read_subjects, shown_output
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.rule import Rule


def override_nullable(read: Read, shape: TenantShape, view: View) -> Draft | None:
    """A warning: the author's word stands against the schema's, and an author may know of rows what no schema says."""
    column = read.column
    if column is None or column.nullable is not True or read.query is None or not asserted(read):
        return None
    shown = shown_output(read, column, view)
    return Draft(
        rule=Rule.OVERRIDE_NULLABLE,
        severity=Rule.OVERRIDE_NULLABLE.severity,
        place=read.place,
        text=f"`{read.query.function}` declares `{column.name}` never NULL, but {shown} can be NULL",
        subjects=read_subjects(read),
        labels=read_labels(read, shape, view, "declared never to be NULL"),
        consequence=f"The first row with NULL fails at run time with {SQLX.null}{read.after}",
        help="remove the `!`, or make the column NOT NULL in a migration",
    )


def asserted(read: Read) -> bool:
    return read.override is not None and read.override.nullness is Nullness.NEVER
