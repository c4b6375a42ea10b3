"""cross-tenant-reference: what a tenant holds points into the schema of another tenant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pytest_errorbudget.checks.drift.constraints import described
from pytest_errorbudget.checks.drift.group import Group, column_place, sql_name
from pytest_errorbudget.model.difference import (
    Difference,
    MissingConstraint,
    TypeDiffers,
    UnexpectedConstraint,
)
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Column, Constraint, Relation, Schema
from pytest_errorbudget.model.source import Span

Elsewhere = Mapping[str, str]  # tenants by their schemas


def crossings(expected: Schema, actual: Schema, elsewhere: Elsewhere, group: Group) -> Iterator[Finding]:
    """Foreign keys and types of columns; ``elsewhere`` are the schemas of all tenants: a tenant's own has no name."""
    for relation in actual.relations:
        made = expected.relation(relation.schema, relation.name)
        for constraint in relation.constraints:
            if constraint.references is not None and constraint.references.schema in elsewhere:
                owner = elsewhere[constraint.references.schema]
                yield _by_key(relation, constraint, owner, _key_origin(made, constraint), group)
        for column in relation.columns:
            if column.type.schema in elsewhere:
                known = None if made is None else made.column(column.name)
                origin = made.origin if made is not None and known is None else known.origin if known else None
                yield _by_type(relation, column, elsewhere[column.type.schema], origin, group)


def _key_origin(made: Relation | None, constraint: Constraint) -> Span | None:
    """The line of the foreign key of the same columns that the migrations make, else that of the table."""
    if made is None:
        return None
    same = (c for c in made.constraints if c.kind is constraint.kind and c.columns == constraint.columns)
    return next((c.origin for c in same), made.origin)


def _by_key(relation: Relation, constraint: Constraint, owner: str, origin: Span | None, group: Group) -> Finding:
    return group.finding(
        Rule.CROSS_TENANT_REFERENCE,
        message=f"the {described(relation, constraint)} of {group.text} points into the schema of tenant {owner}",
        place=f"{relation.display}.{constraint.name}",
        origin=origin,
        label="in the migrations it points at the tenant's own table",
        consequence=f"Rows are checked against those of {owner}: valid ones fail with 23503, and deleting {owner}'s "
        "rows fails, or deletes rows of another tenant.",
        help=f"alter table {sql_name(relation)} drop constraint {quoted(constraint.name)}; "
        "then add it as the migration does, with the tenant's schema first in search_path.",
    )


def _by_type(relation: Relation, column: Column, owner: str, origin: Span | None, group: Group) -> Finding:
    place = column_place(relation, column)
    return group.finding(
        Rule.CROSS_TENANT_REFERENCE,
        message=f"`{place}` of {group.text} is of the type `{column.type}`, which belongs to tenant {owner}",
        place=place,
        origin=origin,
        label="in the migrations it is of the tenant's own type",
        consequence=f"A change of the type for {owner} changes this column too, and dropping {owner}'s schema with "
        "CASCADE drops it.",
        help="Give the column the tenant's own type: "
        f"alter table {sql_name(relation)} alter column {quoted(column.name)} type {quoted(column.type.name)} "
        f"using {quoted(column.name)}::text::{quoted(column.type.name)};",
    )


def explained(differences: Iterable[Difference], elsewhere: Elsewhere) -> tuple[Difference, ...]:
    """The differences without those that a crossing is the reason of."""
    found = tuple(differences)
    crossing = [d for d in found if isinstance(d, UnexpectedConstraint) and _crosses(d.constraint, elsewhere)]
    keys = {(d.relation.name, d.constraint.kind, d.constraint.columns) for d in crossing}

    def is_explained(difference: Difference) -> bool:
        match difference:
            case UnexpectedConstraint(_, constraint):
                return _crosses(constraint, elsewhere)
            case MissingConstraint(relation, constraint):
                return (relation.name, constraint.kind, constraint.columns) in keys
            case TypeDiffers(_, _, _, actual):
                return actual.type.schema in elsewhere
            case _:
                return False

    return tuple(difference for difference in found if not is_explained(difference))


def _crosses(constraint: Constraint, elsewhere: Elsewhere) -> bool:
    return constraint.references is not None and constraint.references.schema in elsewhere
