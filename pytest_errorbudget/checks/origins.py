"""The lines behind PostgreSQL's own schema: what it has, from where the static replay saw it made."""

from __future__ import annotations

from dataclasses import replace

from pytest_errorbudget.model.schema import Relation, Schema


def with_origins(real: Schema, static: Schema) -> Schema:
    """``real`` with the origins of ``static``, by the names of schemas and objects.

    PostgreSQL's own places come first: they are of the version in hand, and they reach into DO blocks. The static ones
    fill the gaps of a server on which no event trigger may be made.
    """
    relations = {(relation.schema, relation.name): relation for relation in static.relations}
    enums = {(enum.schema, enum.name): enum.origin for enum in static.enums}
    domains = {(domain.schema, domain.name): domain.origin for domain in static.domains}
    composites = {(composite.schema, composite.name): composite.origin for composite in static.composites}
    return Schema(
        relations=tuple(_relation(r, relations.get((r.schema, r.name))) for r in real.relations),
        enums=tuple(replace(e, origin=e.origin or enums.get((e.schema, e.name))) for e in real.enums),
        domains=tuple(replace(d, origin=d.origin or domains.get((d.schema, d.name))) for d in real.domains),
        composites=tuple(replace(c, origin=c.origin or composites.get((c.schema, c.name))) for c in real.composites),
    )


def _relation(real: Relation, static: Relation | None) -> Relation:
    if static is None:
        return real
    columns = {column.name: column.origin for column in static.columns}
    indexes = {index.name: index.origin for index in static.indexes}
    constraints = {constraint.name: constraint.origin for constraint in static.constraints}
    triggers = {trigger.name: trigger.origin for trigger in static.triggers}
    policies = {policy.name: policy.origin for policy in static.policies}
    security = real.row_security
    return replace(
        real,
        columns=tuple(replace(c, origin=c.origin or columns.get(c.name)) for c in real.columns),
        indexes=tuple(replace(i, origin=i.origin or indexes.get(i.name)) for i in real.indexes),
        constraints=tuple(replace(c, origin=c.origin or constraints.get(c.name)) for c in real.constraints),
        triggers=tuple(replace(t, origin=t.origin or triggers.get(t.name)) for t in real.triggers),
        policies=tuple(replace(p, origin=p.origin or policies.get(p.name)) for p in real.policies),
        row_security=replace(security, origin=security.origin or static.row_security.origin),
        origin=real.origin or static.origin,
    )
