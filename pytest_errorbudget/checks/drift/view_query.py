"""view-query: a view of the tenant asks for something else than the migrations' of the same name and columns."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.difference import ViewDiffers
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule


def view_query(difference: ViewDiffers, group: Group) -> Finding:
    relation = difference.relation
    kind = relation.kind.value
    return group.finding(
        Rule.VIEW_QUERY,
        message=f"the {kind} `{relation.display}` has the columns of {group.basis} in {group.text}, and another query",
        place=relation.display,
        origin=relation.origin,
        label=f"the {kind} `{relation.display}` is made here",
        consequence="Queries of it succeed and return other rows, or other values, for these tenants.",
        help=f"Make the {kind} again as the migration does.",
    )
