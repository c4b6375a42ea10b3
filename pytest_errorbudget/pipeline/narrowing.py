"""A run, seen by some cohorts only."""

from __future__ import annotations

from dataclasses import replace

from pytest_errorbudget.checks.step_rules import STEP_OF_RULE
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.run import Run, StepName
from pytest_errorbudget.model.settings import Settings

_OF_COHORTS = {StepName.SLI_BURN_RATE_COMPUTATION, StepName.THRESHOLD_GENERATION}


def narrowed_to_cohorts(run: Run, settings: Settings, cohorts: tuple[str, ...]) -> Run:
    """Burn rates, thresholds and their findings of these cohorts; what concerns schemas and services stays whole."""
    members = frozenset(name for cohort in settings.cohorts if cohort.name in cohorts for name in cohort.tenants)
    narrowed = (_narrowed(finding, members) for finding in run.findings)
    return replace(
        run,
        findings=tuple(finding for finding in narrowed if finding is not None),
        thresholds=tuple(threshold for threshold in run.thresholds if threshold.cohort in cohorts),
        outliers=tuple(outlier for outlier in run.outliers if outlier.cohort in cohorts),
        budgets=tuple(state for state in run.budgets if state.tenant in members),
    )


def _narrowed(finding: Finding, members: frozenset[str]) -> Finding | None:
    if STEP_OF_RULE[finding.rule] not in _OF_COHORTS or not finding.tenants:
        return finding
    return finding.without_tenants(frozenset(finding.tenants) - members)
