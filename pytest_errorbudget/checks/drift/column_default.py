"""column-default: another value fills the column where a statement leaves it out."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import default_of
from pytest_errorbudget.checks.drift.group import Group, column_place, sql_name
from pytest_errorbudget.model.difference import DefaultDiffers
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Column


def _described(column: Column) -> str:
    if not column.has_default:
        return "has no default"
    return f"has the default `{column.default}`" if column.default is not None else "has a default"


def _help(expected: Column, statement: str) -> str:
    default = default_of(expected)
    if expected.has_default and default is not None:
        return f"{statement} set default {default};"
    if not expected.has_default:
        return f"{statement} drop default;"
    return "Set it as the migration does."


def column_default(difference: DefaultDiffers, group: Group) -> Finding:
    relation, expected, actual = difference.relation, difference.expected_column, difference.actual_column
    place = column_place(relation, expected)
    statement = f"alter table {sql_name(relation)} alter column {quoted(expected.name)}"
    fails = expected.not_null and not actual.has_default
    return group.finding(
        Rule.COLUMN_DEFAULT,
        message=f"`{place}` {_described(actual)} in {group.text}; in {group.basis} it {_described(expected)}",
        place=place,
        origin=expected.origin,
        label=f"here `{expected.name}` {_described(expected)}",
        consequence="An INSERT that leaves the column out fails with 23502 (not null violation)."
        if fails
        else "An INSERT that leaves the column out stores another value for these tenants.",
        help=_help(expected, statement),
    )
