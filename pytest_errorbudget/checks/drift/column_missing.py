"""column-missing: the migrations make a column that the tenant does not have."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import column_definition
from pytest_errorbudget.checks.drift.group import Group, column_place, sql_name
from pytest_errorbudget.model.difference import MissingColumn
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule


def column_missing(difference: MissingColumn, group: Group) -> Finding:
    relation, column = difference.relation, difference.column
    place = column_place(relation, column)
    add = f"alter table {sql_name(relation)} add column {column_definition(column)};"
    old, perhaps = difference.renamed, ""
    if old is not None:
        perhaps = f"; perhaps renamed to `{old.name}`"
        add = (
            f"Where it was renamed: alter table {sql_name(relation)} rename column {quoted(old.name)} to "
            f"{quoted(column.name)}; else: {add}"
        )
    return group.finding(
        Rule.COLUMN_MISSING,
        message=f"{group.text} {group.has} no column `{place}`, which {group.basis} has as `{column.type}`{perhaps}",
        place=place,
        origin=column.origin,
        label=f"`{column.name}` is made here",
        consequence=f"Every query that names `{column.name}` fails with 42703 (undefined column); "
        "a row struct that reads it behind `select *` fails with ColumnNotFound.",
        help=add,
    )
