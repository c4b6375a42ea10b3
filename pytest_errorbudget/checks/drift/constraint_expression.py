"""constraint-expression: a CHECK of the tenant tests something else than the migrations' of the same name."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.difference import CheckDiffers
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule


def constraint_expression(difference: CheckDiffers, group: Group) -> Finding:
    relation, expected, actual = difference.relation, difference.expected, difference.actual
    return group.finding(
        Rule.CONSTRAINT_EXPRESSION,
        message=f"the check `{expected.name}` on `{relation.display}` tests `{actual.expression}` in {group.text}, "
        f"and `{expected.expression}` in {group.basis}",
        place=f"{relation.display}.{expected.name}",
        origin=expected.origin,
        label=f"`{expected.name}` is made here",
        consequence="Rows that the service takes to be possible are refused with 23514, or impossible ones are stored.",
        help="Drop the check and add it as the migration does.",
    )
