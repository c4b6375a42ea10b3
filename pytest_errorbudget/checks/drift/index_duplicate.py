"""index-duplicate: two indexes of a table do the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.checks.drift.indexes import described
from pytest_errorbudget.model.difference import DuplicateIndex
from pytest_errorbudget.model.differing_parts import duplicates
from pytest_errorbudget.model.finding import Affected, Finding, Label, LabelKind
from pytest_errorbudget.model.item import migration_item
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Index, RelationKind, Schema

_DIGITS = re.compile(r"(\d+)")
_CONSEQUENCE = "Every write pays for both of them, and no query gains by the second."


def index_duplicate(difference: DuplicateIndex, group: Group) -> Finding:
    """Of tenants, beside an index of the migrations."""
    relation, index, twin = difference.relation, difference.index, difference.twin
    return group.finding(
        Rule.INDEX_DUPLICATE,
        message=f"{group.text} {group.has} the {described(relation, index)}, which does what `{twin.name}` does; "
        f"{group.basis} has only one of them",
        place=f"{relation.display}.{index.name}",
        origin=difference.origin,
        label=f"`{relation.display}` is made here",
        consequence=_CONSEQUENCE,
        help=f"drop index concurrently {quoted(index.name)};",
    )


def duplicates_of_migrations(schema: Schema) -> Iterator[Finding]:
    """Those that the migrations themselves make, each at its line."""
    for relation in schema.relations:
        if relation.kind is RelationKind.PARTITION:
            continue
        for index, twin in duplicates(replace(relation, indexes=tuple(sorted(relation.indexes, key=_made)))):
            if index.origin is None:
                continue
            first = (
                () if twin.origin is None else (Label(twin.origin, f"`{twin.name}` is made here", LabelKind.CONTEXT),)
            )
            yield Finding(
                rule=Rule.INDEX_DUPLICATE,
                severity=Rule.INDEX_DUPLICATE.severity,
                message=f"the migrations make the {described(relation, index)}, which does what `{twin.name}` does",
                place=f"{relation.display}.{index.name}",
                affected=(Affected(migration_item(index.origin.path)),),
                labels=(Label(index.origin, f"`{index.name}` is made here"), *first),
                consequence=_CONSEQUENCE,
                help=f"Write a migration that removes it: drop index {quoted(index.name)};",
            )


def _made(index: Index) -> tuple[list[str | int], int]:
    """Sorts by where an index is made: numbers in the names of files count as numbers."""
    if index.origin is None:
        return [], 0
    return [int(part) if part.isdecimal() else part for part in _DIGITS.split(index.origin.path)], index.origin.line
