"""How much of what the migrations make is a tenant's own, by the layout of the tenants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.schema import RelationKind, Schema
from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.snapshot import TenantState
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema

OWN_SCHEMA = "public"  # under this name the migrations make what each tenant has a schema of its own for


@dataclass(frozen=True, slots=True)
class SchemaOfItsOwn:
    """What the migrations make in the schema ``public``."""


@dataclass(frozen=True, slots=True)
class DatabaseOfItsOwn:
    """All that the migrations make."""


@dataclass(frozen=True, slots=True)
class PartitionsOfItsOwn:
    """``tables`` by their display names: those of which the tenant has a partition, or which are not there at all."""

    tables: frozenset[str]


Scope = SchemaOfItsOwn | DatabaseOfItsOwn | PartitionsOfItsOwn


def scope_of(database: Database, state: TenantState) -> Scope:
    layout = next((tenant.layout for tenant in database.tenants if tenant.name == state.tenant), None)
    match layout:
        case InSchema() | None:
            return SchemaOfItsOwn()
        case InDatabase():
            return DatabaseOfItsOwn()
        case InPartition():
            return PartitionsOfItsOwn(
                frozenset(part.table for part in state.partitions if part.partitions or not part.exists)
            )
    assert_never(layout)


def comparable(scope: Scope, expected: Schema, actual: Schema) -> tuple[Schema, Schema]:
    """What of both sides is to be compared."""
    match scope:
        case SchemaOfItsOwn():
            return own_schema(expected), actual
        case DatabaseOfItsOwn():
            made = _schemas(expected) | {OWN_SCHEMA}
            return expected, _only(actual, made.__contains__)
        case PartitionsOfItsOwn(tables):
            there = {relation.schema for relation in actual.relations}
            typed = _only(expected, there.__contains__)
            return replace(typed, relations=tuple(r for r in expected.relations if r.display in tables)), actual
    assert_never(scope)


def left_out(scope: Scope, expected: Schema, actual: Schema) -> Iterator[Unchecked]:
    """What ``comparable`` cuts off, partitions aside."""
    match scope:
        case SchemaOfItsOwn():
            reason = "it lies outside of the tenants' own schemas"
            cut = [r.display for r in expected.relations if r.schema != OWN_SCHEMA]
            yield from (Unchecked("relation", name, reason) for name in cut)
        case DatabaseOfItsOwn():
            reason = "the migrations make nothing in this schema"
            more = sorted(_schemas(actual) - _schemas(expected) - {OWN_SCHEMA})
            yield from (Unchecked("schema", name, reason) for name in more)
        case PartitionsOfItsOwn(tables):
            reason = "the tenants have no partitions of it"
            shared = [r for r in expected.relations if r.kind is not RelationKind.PARTITION and r.display not in tables]
            yield from (Unchecked("relation", relation.display, reason) for relation in shared)
        case _:
            assert_never(scope)


def own_schema(schema: Schema) -> Schema:
    """What the migrations make once for all tenants, in a schema that they name, is no tenant's own."""
    return _only(schema, OWN_SCHEMA.__eq__)


def _schemas(schema: Schema) -> set[str]:
    types = {enum.schema for enum in schema.enums} | {domain.schema for domain in schema.domains}
    types |= {composite.schema for composite in schema.composites}
    return types | {relation.schema for relation in schema.relations}


def _only(schema: Schema, wanted: Callable[[str], bool]) -> Schema:
    return replace(
        schema,
        relations=tuple(r for r in schema.relations if wanted(r.schema)),
        enums=tuple(e for e in schema.enums if wanted(e.schema)),
        domains=tuple(d for d in schema.domains if wanted(d.schema)),
        composites=tuple(c for c in schema.composites if wanted(c.schema)),
    )
