"""Crates that read several databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_errorbudget.checks.contracts import Scope, contract_findings, meant_elsewhere
from pytest_errorbudget.model.facts import DatabaseFacts, QueryKey, QueryTyping, ShapeTyping
from pytest_errorbudget.model.migration import (
    MigrationFailure,
    MigrationFile,
    MigrationKind,
    MigrationSet,
    RealReplay,
    Statement,
)
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.source import Span

KEY = QueryKey("src/queries.rs", "find", 1)
REFUSED = Rejected(sqlstate="42P01", message='relation "pools" does not exist')
ACCEPTED = Typed(columns=(), parameters=())


def typed(verdict: Typed | Rejected) -> tuple[ShapeTyping, ...]:
    return (ShapeTyping(shape=None, queries=(QueryTyping(query=KEY, verdict=verdict),)),)


def stopped(sql: str) -> DatabaseFacts:
    span = Span("pools/1.sql", 1)
    file = MigrationFile(path="pools/1.sql", version="1", name="", text="", statements=(Statement(sql=sql, span=span),))
    return DatabaseFacts(
        name="pools",
        typings=typed(REFUSED),
        migrations=MigrationSet(kind=MigrationKind.SQLX, path="pools", files=(file,)),
        replay=RealReplay(
            server_version=180000, versions=(), failure=MigrationFailure(span=span, sqlstate="42704", message="no")
        ),
    )


def said(world, *others: tuple[DatabaseFacts, Scope]) -> tuple[list[str], list[str]]:
    """The rules of the findings in the database that refuses the query, and the reasons of what is not checked."""
    world.query("find", sql="SELECT id FROM pools")
    world.shape(None, find=REFUSED)
    elsewhere = meant_elsewhere(world.contracts, others)
    database = DatabaseFacts(name="core", typings=tuple(world.typings))
    findings, unchecked = contract_findings(world.contracts, database, world.scope, elsewhere)
    return [finding.rule.id for finding in findings], [each.reason for each in unchecked]


def test_a_query_is_meant_for_the_database_that_accepts_it(world):
    other = DatabaseFacts(name="pools", typings=typed(ACCEPTED))
    assert said(world, (other, Scope())) == (
        [],
        ['the database `pools` accepts it: relation "pools" does not exist'],
    )


def test_one_whose_replay_stops_before_it_may_accept_it(world):
    assert said(world, (stopped("create table pools (id bigint)"), Scope())) == (
        [],
        ['the database `pools` may accept it, but the replay stops at pools/1.sql: relation "pools" does not exist'],
    )


@pytest.mark.parametrize(
    ("other", "scope"),
    [
        (DatabaseFacts(name="pools", typings=typed(REFUSED)), Scope()),
        (DatabaseFacts(name="pools", typings=typed(ACCEPTED)), Scope(crates=("indexer",))),
        (stopped("create table lines (id bigint)"), Scope()),
    ],
)
def test_a_query_that_no_database_of_its_crate_accepts_fails(world, other, scope):
    assert said(world, (other, scope)) == (["query-fails"], [])


def test_what_the_databases_own_migrations_accept_is_meant_for_it(world):
    """The tenant has drifted: that another database has such a table too is no excuse."""
    world.query("find", sql="SELECT id FROM pools")
    world.shape(None, find=ACCEPTED)
    world.shape("a", "acme", find=REFUSED)
    elsewhere = meant_elsewhere(world.contracts, [(DatabaseFacts(name="pools", typings=typed(ACCEPTED)), Scope())])
    database = DatabaseFacts(name="core", typings=tuple(world.typings))
    scope = replace(world.scope, shapes=tuple(shape for shape in world.shapes if shape.tenants))
    ((finding,), _) = contract_findings(world.contracts, database, scope, elsewhere)
    assert finding.rule.id == "query-fails"
