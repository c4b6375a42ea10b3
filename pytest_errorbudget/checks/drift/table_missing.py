"""table-missing: the migrations make a table or view that the tenant does not have."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import column_definition
from pytest_errorbudget.checks.drift.group import Group, sql_name
from pytest_errorbudget.model.difference import MissingTable, is_view
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule


def table_missing(difference: MissingTable, group: Group) -> Finding:
    relation = difference.relation
    kind = relation.kind.value
    columns = ", ".join(column_definition(column) for column in relation.columns)
    return group.finding(
        Rule.TABLE_MISSING,
        message=f"{group.text} {group.has} no {kind} `{relation.display}`, which {group.basis} has",
        place=relation.display,
        origin=relation.origin,
        label=f"the {kind} `{relation.display}` is made here",
        consequence=f"Every query that names `{relation.display}` fails with 42P01 (undefined table).",
        help=f"Make the {kind} again as the migration does."
        if is_view(relation)
        else f"create table {sql_name(relation)} ({columns});",
    )
