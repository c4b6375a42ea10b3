"""index-invalid: the tenant holds an index that PostgreSQL does not use."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.checks.drift.indexes import described
from pytest_errorbudget.model.difference import InvalidIndex, UnexpectedIndex
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule


def index_invalid(difference: InvalidIndex, group: Group) -> Finding:
    """One of the migrations' own."""
    relation, index, invalid = difference.relation, difference.index, difference.invalid
    called = "" if invalid.name == index.name else f" (as `{invalid.name}`)"
    return group.finding(
        Rule.INDEX_INVALID,
        message=f"the {described(relation, index)} is invalid in {group.text}{called}: its making was broken off",
        place=f"{relation.display}.{index.name}",
        origin=index.origin,
        label=f"`{index.name}` is made here",
        consequence="Duplicates that were there before are not refused, and `on conflict` on these columns fails with "
        "42P10; writes still pay for it."
        if index.unique
        else f"No query uses it: those that search `{relation.display}` by these columns read the whole table, and "
        "writes still pay for it.",
        help=f"reindex index concurrently {quoted(invalid.name)};",
    )


def index_invalid_unexpected(difference: UnexpectedIndex, group: Group) -> Finding:
    """What a broken-off attempt has left beside the migrations' indexes."""
    relation, index = difference.relation, difference.index
    return group.finding(
        Rule.INDEX_INVALID,
        message=f"{group.text} {group.has} an invalid {described(relation, index)} that {group.basis} does not have",
        place=f"{relation.display}.{index.name}",
        origin=difference.origin,
        label=f"`{relation.display}` is made here",
        consequence="No query uses it, and every write pays for it.",
        help=f"Remove it: drop index concurrently {quoted(index.name)};",
    )
