"""table-unexpected: the tenant has a table or view that no migration makes."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group, sql_name
from pytest_errorbudget.model.difference import UnexpectedTable
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule


def table_unexpected(difference: UnexpectedTable, group: Group) -> Finding:
    relation = difference.relation
    kind = relation.kind.value
    return group.finding(
        Rule.TABLE_UNEXPECTED,
        message=f"{group.text} {group.has} a {kind} `{relation.display}` that {group.basis} does not have",
        place=relation.display,
        origin=None,
        label="",
        consequence="A migration that makes it later fails with 42P07 (duplicate table).",
        help=f"Write a migration that makes it, or remove it: drop {kind} {sql_name(relation)};",
    )
