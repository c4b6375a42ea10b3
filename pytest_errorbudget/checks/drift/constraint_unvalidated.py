"""constraint-unvalidated: the tenant holds a constraint of the migrations as NOT VALID."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.constraints import described
from pytest_errorbudget.checks.drift.group import Group, sql_name
from pytest_errorbudget.model.difference import UnvalidatedConstraint
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule


def constraint_unvalidated(difference: UnvalidatedConstraint, group: Group) -> Finding:
    relation, constraint, unproven = difference.relation, difference.constraint, difference.unproven
    return group.finding(
        Rule.CONSTRAINT_UNVALIDATED,
        message=f"the {described(relation, constraint)} is NOT VALID in {group.text}: older rows may break it",
        place=f"{relation.display}.{constraint.name}",
        origin=constraint.origin,
        label=f"`{constraint.name}` is made here",
        consequence="New rows are checked, older ones are not: what the service takes to be impossible may be stored.",
        help=f"alter table {sql_name(relation)} validate constraint {quoted(unproven.name)};",
    )
