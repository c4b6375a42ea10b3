"""Thresholds of a run: generated from its counts, reproduced from the lock, and held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_errorbudget.checks.lock import lock_findings
from pytest_errorbudget.checks.outliers import outlier_findings, outliers
from pytest_errorbudget.checks.slices import BudgetCounts
from pytest_errorbudget.checks.threshold_capped import capped_findings
from pytest_errorbudget.checks.thresholds import evidence, threshold_findings, thresholds
from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.threshold import Evidence, Outlier, Threshold
from pytest_errorbudget.pipeline.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """Thresholds with the rows they were made from, and what there is to say of them."""

    thresholds: tuple[Threshold, ...] = ()
    outliers: tuple[Outlier, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


def generated(request: Request, facts: Facts, counts: BudgetCounts | None) -> Generated:
    """From this run's counts where there are any, else from the evidence that the lock holds."""
    settings = request.project.settings
    if counts is not None:
        rows: Sequence[Evidence] = evidence(counts)
        # What could not be counted says nothing of its thresholds; that it could not is a finding of its own.
        slos = tuple(slo for slo in settings.slos if counts.was_counted(slo.name))
    else:
        rows, slos = () if facts.lock is None else facts.lock.evidence, settings.slos
    held, unchecked = _held(request, facts, counts)
    if not rows:
        return Generated(findings=held, unchecked=unchecked)
    made = thresholds(rows, slos, settings.cohorts, settings.confidence)
    left_out = outliers(rows, settings.cohorts)
    return Generated(
        thresholds=made,
        outliers=left_out,
        evidence=tuple(rows),
        findings=(
            *outlier_findings(left_out, settings.path),
            *threshold_findings(made, settings.confidence, settings.path),
            *capped_findings(made, rows, slos, settings.cohorts, settings.path),
            *held,
        ),
        unchecked=unchecked,
    )


def _held(
    request: Request, facts: Facts, counts: BudgetCounts | None
) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    """The lock against what makes it; an update is about to write another."""
    if request.update:
        return (), ()
    settings = request.project.settings
    return lock_findings(facts.lock, counts, settings.slos, settings.cohorts, settings.confidence, settings.path)
