"""partition-missing: no partition of a table takes the rows of a tenant that is there."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span


def partition_missing(table: str, group: Group, origin: Span | None) -> Finding:
    """``origin`` is where the migrations make the table."""
    return group.finding(
        Rule.PARTITION_MISSING,
        message=f"{group.text} {group.has} no partition of `{table}`, which has no default partition either",
        place=table,
        origin=origin,
        label=f"`{table}` is made here",
        consequence=f"Every INSERT of these tenants into `{table}` fails with 23514 (no partition of relation found "
        "for row).",
        help=f"Make the partition as their provisioning does: create table … partition of {table} for values …;",
    )
