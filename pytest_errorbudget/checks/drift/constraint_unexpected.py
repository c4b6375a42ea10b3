"""constraint-unexpected: the tenant has a constraint that no migration makes."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.constraints import described
from pytest_errorbudget.checks.drift.group import Group, sql_name
from pytest_errorbudget.model.difference import UnexpectedConstraint
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule


def constraint_unexpected(difference: UnexpectedConstraint, group: Group) -> Finding:
    relation, constraint = difference.relation, difference.constraint
    return group.finding(
        Rule.CONSTRAINT_UNEXPECTED,
        message=f"{group.text} {group.has} a {described(relation, constraint)} that {group.basis} does not have",
        place=f"{relation.display}.{constraint.name}",
        origin=difference.origin,
        label=f"`{relation.display}` is made here",
        consequence="Rows that other tenants accept are refused here (SQLSTATE class 23).",
        help="Write a migration that adds it, or remove it: "
        f"alter table {sql_name(relation)} drop constraint {quoted(constraint.name)};",
    )
