"""foreign-key-unindexed: no index finds the rows that point at another row."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.drift.group import Group
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import migration_item
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Constraint, ConstraintKind, Index, Reference, Relation, RelationKind, Schema


def unindexed(relation: Relation) -> Iterator[tuple[Constraint, Reference]]:
    """Foreign keys whose columns no usable index leads, in whatever order."""
    for constraint in relation.constraints:
        target = constraint.references
        if constraint.kind is not ConstraintKind.FOREIGN_KEY or target is None:
            continue
        if not any(_serves(index, constraint.columns) for index in relation.indexes):
            yield constraint, target


def _serves(index: Index, columns: tuple[str, ...]) -> bool:
    """A search by equal values needs a B-tree or a hash. An index of the rows that point anywhere at all is enough."""
    found_by_equality = index.method in {"btree", "hash"}
    leads = set(index.columns[: len(columns)]) == set(columns)
    everywhere = not index.partial or index.predicate in {f"({quoted(column)} IS NOT NULL)" for column in columns}
    return index.valid and found_by_equality and leads and everywhere


def unindexed_of_migrations(schema: Schema) -> Iterator[Finding]:
    """Those that the migrations leave so, each at its line."""
    for relation in schema.relations:
        if relation.kind is RelationKind.PARTITION:
            continue
        for constraint, target in unindexed(relation):
            if constraint.origin is not None:
                yield Finding(
                    rule=Rule.FOREIGN_KEY_UNINDEXED,
                    severity=Rule.FOREIGN_KEY_UNINDEXED.severity,
                    message=f"no index leads with the columns of the {_described(relation, constraint)}",
                    place=f"{relation.display}.{constraint.name}",
                    affected=(Affected(migration_item(constraint.origin.path)),),
                    labels=(Label(constraint.origin, f"`{constraint.name}` is made here"),),
                    consequence=_consequence(relation, target),
                    help=f"{_statement(relation, constraint)};",
                )


def unindexed_of_tenants(expected: Schema, actual: Schema, group: Group) -> Iterator[Finding]:
    """Foreign keys that only the tenants have. (Where an index of the migrations is gone, index-missing says so.)"""
    for relation in actual.relations:
        made = expected.relation(relation.schema, relation.name)
        if made is None or relation.kind is RelationKind.PARTITION:
            continue
        known = {(c.columns, c.references) for c in made.constraints}
        for constraint, target in unindexed(relation):
            if (constraint.columns, target) not in known:
                yield group.finding(
                    Rule.FOREIGN_KEY_UNINDEXED,
                    message=f"in {group.text} no index leads with the columns of the "
                    f"{_described(relation, constraint)}, which {group.basis} does not have",
                    place=f"{relation.display}.{constraint.name}",
                    origin=made.origin,
                    label=f"`{relation.display}` is made here",
                    consequence=_consequence(relation, target),
                    help=f"{_statement(relation, constraint)};",
                )


def _described(relation: Relation, constraint: Constraint) -> str:
    return f"foreign key `{constraint.name}` on `{relation.display}` ({', '.join(constraint.columns)})"


def _consequence(relation: Relation, target: Reference) -> str:
    far = target.relation if target.schema == "public" else f"{target.schema}.{target.relation}"
    return (
        f"Each DELETE from `{far}`, and each UPDATE of the columns that it points at, reads the whole of "
        f"`{relation.display}`."
    )


def _statement(relation: Relation, constraint: Constraint) -> str:
    name = (
        quoted(relation.name) if relation.schema == "public" else f"{quoted(relation.schema)}.{quoted(relation.name)}"
    )
    return f"create index concurrently on {name} ({', '.join(map(quoted, constraint.columns))})"
