"""The lines behind PostgreSQL's own schema: what it has, from where the static replay saw it made."""

from __future__ import annotations

from dataclasses import replace

from pytest_errorbudget.model.schema import Relation, Schema


def with_origins(real: Schema, static: Schema) -> Schema:
    """``real`` with the origins of ``static``, by the names of schemas and objects.

    The static replay knows the line of each column, PostgreSQL only the statement: its place stays where the static
    one has none (what a DO block made).
    """
    relations = {(relation.schema, relation.name): relation for relation in static.relations}
    enums = {(enum.schema, enum.name): enum.origin for enum in static.enums}
    domains = {(domain.schema, domain.name): domain.origin for domain in static.domains}
    return Schema(
        relations=tuple(_relation(r, relations.get((r.schema, r.name))) for r in real.relations),
        enums=tuple(replace(e, origin=enums.get((e.schema, e.name)) or e.origin) for e in real.enums),
        domains=tuple(replace(d, origin=domains.get((d.schema, d.name)) or d.origin) for d in real.domains),
    )


def _relation(real: Relation, static: Relation | None) -> Relation:
    if static is None:
        return real
    columns = {column.name: column.origin for column in static.columns}
    indexes = {index.name: index.origin for index in static.indexes}
    constraints = {constraint.name: constraint.origin for constraint in static.constraints}
    return replace(
        real,
        columns=tuple(replace(c, origin=columns.get(c.name) or c.origin) for c in real.columns),
        indexes=tuple(replace(i, origin=indexes.get(i.name) or i.origin) for i in real.indexes),
        constraints=tuple(replace(c, origin=constraints.get(c.name) or c.origin) for c in real.constraints),
        origin=static.origin or real.origin,
    )
