"""partition-detaching: a partition of a tenant is on its way out of its table, or stopped half-way."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span


def partition_detaching(table: str, partitions: tuple[str, ...], group: Group, origin: Span | None) -> Finding:
    """``partitions`` are those that PostgreSQL has marked with ``inhdetachpending``."""
    named = " and ".join(f"`{name}`" for name in partitions)
    return group.finding(
        Rule.PARTITION_DETACHING,
        message=f"the partition {named} of `{table}` is being detached: it takes the rows of {group.text}",
        place=table,
        origin=origin,
        label=f"`{table}` is made here",
        consequence=f"Queries of `{table}` no longer see their rows, and each INSERT of them fails with 23514.",
        help="Where it is meant, let it end; where it was interrupted, end it: "
        + " ".join(f"alter table {table} detach partition {name} finalize;" for name in partitions)
        + " Attach it again to undo it.",
    )
