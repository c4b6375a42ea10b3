"""What the migrations themselves leave to be desired, once for all tenants."""

from __future__ import annotations

from pytest_errorbudget.checks.drift.foreign_key_unindexed import unindexed_of_migrations
from pytest_errorbudget.checks.drift.index_duplicate import duplicates_of_migrations
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.schema import Schema


def design_findings(newest: Schema) -> tuple[Finding, ...]:
    """Of the schema after the newest migration: duplicate indexes, and foreign keys that no index serves."""
    return (*duplicates_of_migrations(newest), *unindexed_of_migrations(newest))
