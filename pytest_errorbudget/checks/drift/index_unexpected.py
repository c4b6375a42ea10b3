"""index-unexpected: the tenant has an index that no migration makes."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.checks.drift.indexes import described
from pytest_errorbudget.model.difference import UnexpectedIndex
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule


def index_unexpected(difference: UnexpectedIndex, group: Group) -> Finding:
    relation, index = difference.relation, difference.index
    article = "a" if index.unique else "an"
    return group.finding(
        Rule.INDEX_UNEXPECTED,
        message=f"{group.text} {group.has} {article} {described(relation, index)} that {group.basis} does not have",
        place=f"{relation.display}.{index.name}",
        origin=difference.origin,
        label=f"`{relation.display}` is made here",
        consequence="Rows that other tenants accept fail here with 23505 (unique violation)."
        if index.unique
        else "Writes pay for it, and query times differ from those of other tenants.",
        help=f"Write a migration that makes it, or remove it: drop index concurrently {quoted(index.name)};",
    )
