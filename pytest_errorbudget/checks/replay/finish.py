"""The state as a value."""

from __future__ import annotations

from dataclasses import replace

from pytest_errorbudget.checks.replay.extensions import TYPE_EXTENSIONS
from pytest_errorbudget.checks.replay.state import (
    TEMPORARY,
    ColumnState,
    ConstraintState,
    IndexState,
    Key,
    PolicyState,
    State,
    TableState,
    TriggerState,
)
from pytest_errorbudget.model.migration import Inexact
from pytest_errorbudget.model.pgtype import CATALOG, UNKNOWN, PgType
from pytest_errorbudget.model.schema import (
    Column,
    CompositeField,
    CompositeType,
    Constraint,
    ConstraintKind,
    Domain,
    EnumType,
    Index,
    Policy,
    Reference,
    Relation,
    Schema,
    Trigger,
)


def schema_of(state: State) -> Schema:
    tables = [state.tables[key] for key in sorted(state.tables) if key[0] != TEMPORARY and not state.is_uncertain(key)]
    return Schema(
        relations=tuple(_relation(state, table) for table in tables),
        enums=tuple(
            EnumType(schema=key[0], name=key[1], labels=tuple(enum.labels), origin=enum.origin)
            for key, enum in sorted(state.enums.items(), key=lambda item: item[0])
        ),
        domains=tuple(
            Domain(
                schema=key[0],
                name=key[1],
                base=_named(state, domain.base),
                not_null=domain.not_null,
                origin=domain.origin,
            )
            for key, domain in sorted(state.domains.items(), key=lambda item: item[0])
        ),
        composites=tuple(
            CompositeType(
                schema=key[0],
                name=key[1],
                fields=tuple(CompositeField(name, _named(state, pg)) for name, pg in composite.fields.items()),
                origin=composite.origin,
            )
            for key, composite in sorted(state.composites.items(), key=lambda item: item[0])
        ),
    )


def inexact_of(state: State) -> tuple[Inexact, ...]:
    """What is not claimed: relations as a whole first by name, then the types of columns of the others."""
    unknown = {table.key: table.unknown for table in state.tables.values() if table.unknown is not None}
    reasons = {**unknown, **state.inexact}
    whole = (Inexact(schema=key[0], name=key[1], reason=reasons[key]) for key in sorted(reasons) if key[0] != TEMPORARY)
    partly = (
        Inexact(schema=table.schema, name=table.name, reason=table.untyped, columns=open_types)
        for table in (state.tables[key] for key in sorted(state.tables))
        if table.schema != TEMPORARY and not state.is_uncertain(table.key)
        if (open_types := tuple(c.name for c in table.columns.values() if c.type == UNKNOWN))
    )
    return (*whole, *partly)


def _relation(state: State, table: TableState) -> Relation:
    return Relation(
        schema=table.schema,
        name=table.name,
        kind=table.kind,
        columns=tuple(_column(state, column) for column in table.columns.values()),
        indexes=tuple(_index(table.indexes[name]) for name in sorted(table.indexes)),
        constraints=tuple(_constraint(table.constraints[name]) for name in sorted(table.constraints)),
        triggers=tuple(_trigger(table.triggers[name]) for name in sorted(table.triggers)),
        policies=tuple(_policy(table.policies[name]) for name in sorted(table.policies)),
        row_security=table.row_security,
        origin=table.origin,
    )


def _column(state: State, column: ColumnState) -> Column:
    base, domain_not_null = _under_domains(state, column.type)
    return Column(
        name=column.name,
        type=_named(state, column.type),
        not_null=column.not_null or domain_not_null,
        has_default=column.has_default and column.generated is None,
        base=None if base is None else _named(state, base),
        identity=column.identity,
        generated=column.generated,
        origin=column.origin,
    )


def _named(state: State, type_: PgType) -> PgType:
    """What an extension brings goes by ``public``, wherever it is installed: so do the catalogue's readers call it."""
    if type_.schema == CATALOG or state.is_type((type_.schema, type_.name)):
        return type_
    is_brought = type_.name in TYPE_EXTENSIONS or type_.schema in state.extensions.values()
    return replace(type_, schema="public") if is_brought else type_


def _under_domains(state: State, declared: PgType) -> tuple[PgType | None, bool]:
    """The type under a domain, ``None`` for other types, and whether a domain on the way is NOT NULL."""
    base: PgType | None = None
    not_null = False
    current = declared
    seen: set[Key] = set()
    while current.dimensions == 0:
        key = (current.schema, current.name)
        domain = state.domains.get(key)
        if domain is None or key in seen:
            break
        seen.add(key)
        base = current = domain.base
        not_null = not_null or domain.not_null
    return base, not_null


def _trigger(trigger: TriggerState) -> Trigger:
    return Trigger(name=trigger.name, function=trigger.function, firing=trigger.firing, origin=trigger.origin)


def _policy(policy: PolicyState) -> Policy:
    return Policy(name=policy.name, command=policy.command, permissive=policy.permissive, origin=policy.origin)


def _index(index: IndexState) -> Index:
    return Index(
        name=index.name,
        columns=tuple(index.keys),
        unique=index.unique,
        primary=index.primary,
        partial=index.partial,
        valid=index.valid,
        method=index.method,
        origin=index.origin,
    )


def _constraint(constraint: ConstraintState) -> Constraint:
    target = constraint.target
    reference = None
    if constraint.kind is ConstraintKind.FOREIGN_KEY and target is not None:
        reference = Reference(target.schema, target.name, tuple(constraint.target_columns))
    return Constraint(
        name=constraint.name,
        kind=constraint.kind,
        columns=tuple(constraint.columns),
        references=reference,
        validated=constraint.validated,
        origin=constraint.origin,
    )
