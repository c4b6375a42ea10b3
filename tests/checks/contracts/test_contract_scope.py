"""Which tenants share a shape, and how a message names them."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.contracts import Scope, TenantShape, scope_of
from pytest_errorbudget.checks.contracts.draft import whose
from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.migration import RealReplay, ReplayedVersion, StaticReplay
from pytest_errorbudget.model.schema import EnumType, Schema
from pytest_errorbudget.model.snapshot import Applied, Shape, Snapshot, TenantState

OLD = Schema(enums=(EnumType(schema="public", name="state", labels=("open",)),))
NEW = Schema(enums=(EnumType(schema="public", name="state", labels=("open", "void")),))


def state(tenant: str, shape: str | None) -> TenantState:
    return TenantState(tenant=tenant, version=Applied("1"), shape=shape)


def test_tenants_of_one_shape_are_checked_once():
    snapshot = Snapshot(
        database="core",
        server_version=180000,
        tenants=(state("globex", "a"), state("acme", "a"), state("initech", "b"), state("lost", None)),
        shapes=(Shape(digest="a", schema=OLD), Shape(digest="b", schema=NEW), Shape(digest="c", schema=NEW)),
    )
    listed = ("acme", "globex", "initech", "lost")
    assert scope_of(DatabaseFacts(name="core", snapshot=snapshot), listed, ("billing",)) == Scope(
        tenants=listed,
        crates=("billing",),
        shapes=(
            TenantShape(digest="a", schema=OLD, tenants=("acme", "globex")),
            TenantShape(digest="b", schema=NEW, tenants=("initech",)),
        ),
    )


@pytest.mark.parametrize(
    ("facts", "shapes"),
    [
        (
            DatabaseFacts(
                name="core",
                replay=RealReplay(
                    server_version=180000,
                    versions=(ReplayedVersion(version="1", schema=OLD), ReplayedVersion(version="2", schema=NEW)),
                ),
                static=StaticReplay(schema=OLD),
            ),
            (TenantShape(digest=None, schema=NEW),),
        ),
        (DatabaseFacts(name="core", static=StaticReplay(schema=OLD)), (TenantShape(digest=None, schema=OLD),)),
        (DatabaseFacts(name="core"), ()),
    ],
)
def test_without_a_live_tenant_the_newest_replay_is_the_one_shape(facts, shapes):
    assert scope_of(facts, (), ()).shapes == shapes


@pytest.mark.parametrize(
    ("tenants", "listed", "text"),
    [
        ([], 3, ""),
        (["acme"], 3, "tenant `acme`: "),
        (["acme"], 1, "tenant `acme`: "),
        (["acme", "globex"], 3, "tenants `acme` and `globex`: "),
        (["acme", "globex"], 2, "both tenants: "),
        (["a", "b", "c", "d"], 5, "4 of 5 tenants (`a`, `b`, `c`, …): "),
        (["a", "b", "c", "d"], 4, "all 4 tenants: "),
    ],
)
def test_messages_name_the_tenants(tenants, listed, text):
    assert whose(tenants, listed) == text
