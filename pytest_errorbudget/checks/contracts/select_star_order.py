"""``select-star-order``: what is read by position is another column in some tenants.

sqlx's macros read the positions of the database they were compiled against; tuples and scalars, and calls by hand with
a number, mean the order in which the query was written.
"""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.reads import Read, at
from pytest_errorbudget.checks.contracts.scope import TenantShape
from pytest_errorbudget.checks.contracts.subjects import read_labels, read_name, read_subjects
from pytest_errorbudget.checks.contracts.view import View
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust_queries import Query


def select_star_order(read: Read, shape: TenantShape, view: View) -> Draft | None:
    expected = _expected(read, view)
    if expected is None:
        return None
    if read.compiled is not None:
        here = None if read.column is not None else "another one"
    else:
        here = None if read.column is None or read.column.name == expected else f"`{read.column.name}`"
    if here is None:
        return None
    return Draft(
        rule=Rule.SELECT_STAR_ORDER,
        severity=Rule.SELECT_STAR_ORDER.severity,
        place=read.place,
        text=f"{read_name(read)} reads the column `{expected}` by its position, where {here} stands",
        subjects=read_subjects(read),
        labels=read_labels(read, shape, view, f"`{expected}` stands elsewhere in this schema"),
        consequence=_consequence(read),
        help="name the columns in the query instead of `*`",
    )


def _consequence(read: Read) -> str:
    if read.compiled is not None:
        return "sqlx's macros read by position and do not check: another column's value is decoded, or decoding fails."
    return "Another column's value is read without an error where its type fits, and decoding fails where it does not."


def _expected(read: Read, view: View) -> str | None:
    """The column's name at this position where the code was written: the newest migrations, else most tenants."""
    if read.compiled is not None:
        return read.compiled.name
    if read.query is None or isinstance(read.asked, str):
        return None
    usual = _usual(read.query, view)
    column = at(usual, read.asked - 1) if usual is not None else None
    return column.name if column is not None else None


def _usual(query: Query, view: View) -> Typed | None:
    compiled = view.compiled(query)
    if isinstance(compiled, Typed):
        return compiled
    verdicts = [(shape.shape, shape.verdict(query)) for shape in view.shapes]
    typed = [(len(s.tenants), s.digest or "", v) for s, v in verdicts if isinstance(v, Typed)]
    return max(typed, key=lambda each: each[:2])[2] if typed else None
