"""A migration that fails."""

from __future__ import annotations

from pytest_errorbudget.checks.migrations import migration_findings
from pytest_errorbudget.model.item import migration_item
from pytest_errorbudget.model.migration import MigrationFailure, RealReplay
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span


def test_a_replay_without_failure_has_no_findings() -> None:
    assert migration_findings(RealReplay(server_version=180006, versions=())) == ()


def test_a_failure_is_postgresqls_own_error_at_its_place() -> None:
    span = Span("migrations/0003_x.sql", 2, 13, 2, 20)
    failure = MigrationFailure(span=span, sqlstate="42P01", message='relation "nothing" does not exist')
    (finding,) = migration_findings(RealReplay(server_version=180006, versions=(), failure=failure))
    assert (finding.rule, finding.place) == (Rule.MIGRATION_FAILED, "migrations/0003_x.sql")
    assert finding.message == 'PostgreSQL refuses this migration: relation "nothing" does not exist'
    assert [(label.span, label.text) for label in finding.labels] == [(span, "SQLSTATE 42P01")]
    assert finding.items == (migration_item("migrations/0003_x.sql"),)
    assert finding.consequence == (
        "A deployment stops here: this migration and those after it are applied to no tenant. "
        "The checks use the schema as it was before this migration."
    )
    assert finding.help == "Correct the statement, in a new migration where this one has been applied anywhere."
