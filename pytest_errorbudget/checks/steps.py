"""The five steps of a run in words and numbers, all of them counted from facts and findings."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pytest_errorbudget.checks.step_rules import NOT_DRIFT, STEP_OF_RULE
from pytest_errorbudget.checks.step_totals import contract_totals, event_totals, schema_totals
from pytest_errorbudget.model.burn import BudgetState
from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.finding import Finding, ordered
from pytest_errorbudget.model.formats.wording import compact, counted, named, percent_floor
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.run import Metadata, Step, StepName, StepState
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.threshold import Outlier, Threshold


@dataclass(frozen=True, slots=True)
class _Told:
    """A step's outcome before its times are known."""

    state: StepState
    action: str
    result: str
    metadata: tuple[tuple[str, Metadata], ...]


def steps(
    facts: Facts,
    findings: tuple[Finding, ...],
    thresholds: tuple[Threshold, ...],
    outliers: tuple[Outlier, ...],
    budgets: tuple[BudgetState, ...],
    settings: Settings,
    asked: frozenset[StepName],
) -> tuple[Step, ...]:
    """All five steps in the log's order; ``findings`` are those that no allowance covers.

    A step's time is what ``facts.timings_us`` says under its name; it starts where the steps before it end.
    """
    found = {
        name: tuple(finding for finding in ordered(findings) if STEP_OF_RULE[finding.rule] is name) for name in StepName
    }
    told = {
        StepName.SCHEMA_INTROSPECTION: _schema(facts, found[StepName.SCHEMA_INTROSPECTION], settings),
        StepName.RUST_CONTRACT_VALIDATION: _rust(facts, found[StepName.RUST_CONTRACT_VALIDATION]),
        StepName.SLI_BURN_RATE_COMPUTATION: _burn(facts, found[StepName.SLI_BURN_RATE_COMPUTATION], budgets, settings),
        StepName.CONTRACT_MISMATCH_DETECTION: _mismatch(facts, found[StepName.CONTRACT_MISMATCH_DETECTION], settings),
        StepName.THRESHOLD_GENERATION: _thresholds(
            facts, found[StepName.THRESHOLD_GENERATION], thresholds, outliers, settings
        ),
    }
    return _timed(told, asked, dict(facts.timings_us))


def _timed(told: dict[StepName, _Told], asked: frozenset[StepName], timings_us: dict[str, int]) -> tuple[Step, ...]:
    timed: list[Step] = []
    started_us = 0
    for name, step in told.items():
        shown = step if name in asked else _Told(StepState.NOT_ASKED, step.action, "– not asked", ())
        elapsed_us = timings_us.get(name.value, 0)
        timed.append(
            Step(
                name=name,
                state=shown.state,
                action=shown.action,
                result=shown.result,
                metadata=shown.metadata,
                started_us=started_us,
                elapsed_us=elapsed_us,
            )
        )
        started_us += elapsed_us
    return tuple(timed)


def _marked(findings: tuple[Finding, ...], text: str) -> str:
    """``⚠`` where something needs a person's eye, else ``✓``; information alone does not."""
    warned = any(finding.severity is not Severity.INFORMATION for finding in findings)
    return f"{'⚠' if warned else '✓'} {text}"


def _failed(action: str, facts: Facts, rules: frozenset[Rule], otherwise: str) -> _Told:
    """A step without its source; the first problem says why."""
    problem = next((problem for problem in facts.problems if problem.rule in rules), None)
    return _Told(StepState.FAILED, action, f"✗ {problem.message if problem else otherwise}", ())


