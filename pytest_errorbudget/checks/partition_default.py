"""partition-default: the rows of a tenant that is there lie in the default partition of a table."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span


def partition_default(table: str, default: str, group: Group, origin: Span | None) -> Finding:
    """``default`` is the partition that takes what no other one takes."""
    return group.finding(
        Rule.PARTITION_DEFAULT,
        message=f"{group.text} {group.has} no partition of `{table}`: the default partition `{default}` takes the rows",
        place=table,
        origin=origin,
        label=f"`{table}` is made here",
        consequence="Their rows lie among those of other tenants: queries of one tenant read the rows of all of them, "
        "and the partition cannot be made while they are there (23514).",
        help=f"Move the rows out of {default}, then make the partition: create table … partition of {table} for "
        "values …;",
    )
