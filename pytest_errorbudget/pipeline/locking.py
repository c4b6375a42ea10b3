"""The lock of a run: its tenants, thresholds and evidence, to be committed."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator

from pytest_errorbudget.checks.slices import in_slices
from pytest_errorbudget.checks.thresholds import evidence
from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.formats.evidence import evidence_digest
from pytest_errorbudget.model.run import Run
from pytest_errorbudget.model.settings import Database, Settings
from pytest_errorbudget.model.tenant import InSchema
from pytest_errorbudget.model.threshold import LockedTenant, LockedThresholds


def lock_of(settings: Settings, run: Run, facts: Facts) -> LockedThresholds | None:
    """What ``errorbudget.lock`` should hold after this run; ``None`` where no event was counted."""
    if facts.counts is None:
        return None
    rows = evidence(in_slices(facts.counts, settings.slos))
    return LockedThresholds(
        as_of_us=facts.counts.as_of_us,
        counts_digest=facts.counts.digest,
        evidence_digest=evidence_digest(rows),
        confidence=settings.confidence,
        thresholds=run.thresholds,
        outliers=run.outliers,
        evidence=rows,
        tenants=tuple(tenant for database in settings.databases for tenant in _tenants(database, facts)),
    )


def _tenants(database: Database, facts: Facts) -> Iterator[LockedTenant]:
    for tenant in database.tenants:
        schema = tenant.layout.schema if isinstance(tenant.layout, InSchema) else None
        yield LockedTenant(name=tenant.name, database=database.name, cohort=tenant.cohort, schema=schema)
    for schema in _matching(database, facts):
        yield LockedTenant(name=schema, database=database.name, cohort=None, schema=schema)


def _matching(database: Database, facts: Facts) -> Iterator[str]:
    """Schemas that the settings' pattern takes and that no listed tenant has yet."""
    snapshot = next((each.snapshot for each in facts.databases if each.name == database.name), None)
    if snapshot is None or database.pattern is None:
        return
    for schema in snapshot.candidates:
        if fnmatch.fnmatchcase(schema, database.pattern) and schema not in database.left_out:
            yield schema
