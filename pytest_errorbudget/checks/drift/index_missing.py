"""index-missing: the tenant has no index that does what one of the migrations' does."""

from __future__ import annotations

from pytest_errorbudget.checks.ddl import create_index
from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.difference import MissingIndex
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule


def index_missing(difference: MissingIndex, group: Group) -> Finding:
    relation, index, invalid = difference.relation, difference.index, difference.invalid
    kind = "unique index" if index.unique else "index"
    what = f"{kind} `{index.name}` on `{relation.display}` ({', '.join(index.columns)})"
    if invalid is not None:
        message = f"the {what} is invalid in {group.text} (as `{invalid.name}`), so it is not used"
        help = f"reindex index concurrently {quoted(invalid.name)};"
    else:
        message = f"{group.text} {group.has} no {what}, which {group.basis} has"
        help = "Make it as the migration does." if index.partial else f"{create_index(relation, index)};"
        help = help.replace(" on public.", " on ").replace(" index ", " index concurrently ", 1)
    return group.finding(
        Rule.INDEX_MISSING,
        message=message,
        place=f"{relation.display}.{index.name}",
        origin=index.origin,
        label=f"`{index.name}` is made here",
        consequence="Duplicates are accepted, and `on conflict` on these columns fails with 42P10."
        if index.unique
        else f"Queries that search `{relation.display}` by these columns read the whole table.",
        help=help,
    )
