"""Which tenants share a shape, and how a message names them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_errorbudget.checks.contracts import Scope, TenantShape, scope_of
from pytest_errorbudget.checks.contracts.draft import Draft, merged, whose
from pytest_errorbudget.checks.contracts.scope import QuerySubject
from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.migration import MigrationFailure, RealReplay, ReplayedVersion, StaticReplay
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import EnumType, Schema
from pytest_errorbudget.model.snapshot import Applied, Shape, Snapshot, TenantState
from pytest_errorbudget.model.source import Span

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


def test_the_newest_replay_is_checked_besides_the_tenants_unless_it_stops_before_its_end():
    replay = RealReplay(server_version=180000, versions=(ReplayedVersion(version="2", schema=NEW),))
    stopped = replace(
        replay, failure=MigrationFailure(span=Span("migrations/3.sql", 1), message="no", sqlstate="42P01")
    )
    tenants = TenantShape(digest="a", schema=OLD, tenants=("acme",))
    snapshot = Snapshot(
        database="core", server_version=180000, tenants=(state("acme", "a"),), shapes=(Shape(digest="a", schema=OLD),)
    )
    for given, shapes in ((replay, (tenants, TenantShape(digest=None, schema=NEW))), (stopped, (tenants,))):
        facts = DatabaseFacts(name="core", snapshot=snapshot, replay=given)
        assert scope_of(facts, ("acme",), ()).shapes == shapes


def draft(text: str) -> Draft:
    return Draft(
        rule=Rule.QUERY_FAILS,
        severity=Rule.QUERY_FAILS.severity,
        place="queries.rs::list",
        text=text,
        subjects=(QuerySubject("queries.rs", "list", 1),),
        labels=(),
        consequence="",
        help="",
    )


def test_what_the_newest_replay_has_in_common_with_a_tenant_is_said_of_the_tenant_alone():
    acme = TenantShape(digest="a", schema=OLD, tenants=("acme",))
    newest = TenantShape(digest=None, schema=NEW)
    scope = Scope(tenants=("acme", "globex"), shapes=(acme, newest))
    found = merged(
        ((acme, draft("no column a")), (newest, draft("no column a")), (newest, draft("no column b"))), scope
    )
    assert [(f.message, f.tenants, tuple(map(str, f.items))) for f in found] == [
        (
            "after the newest migrations: no column b",
            (),
            ("queries.rs::list[acme]", "queries.rs::list[globex]"),
        ),
        ("tenant `acme`: no column a", ("acme",), ("queries.rs::list[acme]",)),
    ]


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
