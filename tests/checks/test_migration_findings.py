"""A migration that fails."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.migrations import migration_findings, told_for_sure
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.item import migration_item, schema_item
from pytest_errorbudget.model.migration import MigrationFailure, MigrationFile, MigrationKind, MigrationSet, RealReplay
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span


def test_a_replay_without_failure_has_no_findings() -> None:
    assert migration_findings(RealReplay(server_version=180006, versions=())) == ()


def test_a_failure_is_postgresqls_own_error_at_its_place() -> None:
    span = Span("migrations/0003_x.sql", 2, 13, 2, 20)
    failure = MigrationFailure(span=span, sqlstate="42P01", message='relation "nothing" does not exist')
    (finding,) = migration_findings(RealReplay(server_version=180006, versions=(), failure=failure))
    assert isinstance(finding, Finding)
    assert (finding.rule, finding.place) == (Rule.MIGRATION_FAILED, "migrations/0003_x.sql")
    assert finding.message == 'PostgreSQL refuses this migration: relation "nothing" does not exist'
    assert [(label.span, label.text) for label in finding.labels] == [(span, "SQLSTATE 42P01")]
    assert finding.items == (migration_item("migrations/0003_x.sql"),)
    assert finding.consequence == (
        "A deployment stops here: this migration and those after it are applied to no tenant. "
        "The checks use the schema as it was before this migration."
    )
    assert finding.help == "Correct the statement, in a new migration where this one has been applied anywhere."


def test_an_extension_that_the_replays_server_lacks_is_no_fault_of_the_migration() -> None:
    span = Span("migrations/0003_x.sql", 1, 1)
    failure = MigrationFailure(
        span=span, sqlstate="0A000", message='extension "pgmq" is not available', extension="pgmq"
    )
    (finding,) = migration_findings(RealReplay(server_version=180006, versions=(), failure=failure))
    assert isinstance(finding, Finding)
    assert (finding.severity, finding.message) == (
        Severity.WARNING,
        "the server that replays the migrations has no extension `pgmq`",
    )
    assert finding.consequence == (
        "The replay ends here: what this migration and those after it make is not known, and what names it is not "
        "checked."
    )
    assert finding.help == (
        "Name a server that has the extension in errorbudget.toml, as `url` or `binaries` of `[replay]`."
    )


def _file(path: str, unread: str | None = None) -> MigrationFile:
    return MigrationFile(path=path, version=path[1], name="x", text="", statements=(), unread=unread)


_RUST = _file("V2__b.rs", "it is written in Rust, which is never run")
_MIXED = MigrationSet(
    kind=MigrationKind.REFINERY, path=".", files=(_file("V1__a.sql"), _RUST, _file("V3__c.sql"), _file("V4__d.sql"))
)


def test_a_failure_behind_a_migration_that_is_never_run_says_nothing() -> None:
    span = Span("V3__c.sql", 1, 1)
    failure = MigrationFailure(span=span, sqlstate="42P01", message='relation "made" does not exist')
    assert migration_findings(RealReplay(server_version=180006, versions=(), failure=failure), _MIXED) == (
        Unchecked(
            "migration",
            "V3__c.sql",
            'relation "made" does not exist; V2__b.rs comes before it and is never run',
            span,
            (migration_item("V3__c.sql"),),
        ),
    )


def test_a_failure_before_it_is_a_finding() -> None:
    failure = MigrationFailure(span=Span("V1__a.sql", 1), sqlstate="42601", message="syntax error")
    (found,) = migration_findings(RealReplay(server_version=180006, versions=(), failure=failure), _MIXED)
    assert isinstance(found, Finding)


def test_a_name_that_is_taken_within_the_set_before_is_that_sets_own_fault() -> None:
    shared = MigrationSet(kind=MigrationKind.SQLX, path="before", files=(_file("before/1_a.sql"),))
    tenants = MigrationSet(
        kind=MigrationKind.SQLX, path="migrations", files=(_file("migrations/1_b.sql"),), before=shared
    )
    failures = {
        path: MigrationFailure(span=Span(path, 1), sqlstate="42710", message='type "mood" already exists')
        for path in ("before/1_a.sql", "migrations/1_b.sql")
    }
    said = {
        path: migration_findings(RealReplay(server_version=180006, versions=(), failure=failure), tenants)
        for path, failure in failures.items()
    }
    assert {path: [type(each) for each in found] for path, found in said.items()} == {
        "before/1_a.sql": [Finding],
        "migrations/1_b.sql": [Unchecked],
    }


def test_what_is_not_expected_may_come_from_a_migration_that_is_never_run() -> None:
    found = tuple(
        Finding(
            rule=rule,
            severity=rule.severity,
            message=f"tenant acme: {rule.id}",
            place="invoices",
            affected=(Affected(schema_item("errorbudget.toml", "acme"), "acme"),),
        )
        for rule in (Rule.TABLE_UNEXPECTED, Rule.COLUMN_MISSING)
    )
    known = MigrationSet(kind=MigrationKind.REFINERY, path=".", files=(_file("V1__a.sql"),))
    assert tuple(told_for_sure(found, known)) == found
    assert tuple(told_for_sure(found, _MIXED)) == (
        Unchecked("drift", "invoices", "tenant acme: table-unexpected; it may come from V2__b.rs, never run"),
        found[1],
    )


@pytest.mark.parametrize("sqlstate", ["42883", "3F000", "42704"])
def test_what_is_made_before_migrations_can_be_listed(sqlstate: str) -> None:
    failure = MigrationFailure(span=Span("migrations/1.sql", 1), message="no such function", sqlstate=sqlstate)
    (finding,) = migration_findings(RealReplay(server_version=180000, versions=(), failure=failure), None)
    assert isinstance(finding, Finding)
    assert finding.help == (
        "Correct the statement, in a new migration where this one has been applied anywhere. Where something else "
        'makes it before migrations run, list a set that does: `migrations = [{ path = "…", per = "shared" }, …]`.'
    )
