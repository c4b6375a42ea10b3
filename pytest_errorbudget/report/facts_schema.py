"""A database schema as the facts file writes it."""

from __future__ import annotations

from pytest_errorbudget.model.pgtype import UNKNOWN
from pytest_errorbudget.model.schema import Column, Constraint, Index, Relation, Schema
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.report.facts_format import (
    FactColumn,
    FactConstraint,
    FactDomain,
    FactEnum,
    FactIndex,
    FactReference,
    FactRelation,
    FactSchema,
    Origin,
)


def fact_schema(schema: Schema) -> FactSchema:
    return FactSchema(
        relations=tuple(_relation(r) for r in sorted(schema.relations, key=lambda r: (r.schema, r.name))),
        enums=tuple(
            FactEnum(schema=enum.schema, name=enum.name, labels=enum.labels)
            for enum in sorted(schema.enums, key=lambda e: (e.schema, e.name))
        ),
        domains=tuple(
            FactDomain(schema=domain.schema, name=domain.name, base=domain.base.formatted, not_null=domain.not_null)
            for domain in sorted(schema.domains, key=lambda d: (d.schema, d.name))
        ),
    )


def _origin(span: Span | None) -> Origin | None:
    return None if span is None else Origin(path=span.path, line=span.line)


def _relation(relation: Relation) -> FactRelation:
    return FactRelation(
        schema=relation.schema,
        name=relation.name,
        kind=relation.kind.value,
        columns=tuple(map(_column, relation.columns)),
        indexes=tuple(_index(index) for index in sorted(relation.indexes, key=lambda i: i.name)),
        constraints=tuple(_constraint(c) for c in sorted(relation.constraints, key=lambda c: c.name)),
    )


def _column(column: Column) -> FactColumn:
    return FactColumn(
        name=column.name,
        type=None if column.type == UNKNOWN else column.type.formatted,
        base=None if column.base is None else column.base.formatted,
        not_null=column.not_null,
        default=column.has_default,
        identity=None if column.identity is None else column.identity.value,
        generated=None if column.generated is None else column.generated.value,
        origin=_origin(column.origin),
    )


def _index(index: Index) -> FactIndex:
    return FactIndex(
        name=index.name,
        columns=index.columns,
        unique=index.unique,
        primary=index.primary,
        partial=index.partial,
        valid=index.valid,
        origin=_origin(index.origin),
    )


def _constraint(constraint: Constraint) -> FactConstraint:
    to = constraint.references
    return FactConstraint(
        name=constraint.name,
        kind=constraint.kind.value,
        columns=constraint.columns,
        references=None if to is None else FactReference(schema=to.schema, relation=to.relation, columns=to.columns),
        validated=constraint.validated,
        origin=_origin(constraint.origin),
    )