def _schema(facts: Facts, findings: tuple[Finding, ...], settings: Settings) -> _Told:
    live = tuple(database for database in settings.databases if database.url is not None)
    totals = schema_totals(facts)
    if live:
        action = f"Scanning SQL schema across {counted(len(settings.tenants), 'tenant partition')}..."
    else:
        action = "Replaying migrations (no server is configured)..."
    read = {database.name for database in facts.databases if database.snapshot is not None}
    if not live and not any(database.migrations for database in settings.databases):
        return _Told(StepState.NOT_ASKED, action, "– no database and no migrations to read", ())
    if any(database.name not in read for database in live) or not (totals.replayed or read):
        rules = frozenset({Rule.SERVER_UNREACHABLE, Rule.SETTINGS_INVALID, Rule.MIGRATIONS_UNREADABLE})
        return _failed(action, facts, rules, "no schema could be read")
    drift = tuple(finding for finding in findings if finding.rule not in NOT_DRIFT)
    # An index too many is drift to know of; the partition is still whole.
    drifted = {tenant for f in drift if f.severity is not Severity.INFORMATION for tenant in f.tenants}
    found_tables = (
        f"Detected {counted(totals.tables, 'table')}, {counted(totals.columns, 'column')}, "
        f"{counted(totals.indices, 'index', 'indices')}"
    )
    unhealthy = f"; drift in {named(sorted(drifted), 'tenant')}" if drifted else ""
    failed = sum(f.rule is Rule.MIGRATION_FAILED for f in findings)
    stuck = f"; {counted(failed, 'migration')} failed" if failed else ""
    metadata: tuple[tuple[str, Metadata], ...] = (
        ("partitions_healthy", len(totals.present - drifted)),
        ("drift_detected", len(drift)),
        ("tables", totals.tables),
        ("columns", totals.columns),
        ("indices", totals.indices),
        ("distinct_shapes", totals.shapes),
        ("migrations", totals.migrations),
    )
    return _Told(StepState.DONE, action, _marked(findings, found_tables + unhealthy + stuck), metadata)


def _rust(facts: Facts, findings: tuple[Finding, ...]) -> _Told:
    action = "Parsing service manifest and comparing FFI boundaries..."
    if not facts.contracts.crates:
        return _Told(
            StepState.DONE, action, "⚠ no Rust sources were found", (("services_checked", 0), ("mismatches", 0))
        )
    totals = contract_totals(facts)
    mismatched = tuple(finding for finding in findings if finding.rule is Rule.FFI_MISMATCH)
    unparsed = sum(finding.rule is Rule.RUST_UNPARSED for finding in findings)
    services = counted(totals.services, "Rust service")
    parts = [f"{services} validated, contract signatures match" if not mismatched else f"{services} validated"]
    if mismatched:
        places = ", ".join(finding.place for finding in mismatched[:3])
        parts.append(f"{counted(len(mismatched), 'FFI mismatch', 'FFI mismatches')}: {places}")
    if unparsed:
        parts.append(f"{counted(unparsed, 'file')} could not be parsed")
    metadata: tuple[tuple[str, Metadata], ...] = (
        ("services_checked", totals.services),
        ("mismatches", len(mismatched)),
        ("crates", totals.crates),
        ("files", totals.files),
        ("ffi_functions", totals.ffi),
        ("unparsed", unparsed),
    )
    return _Told(StepState.DONE, action, _marked(findings, "; ".join(parts)), metadata)


def _burn(facts: Facts, findings: tuple[Finding, ...], budgets: tuple[BudgetState, ...], settings: Settings) -> _Told:
    minutes = Fraction(settings.window_us, 60_000_000)
    action = f"Computing deterministic burn rates with {minutes}-min windows..."
    if facts.counts is None:
        if not settings.slos or not settings.events:
            return _Told(StepState.NOT_ASKED, action, "– no events or no SLO in the settings", ())
        return _failed(action, facts, frozenset({Rule.EVENTS_UNREADABLE}), "no event could be read")
    totals = event_totals(facts.counts, settings)
    exhausted = sorted({b.tenant for b in budgets if isinstance(b.consumed, Fraction) and b.consumed >= 1})
    text = f"Processed {compact(totals.events)} events across {counted(totals.cohorts, 'tenant cohort')}"
    if exhausted:
        text += f"; budget exhausted for {named(exhausted, 'tenant')}"
    if totals.race_conditions:
        text += f"; {counted(totals.race_conditions, 'window')} changed when counted again"
    left_out = totals.without_id + totals.without_time + totals.unknown_tenant
    if left_out:
        text += f"; {counted(left_out, 'row')} without id, time or known tenant"
    if totals.after_as_of:
        text += f"; {counted(totals.after_as_of, 'row')} after the moment of the run"
    metadata: tuple[tuple[str, Metadata], ...] = (
        ("events", totals.events),
        ("cohorts", totals.cohorts),
        ("aggregation_method", "deterministic_windowing"),
        ("race_conditions", totals.race_conditions),
        ("windows", totals.windows),
        ("duplicates", totals.duplicates),
        ("disagreeing_copies", totals.disagreeing),
        ("rows", totals.rows),
        ("rows_without_id", totals.without_id),
        ("rows_without_time", totals.without_time),
        ("rows_of_unknown_tenants", totals.unknown_tenant),
        ("rows_after_as_of", totals.after_as_of),
    )
    return _Told(StepState.DONE, action, _marked(findings, text), metadata)


