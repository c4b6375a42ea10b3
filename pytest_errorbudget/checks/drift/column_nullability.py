"""column-nullability: a column may be NULL in the tenant and not in the migrations, or the other way round."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group, column_place, sql_name
from pytest_errorbudget.model.difference import NullabilityDiffers
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule


def column_nullability(difference: NullabilityDiffers, group: Group) -> Finding:
    relation, expected, actual = difference.relation, difference.expected_column, difference.actual_column
    place, name = column_place(relation, expected), quoted(expected.name)
    words = {True: "NOT NULL", False: "nullable"}
    consequence = (
        "A field that is no `Option` fails with UnexpectedNull at the first row without a value."
        if expected.not_null
        else "A statement that leaves the column out or sets it to NULL fails with 23502 (not null violation)."
    )
    return group.finding(
        Rule.COLUMN_NULLABILITY,
        message=f"`{place}` is {words[actual.not_null]} in {group.text}, "
        f"and {words[expected.not_null]} in {group.basis}",
        place=place,
        origin=expected.origin,
        label=f"`{expected.name}` is {words[expected.not_null]} since here",
        consequence=consequence,
        help=f"alter table {sql_name(relation)} alter column {name} {'set' if expected.not_null else 'drop'} not null;",
    )
