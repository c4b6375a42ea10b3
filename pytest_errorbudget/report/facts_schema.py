"""A database schema as the facts file writes it."""

from __future__ import annotations

from pytest_errorbudget.model.pgtype import UNKNOWN
from pytest_errorbudget.model.schema import (
    Column,
    CompositeType,
    Constraint,
    Domain,
    Index,
    Policy,
    Relation,
    RowSecurity,
    Schema,
    Trigger,
)
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.report.facts_format_schema import (
    FactColumn,
    FactComposite,
    FactCompositeField,
    FactConstraint,
    FactDomain,
    FactEnum,
    FactIndex,
    FactPolicy,
    FactReference,
    FactRelation,
    FactRowSecurity,
    FactSchema,
    FactTrigger,
    Origin,
)


def fact_schema(schema: Schema) -> FactSchema:
    return FactSchema(
        relations=tuple(_relation(r) for r in sorted(schema.relations, key=lambda r: (r.schema, r.name))),
        enums=tuple(
            FactEnum(schema=enum.schema, name=enum.name, labels=enum.labels)
            for enum in sorted(schema.enums, key=lambda e: (e.schema, e.name))
        ),
        domains=tuple(_domain(domain) for domain in sorted(schema.domains, key=lambda d: (d.schema, d.name))),
        composites=tuple(map(_composite, sorted(schema.composites, key=lambda c: (c.schema, c.name)))),
    )


def _composite(composite: CompositeType) -> FactComposite:
    fields = tuple(FactCompositeField(name=each.name, type=each.type.formatted) for each in composite.fields)
    return FactComposite(schema=composite.schema, name=composite.name, fields=fields)


def _domain(domain: Domain) -> FactDomain:
    return FactDomain(
        schema=domain.schema,
        name=domain.name,
        base=domain.base.formatted,
        not_null=domain.not_null,
        checks=domain.checks,
        default=domain.default,
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
        triggers=tuple(_trigger(t) for t in sorted(relation.triggers, key=lambda t: t.name)),
        policies=tuple(_policy(p) for p in sorted(relation.policies, key=lambda p: p.name)),
        row_security=_row_security(relation.row_security),
        query=relation.query,
    )


def _trigger(trigger: Trigger) -> FactTrigger:
    return FactTrigger(
        name=trigger.name,
        function=trigger.function,
        definition=trigger.definition,
        firing=trigger.firing.value,
        origin=_origin(trigger.origin),
    )


def _policy(policy: Policy) -> FactPolicy:
    return FactPolicy(
        name=policy.name,
        command=policy.command.value,
        permissive=policy.permissive,
        using=policy.using,
        check=policy.check,
        origin=_origin(policy.origin),
    )


def _row_security(security: RowSecurity) -> FactRowSecurity:
    return FactRowSecurity(enabled=security.enabled, forced=security.forced, origin=_origin(security.origin))


def _column(column: Column) -> FactColumn:
    return FactColumn(
        name=column.name,
        type=None if column.type == UNKNOWN else column.type.formatted,
        base=None if column.base is None else column.base.formatted,
        not_null=column.not_null,
        default=column.has_default,
        identity=None if column.identity is None else column.identity.value,
        generated=None if column.generated is None else column.generated.value,
        generation=column.generation,
        origin=_origin(column.origin),
    )


def _index(index: Index) -> FactIndex:
    return FactIndex(
        name=index.name,
        columns=index.columns,
        unique=index.unique,
        primary=index.primary,
        partial=index.partial,
        predicate=index.predicate,
        options=index.options,
        include=index.include,
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
        expression=constraint.expression,
        origin=_origin(constraint.origin),
    )
