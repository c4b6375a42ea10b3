"""index-missing: the tenant has no index that does what one of the migrations' does."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import create_index
from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.checks.drift.indexes import described
from pytest_errorbudget.model.difference import MissingIndex
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule


def index_missing(difference: MissingIndex, group: Group) -> Finding:
    relation, index = difference.relation, difference.index
    plain = not (index.partial or index.options or index.include or index.nulls_equal)
    statement = f"{create_index(relation, index)};" if plain else "Make it as the migration does."
    return group.finding(
        Rule.INDEX_MISSING,
        message=f"{group.text} {group.has} no {described(relation, index)}, which {group.basis} has",
        place=f"{relation.display}.{index.name}",
        origin=index.origin,
        label=f"`{index.name}` is made here",
        consequence="Duplicates are accepted, and `on conflict` on these columns fails with 42P10."
        if index.unique
        else f"Queries that search `{relation.display}` by these columns read the whole table.",
        help=statement.replace(" on public.", " on ").replace(" index ", " index concurrently ", 1),
    )
