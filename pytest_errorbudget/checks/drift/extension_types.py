"""Types that neither the migrations nor the tenant make: an extension's, which another schema may hold in the database.

Where an extension is installed is the choice of whoever made the database. Two types of one name whose schemas the
migrations and the tenant have not made them in are therefore taken for one, which is told as not checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pytest_errorbudget.checks.drift.group import tenants_text
from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.schema import Column, Constraint, Relation, Schema

Homes = Mapping[PgType, PgType]
"""What the migrations call a type of the tenant."""


def moved_types(expected: Schema, actual: Schema) -> Homes:
    """The types of the tenant's columns that the migrations have in another schema, and what these call them."""
    made = {*_made(expected), *_made(actual)}
    relations = {(relation.schema, relation.name): relation for relation in expected.relations}
    found: dict[PgType, PgType] = {}
    for relation in actual.relations:
        same = relations.get((relation.schema, relation.name))
        wanted = {column.name: column.type.element for column in same.columns} if same is not None else {}
        for column in relation.columns:
            ours, theirs = column.type.element, wanted.get(column.name)
            if theirs is not None and _is_moved(ours, theirs) and not {_key(ours), _key(theirs)} & made:
                found[_plain(ours)] = _plain(theirs)
    return found


def at_home(actual: Schema, homes: Homes) -> Schema:
    """The tenant's schema with these types, also in the texts of defaults and checks, as the migrations call them."""
    if not homes:
        return actual
    return replace(actual, relations=tuple(_relation(relation, homes) for relation in actual.relations))


def taken_for_one(homes: Homes, tenants: tuple[str, ...]) -> Iterator[Unchecked]:
    for ours, theirs in homes.items():
        reason = f"`{ours}` is taken for `{theirs}` of the migrations: an extension's schema is not compared"
        yield Unchecked("type", tenants_text(tenants), reason)


def _made(schema: Schema) -> Iterator[tuple[str, str]]:
    yield from ((relation.schema, relation.name) for relation in schema.relations)
    yield from ((enum.schema, enum.name) for enum in schema.enums)
    yield from ((domain.schema, domain.name) for domain in schema.domains)
    yield from ((composite.schema, composite.name) for composite in schema.composites)


def _key(kind: PgType) -> tuple[str, str]:
    return kind.schema, kind.name


def _plain(kind: PgType) -> PgType:
    return PgType(kind.name, kind.schema)


def _is_moved(ours: PgType, theirs: PgType) -> bool:
    return ours.name == theirs.name and ours.schema != theirs.schema and CATALOG not in {ours.schema, theirs.schema}


def _relation(relation: Relation, homes: Homes) -> Relation:
    return replace(
        relation,
        columns=tuple(_column(column, homes) for column in relation.columns),
        constraints=tuple(_constraint(constraint, homes) for constraint in relation.constraints),
    )


def _column(column: Column, homes: Homes) -> Column:
    home = homes.get(_plain(column.type))
    kind = column.type if home is None else replace(column.type, schema=home.schema)
    return replace(column, type=kind, default=_text(column.default, homes))


def _constraint(constraint: Constraint, homes: Homes) -> Constraint:
    return replace(constraint, expression=_text(constraint.expression, homes))


def _text(text: str | None, homes: Homes) -> str | None:
    if text is not None:
        for ours, theirs in homes.items():
            text = text.replace(f"::{ours}", f"::{theirs}")
    return text
