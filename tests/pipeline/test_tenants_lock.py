"""A snapshot that was kept comes back as it was, for tenants of every layout."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.formats.schema_digest import schema_digest
from pytest_errorbudget.model.formats.tenants_lock import read_tenants_lock, write_tenants_lock
from pytest_errorbudget.model.locked_tenants import LockedDatabase
from pytest_errorbudget.model.migration import RealReplay, ReplayedVersion
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import Column, EnumType, Index, Relation, RelationKind, Schema
from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.snapshot import (
    Applied,
    AppliedVersion,
    Ledger,
    PartitionState,
    Shape,
    Snapshot,
    TenantState,
    VersionUnknown,
)
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema, Layout, Tenant
from pytest_errorbudget.pipeline.tenants_lock import locked_tenants, snapshot_from_lock, updated

TODAY = date(2026, 3, 1)


def table(schema: str, name: str, *columns: str) -> Relation:
    return Relation(
        schema=schema,
        name=name,
        kind=RelationKind.TABLE,
        columns=tuple(Column(name=column, type=PgType("int8")) for column in columns),
        indexes=(Index(name=f"{name}_idx", columns=columns[:1]),),
    )


MOOD = EnumType(schema="public", name="mood", labels=("so", "fine"))
FIRST = Schema(relations=(table("public", "invoices", "id"), table("shared", "plans", "id")))
SECOND = Schema(
    relations=(
        table("public", "invoices", "id", "amount"),
        table("public", "payments", "id"),
        table("shared", "plans", "id"),
    ),
    enums=(MOOD,),
)
REPLAY = RealReplay(
    server_version=180004,
    versions=(ReplayedVersion(version="1", schema=FIRST), ReplayedVersion(version="2", schema=SECOND)),
)
PUBLIC = tuple(relation for relation in SECOND.relations if relation.schema == "public")
LACKS_INDEX = Schema(relations=(replace(PUBLIC[0], indexes=()), PUBLIC[1]), enums=(MOOD,))
EQUAL = Schema(relations=PUBLIC, enums=(MOOD,))
LAYOUTS: dict[str, Layout] = {
    "schema": InSchema("acme"),
    "partition": InPartition("tenant_id", "acme", ("invoices",)),
    "database": InDatabase("env:ACME_URL"),
}


def database(layout: Layout, *names: str) -> Database:
    return Database(
        name="shop",
        url="env:SHOP",
        migrations=None,
        services=(),
        tenants=tuple(Tenant(name, "shop", None, layout) for name in names),
        span=Span("errorbudget.toml", 1),
    )


def snapshot(*tenants: tuple[str, AppliedVersion, Schema | None]) -> Snapshot:
    schemas = {schema_digest(schema): schema for _, _, schema in tenants if schema is not None}
    return Snapshot(
        database="shop",
        server_version=170002,
        tenants=tuple(
            TenantState(
                tenant=name,
                version=version,
                shape=None if schema is None else schema_digest(schema),
                partitions=(PartitionState(table="invoices", partitions=(f"invoices_{name}",)),),
            )
            for name, version, schema in tenants
        ),
        shapes=tuple(Shape(digest=digest, schema=schemas[digest]) for digest in sorted(schemas)),
        candidates=("left_over",),
        ledgers=(Ledger(tenants=("a",), checksums=(("1", "c0ffee"),)),),
    )


def by_way_of_the_file(locked: LockedDatabase) -> LockedDatabase:
    (read,) = read_tenants_lock(write_tenants_lock((locked,)))
    return read


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("schema", [EQUAL, LACKS_INDEX, SECOND, FIRST, Schema()])
@pytest.mark.parametrize(
    "version", [Applied("2"), Applied("1"), Applied("7"), Applied(None), VersionUnknown("no right")]
)
@pytest.mark.parametrize("replay", [REPLAY, None])
def test_what_was_kept_comes_back(
    layout: str, schema: Schema, version: AppliedVersion, replay: RealReplay | None
) -> None:
    tenants = database(LAYOUTS[layout], "a", "b", "gone")
    read = snapshot(("a", version, schema), ("b", Applied("2"), EQUAL), ("gone", VersionUnknown("not found"), None))
    kept = by_way_of_the_file(locked_tenants(tenants, read, replay, TODAY))
    assert snapshot_from_lock(tenants, kept, replay) == read


def test_an_equal_tenant_is_a_line_and_its_shape_tells_nothing() -> None:
    kept = locked_tenants(database(LAYOUTS["schema"], "a"), snapshot(("a", Applied("2"), EQUAL)), REPLAY, TODAY)
    (shape,) = kept.shapes
    assert (shape.base, shape.patch.less, shape.patch.more) == ("2", (), ())


def test_a_shape_whose_migrations_changed_is_not_rebuilt() -> None:
    tenants = database(LAYOUTS["schema"], "a", "b")
    kept = locked_tenants(
        tenants, snapshot(("a", Applied("1"), EQUAL), ("b", Applied("2"), LACKS_INDEX)), REPLAY, TODAY
    )
    edited = replace(REPLAY, versions=(ReplayedVersion(version="1", schema=Schema()), REPLAY.versions[1]))
    back = snapshot_from_lock(tenants, kept, edited)
    assert [state.unread for state in back.tenants] == [
        "its schema of 2026-03-01 cannot be rebuilt from errorbudget.tenants.toml: the migrations that it had applied, "
        "or the server that replays them, changed since; `--errorbudget-update` writes it anew",
        None,
    ]
    assert [shape.schema for shape in back.shapes] == [LACKS_INDEX]


def test_an_update_keeps_what_it_could_not_read_and_drops_what_the_settings_dropped() -> None:
    shop, other = database(LAYOUTS["schema"], "a"), replace(database(LAYOUTS["schema"], "b"), name="other")
    read = snapshot(("a", Applied("2"), EQUAL))
    before = tuple(
        replace(locked_tenants(shop, read, REPLAY, date(2026, 1, 1)), name=name) for name in ("gone", "other", "shop")
    )
    facts = (DatabaseFacts(name="shop", replay=REPLAY, snapshot=read), DatabaseFacts(name="other", replay=REPLAY))
    after = updated((shop, other), facts, before, TODAY)
    assert [(each.name, each.read_on) for each in after] == [("shop", TODAY), ("other", date(2026, 1, 1))]
