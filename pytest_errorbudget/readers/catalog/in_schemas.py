"""A schema per tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.snapshot import VersionUnknown
from pytest_errorbudget.model.tenant import InSchema, Tenant
from pytest_errorbudget.readers.catalog.reading import Reading, TenantRead
from pytest_errorbudget.readers.catalog.tenant_schemas import read_schemas
from pytest_errorbudget.readers.catalog.versions import Versions


def read_in_schemas(
    reading: Reading, tenants: Sequence[tuple[Tenant, InSchema]], holders: Sequence[str]
) -> tuple[TenantRead, ...]:
    """The tenants in the order given; ``holders`` are the schemas that hold the bookkeeping table."""
    rows = reading.session.execute(
        "select nspname from pg_catalog.pg_namespace where nspname = any(%s)",
        ([layout.schema for _, layout in tenants],),
    ).fetchall()
    present = tuple(sorted({row[0] for row in rows}))
    neutral = dict.fromkeys(present, reading.source.expected)
    schemas = read_schemas(reading.session, present, neutral, reading.source.bookkeeping)
    versions = reading.versions([schema for schema in present if schema in set(holders)])
    return tuple(_tenant(reading, tenant, layout.schema, schemas, versions) for tenant, layout in tenants)


def _tenant(
    reading: Reading, tenant: Tenant, schema: str, schemas: Mapping[str, Schema], versions: Versions
) -> TenantRead:
    if schema not in schemas:
        missing = VersionUnknown(f"there is no schema {schema} in the database")
        return TenantRead(tenant=tenant, version=missing, schema=None)
    table = reading.source.bookkeeping
    held = f"its schema {schema} holds no table {table}" if table else "no table says which migrations were applied"
    return TenantRead(
        tenant=tenant,
        version=versions.applied.get(schema, VersionUnknown(held)),
        schema=schemas[schema],
        checksums=versions.checksums.get(schema),
    )
