"""table-missing: the migrations make a table or view that the tenant does not have."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.difference import MissingTable
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule


def table_missing(difference: MissingTable, group: Group) -> Finding:
    relation = difference.relation
    kind = relation.kind.value
    return group.finding(
        Rule.TABLE_MISSING,
        message=f"{group.text} {group.has} no {kind} `{relation.display}`, which {group.basis} has",
        place=relation.display,
        origin=relation.origin,
        label=f"the {kind} `{relation.display}` is made here",
        consequence=f"Every query that names `{relation.display}` fails with 42P01 (undefined table).",
        help=f"Make the {kind} again, with its indexes and constraints, as the migrations do.",
    )
