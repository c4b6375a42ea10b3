"""Queries beside migrations that PostgreSQL could not run to their end."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.contracts import contract_findings
from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.migration import (
    MigrationFailure,
    MigrationFile,
    MigrationKind,
    MigrationSet,
    RealReplay,
    Statement,
)
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import Rejected
from pytest_errorbudget.model.source import Span

STOPS = "the replay stops at migrations/2.sql"
MISSING = Rejected(sqlstate="42P01", message='relation "refunds" does not exist')


def migration(number: int, *statements: str) -> MigrationFile:
    path = f"migrations/{number}.sql"
    made = tuple(Statement(sql=sql, span=Span(path, line)) for line, sql in enumerate(statements, 1))
    return MigrationFile(path=path, version=str(number), name="", text="", statements=made)


def said(world, *later: str) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    """Of the newest schema that the replay came to; the second migration is the one that PostgreSQL refused."""
    files = (
        migration(1, "create table invoices (id bigint)"),
        migration(2, "create extension pgmq"),
        migration(3, *later),
    )
    failure = MigrationFailure(span=Span("migrations/2.sql", 1, 1), sqlstate="0A000", message="no", extension="pgmq")
    database = DatabaseFacts(
        name="core",
        typings=tuple(world.typings),
        migrations=MigrationSet(kind=MigrationKind.SQLX, path="migrations", files=files),
        replay=RealReplay(server_version=180000, versions=(), failure=failure),
    )
    return contract_findings(world.contracts, database, world.scope)


def refused(world, words, sql: str, verdict: Rejected) -> None:
    world.query("find", sql=sql)
    world.shape(None, schema=words.schema(invoices={"id": "int8"}), find=verdict)


@pytest.mark.parametrize(
    ("sql", "verdict", "later"),
    [
        ("SELECT id FROM refunds", MISSING, "create table refunds (id bigint)"),
        ("SELECT id FROM refunds", MISSING, 'DO $$ begin execute "create table refunds ()"; end $$'),
        (
            "SELECT vat FROM Invoices",
            Rejected(sqlstate="42703", message='column "vat" does not exist'),
            "alter table invoices add column vat numeric",
        ),
        ("SELECT * FROM pgmq.read($1)", Rejected(sqlstate="3F000", message='schema "pgmq" does not exist'), "select 1"),
        (
            "SELECT total(1)",
            Rejected(sqlstate="42883", message="function total(integer) does not exist"),
            "create function total(int) returns int language sql as 'select 1'",
        ),
    ],
)
def test_what_a_later_migration_may_mend_is_counted_and_its_item_skipped(world, words, sql, verdict, later):
    refused(world, words, sql, verdict)
    findings, unchecked = said(world, later)
    assert findings == ()
    (one,) = (each for each in unchecked if each.kind == "query")
    assert (one.place, one.reason) == ("src/queries.rs::find", STOPS)
    assert [str(item) for item in one.items] == ["src/queries.rs::find"]


@pytest.mark.parametrize(
    "later", ["create table refunds (id bigint)", "create table lines (of bigint references invoices)"]
)
def test_a_query_of_what_no_later_migration_changes_is_checked(world, words, later):
    refused(world, words, "SELECT vat FROM invoices", Rejected(sqlstate="42703", message='column "vat" does not exist'))
    (finding,), _ = said(world, later)
    assert finding.message == 'the query of `find` fails: column "vat" does not exist (SQLSTATE 42703)'


def test_types_of_rows_are_not_held_against_columns_that_may_change(world, words):
    world.query("find", target=world.struct("Invoice", {"total": "i64"}), sql="SELECT * FROM invoices")
    world.shape(None, find=words.typed(words.output("id", "int8")))
    findings, _ = said(world, "alter table invoices add column total bigint")
    assert findings == ()


def test_a_tenants_own_schema_is_known(world, words):
    world.query("find", sql="SELECT id FROM refunds")
    world.shape("a", "acme", schema=words.schema(invoices={"id": "int8"}), find=MISSING)
    (finding,), _ = said(world, "create table refunds (id bigint)")
    assert finding.rule.id == "query-fails"


def test_enums_and_declared_tables_are_counted_once(world, words):
    world.enum("Mood", "sad happy")
    world.declared("invoices", {"id": "Int8"})
    world.shape(None, schema=words.schema({"mood": "sad"}, invoices={"id": "text"}))
    findings, unchecked = said(world, "alter type mood add value 'happy'")
    assert findings == ()
    assert {(each.kind, each.place, each.reason) for each in unchecked} >= {
        ("enum", "src/models.rs::Mood", STOPS),
        ("table-declaration", "migrations", STOPS),
    }
