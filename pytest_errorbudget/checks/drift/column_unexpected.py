"""column-unexpected: the tenant has a column that no migration makes."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group, column_place, sql_name
from pytest_errorbudget.model.difference import UnexpectedColumn
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Column


def _consequence(column: Column) -> str:
    if column.not_null and not (column.has_default or column.identity or column.generated):
        return "It is NOT NULL without a default: every INSERT that does not know it fails with 23502."
    return "A migration that adds it later fails with 42701 (duplicate column)."


def column_unexpected(difference: UnexpectedColumn, group: Group) -> Finding:
    relation, column, old = difference.relation, difference.column, difference.renamed
    remove = f"alter table {sql_name(relation)} drop column {quoted(column.name)};"
    rename = "" if old is None else f"rename column {quoted(column.name)} to {quoted(old.name)};"
    place = column_place(relation, column)
    return group.finding(
        Rule.COLUMN_UNEXPECTED,
        message=f"{group.text} {group.has} a column `{place}` (`{column.type}`) that {group.basis} does not have"
        f"{'' if old is None else f'; perhaps `{old.name}` under another name'}",
        place=place,
        origin=relation.origin,
        label=f"`{relation.display}` is made here, without `{column.name}`",
        consequence=_consequence(column),
        help=f"Write a migration that adds it, or remove it: {remove}"
        if old is None
        else f"Write a migration that renames it for all, or undo it: alter table {sql_name(relation)} {rename}",
    )
