"""A migration that PostgreSQL refuses."""

from __future__ import annotations

from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import migration_item
from pytest_errorbudget.model.migration import MigrationFailure, RealReplay
from pytest_errorbudget.model.rule import Rule


def migration_findings(replay: RealReplay) -> tuple[Finding, ...]:
    """The failure that stopped the real replay, if one did."""
    return () if replay.failure is None else (_failed(replay.failure),)


def _failed(failure: MigrationFailure) -> Finding:
    path = failure.span.path
    return Finding(
        rule=Rule.MIGRATION_FAILED,
        severity=Rule.MIGRATION_FAILED.severity,
        message=f"PostgreSQL refuses this migration: {failure.message}",
        place=path,
        affected=(Affected(migration_item(path)),),
        labels=(Label(failure.span, f"SQLSTATE {failure.sqlstate}"),),
        consequence=(
            "A deployment stops here: this migration and those after it are applied to no tenant. "
            "The checks use the schema as it was before this migration."
        ),
        help="Correct the statement, in a new migration where this one has been applied anywhere.",
    )