def _mismatch(facts: Facts, findings: tuple[Finding, ...], settings: Settings) -> _Told:
    action = "Cross-referencing Rust types with SQL column definitions..."
    if not facts.contracts.crates:
        return _Told(StepState.NOT_ASKED, action, "– no Rust sources to compare", ())
    if not any(database.url or database.migrations for database in settings.databases):
        return _Told(StepState.NOT_ASKED, action, "– no database and no migrations to compare with", ())
    if not any(database.replay or database.snapshot for database in facts.databases):
        rules = frozenset({Rule.SERVER_UNREACHABLE, Rule.SETTINGS_INVALID, Rule.MIGRATIONS_UNREADABLE})
        return _failed(action, facts, rules, "no schema to compare with")
    totals = contract_totals(facts)
    gravest = findings[0].severity if findings else None
    if findings:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        prefix = "" if gravest is Severity.INFORMATION else "WARNING: "
        text = f"{prefix}{findings[0].message}{more}"
    else:
        text = (
            f"{counted(totals.queries, 'query', 'queries')}, {counted(totals.rows, 'row type')} and "
            f"{counted(totals.handlers, 'handler')} match the columns"
        )
    metadata: tuple[tuple[str, Metadata], ...] = (
        ("severity", gravest.level if gravest else "none"),
        ("action", "alert_before_deployment" if gravest is Severity.ERROR else "none"),
        ("mismatches", len(findings)),
        ("queries", totals.queries),
        ("handlers", totals.handlers),
        ("unchecked", totals.unchecked),
    )
    return _Told(StepState.DONE, action, _marked(findings, text), metadata)


def _thresholds(
    facts: Facts,
    findings: tuple[Finding, ...],
    thresholds: tuple[Threshold, ...],
    outliers: tuple[Outlier, ...],
    settings: Settings,
) -> _Told:
    action = "Generating tenant-cohort-specific alert thresholds..."
    if not thresholds:
        if not settings.slos or not settings.cohorts:
            return _Told(StepState.NOT_ASKED, action, "– no cohort or no SLO in the settings", ())
        if facts.counts is None and facts.lock is None:
            return _failed(action, facts, frozenset({Rule.EVENTS_UNREADABLE}), "no counts to generate thresholds from")
    lowest = min((threshold.confidence for threshold in thresholds), default=None)
    generated = f"{counted(len(thresholds), 'threshold')} generated"
    if lowest is None:
        text = f"{generated}: no cohort has a closed window"
    else:
        text = f"{generated}, {_backing(thresholds, lowest, settings)}"
    excluded = sorted({outlier.tenant for outlier in outliers})
    if excluded:
        text += f"; {counted(len(excluded), 'outlier')} excluded: {', '.join(excluded[:3])}"
    metadata: tuple[tuple[str, Metadata], ...] = (
        ("thresholds_reliable", sum(threshold.backed for threshold in thresholds)),
        ("outliers_excluded", len(excluded)),
        ("lowest_confidence", lowest),
        ("thresholds", len(thresholds)),
    )
    return _Told(StepState.DONE, action, _marked(findings, text), metadata)


def _backing(thresholds: tuple[Threshold, ...], lowest: Fraction, settings: Settings) -> str:
    unreliable = sum(not threshold.reliable for threshold in thresholds)
    capped = sum(threshold.capped for threshold in thresholds)
    if not unreliable and not capped:
        return f"all backed by SLI confidence {_at_least(lowest)}"
    asked = percent_floor(settings.confidence)
    below = f"{unreliable} of them below SLI confidence {asked} (lowest {percent_floor(lowest)})" if unreliable else ""
    held = f"{capped} of them capped below a healthy hour" if capped else ""
    return ", ".join(filter(None, (below, held)))


def _at_least(confidence: Fraction) -> str:
    """``> 99.2%`` where the value lies above what is shown, ``≥ 99.2%`` where it is exactly that."""
    sign = "≥" if (confidence * 1000).denominator == 1 else ">"
    return f"{sign} {percent_floor(confidence)}"
