"""Queries that name what no migration mentions."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.migration import MigrationFile, MigrationKind, MigrationSet, Statement
from pytest_errorbudget.model.query_typing import Rejected
from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span


def migrations(sql: str) -> MigrationSet:
    file = MigrationFile(
        version="1",
        name="1",
        path="migrations/1.sql",
        text=sql,
        statements=(Statement(sql=sql, span=Span("migrations/1.sql", 1)),),
    )
    return MigrationSet(path="migrations", kind=MigrationKind.SQLX, files=(file,))


def no_relation(name: str) -> Rejected:
    return Rejected(sqlstate="42P01", message=f'relation "{name}" does not exist')


@pytest.mark.parametrize(
    ("sqlstate", "message", "severity"),
    [
        ("42P01", 'relation "devices" does not exist', Severity.WARNING),
        ("42P01", 'relation "etl.devices" does not exist', Severity.WARNING),
        ("42P01", 'relation "old_invoices" does not exist', Severity.ERROR),  # a migration drops it
        ("42P01", 'relation "invocies" does not exist', Severity.ERROR),  # nearly a name that is there
        ("42P01", 'missing FROM-clause entry for table "i"', Severity.ERROR),  # an alias of the query's own
        ("3F000", 'schema "r" does not exist', Severity.WARNING),
        ("3F000", 'schema "archive" does not exist', Severity.ERROR),
        ("42703", 'column "devices" does not exist', Severity.ERROR),
    ],
)
def test_what_no_migration_mentions_may_be_made_by_something_else(world, words, sqlstate, message, severity):
    world.migrations = migrations("drop table old_invoices; create schema archive; drop schema archive, r")
    world.query()
    schema = words.table({"id": "int8"})
    world.shape(None, schema=schema, get_invoice=Rejected(sqlstate=sqlstate, message=message))
    (finding,), _ = world.run()
    assert finding.severity is severity


def test_the_warning_says_what_is_missing(world):
    world.migrations = migrations("create table invoices ()")
    world.query()
    world.shape(None, get_invoice=no_relation("devices"))
    (finding,), _ = world.run()
    assert finding.message == 'the query of `get_invoice` fails: relation "devices" does not exist (SQLSTATE 42P01)'
    assert finding.help == (
        "no migration mentions the relation `devices`: add it in one, unless something else makes it before the query "
        "runs"
    )


def test_a_file_that_reads_another_database_is_counted(world, words):
    world.migrations = migrations("create table users ()")
    for name in ("read_devices", "read_tokens", "read_users", "count"):
        world.query(name, call=QueryCall.QUERY)
    world.shape(
        None,
        read_devices=no_relation("devices"),
        read_tokens=no_relation("access_tokens"),
        read_users=Rejected(sqlstate="42703", message='column "name" does not exist'),
        count=words.typed(),
    )
    findings, unchecked = world.run()
    assert findings == ()
    assert [(each.kind, each.place, each.reason) for each in unchecked] == [
        (
            "query",
            "src/queries.rs::read_devices",
            'most queries of its file name what no migration mentions: relation "devices" does not exist',
        ),
        (
            "query",
            "src/queries.rs::read_tokens",
            'most queries of its file name what no migration mentions: relation "access_tokens" does not exist',
        ),
        (
            "query",
            "src/queries.rs::read_users",
            'most queries of its file name what no migration mentions: column "name" does not exist',
        ),
    ]


def test_one_name_that_is_missing_is_a_migration_that_is_missing(world):
    world.migrations = migrations("create table users ()")
    world.query("one")
    world.query("two")
    world.shape(None, one=no_relation("devices"), two=no_relation("devices"))
    findings, _ = world.run()
    assert [finding.severity for finding in findings] == [Severity.WARNING, Severity.WARNING]
