"""column-type: a column has another type than the migrations give it."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group, column_place, sql_name
from pytest_errorbudget.model.difference import TypeDiffers
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Column


def _type(column: Column) -> str:
    return f"`{column.type}`" if column.base is None else f"`{column.type}` (a domain over `{column.base}`)"


def column_type(difference: TypeDiffers, group: Group) -> Finding:
    relation, expected, actual = difference.relation, difference.expected_column, difference.actual_column
    place, name = column_place(relation, expected), quoted(expected.name)
    return group.finding(
        Rule.COLUMN_TYPE,
        message=f"`{place}` is {_type(actual)} in {group.text}, and {_type(expected)} in {group.basis}",
        place=place,
        origin=expected.origin,
        label=f"`{expected.name}` becomes {_type(expected)} here",
        consequence="sqlx does not convert at run time: a field that fits the one type fails on the other with "
        "ColumnDecode, a 500 for these tenants only.",
        help=f"alter table {sql_name(relation)} alter column {name} type {expected.type} "
        f"using {name}::{expected.type};",
    )
