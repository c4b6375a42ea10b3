"""The execution log: a run as JSON, the same bytes for the same input but for its times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from pytest_errorbudget.model.burn import BudgetState, Burn, NoData
from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.finding import Finding, Label
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.run import AllowedFinding, Metadata, Run, Step
from pytest_errorbudget.model.threshold import Threshold
from pytest_errorbudget.report.files import write_bytes
from pytest_errorbudget.report.log_format import (
    ExecutionLog,
    LogAllowance,
    LogAllowed,
    LogBudget,
    LogBurn,
    LogFinding,
    LogInput,
    LogLabel,
    LogPlace,
    LogServer,
    LogStep,
    LogThreshold,
    LogUnchecked,
)

# The keys, at any depth, whose values may differ between two runs of the same input.
VOLATILE = frozenset({"timestamp", "elapsed_ms", "execution_time_ms"})


def execution_log(run: Run, facts: Facts, *, started_at: datetime, version: str) -> dict[str, Any]:
    """The log as JSON-ready values. ``started_at`` (with a zone) is when the run began; ``version`` is our own."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(_document(run, facts, started_at, version)))
    return document


def write(path: Path, log: dict[str, Any]) -> None:
    """Write a log, indented, whole or not at all."""
    write_bytes(path, msgspec.json.format(msgspec.json.encode(log), indent=2) + b"\n")


def without_times(log: Any) -> Any:
    """A log, or a part of it, without its ``VOLATILE`` keys: what two runs of the same input have in common."""
    match log:
        case dict():
            return {key: without_times(value) for key, value in log.items() if key not in VOLATILE}
        case list() | tuple():
            return [without_times(value) for value in log]
        case _:
            return log


def _document(run: Run, facts: Facts, started_at: datetime, version: str) -> ExecutionLog:
    return ExecutionLog(
        workflow="optimize_error_budget_burn_alerts",
        tenant_scope="multi-tenant_services",
        execution_log=tuple(_step(step, started_at) for step in run.steps),
        status=run.status.value,
        execution_time_ms=run.execution_us // 1000,
        determinism_score=None if run.determinism is None else float(run.determinism),
        version=version,
        as_of=None if run.as_of is None else timestamp(run.as_of),
        digest=f"sha256:{run.digest}",
        inputs=tuple(LogInput(name=digest.name, sha256=digest.sha256) for digest in sorted(run.inputs, key=_name)),
        servers=tuple(
            LogServer(
                database=database.name,
                replay=None if database.replay is None else database.replay.server_version,
                snapshot=None if database.snapshot is None else database.snapshot.server_version,
            )
            for database in facts.databases
        ),
        findings=tuple(map(_finding, run.findings)),
        allowed=tuple(map(_allowed, run.allowed)),
        unchecked=grouped(run.unchecked),
        thresholds=tuple(map(_threshold, run.thresholds)),
        budgets=tuple(map(_budget, run.budgets)),
    )


def _name(digest: Any) -> str:
    return str(digest.name)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, with a fraction of a second only where there is one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _step(step: Step, started_at: datetime) -> LogStep:
    began = started_at + timedelta(microseconds=step.started_us)
    return LogStep(
        timestamp=timestamp(began.replace(microsecond=0)),
        step=step.name.value,
        action=step.action,
        result=step.result,
        metadata={name: _number(value) for name, value in step.metadata},
        state=step.state.value,
        elapsed_ms=step.elapsed_us // 1000,
    )


def _number(value: Metadata) -> int | float | str | None:
    return float(value) if isinstance(value, Fraction) else value


def _finding(finding: Finding) -> LogFinding:
    return LogFinding(
        rule=finding.rule.id,
        severity=finding.severity.value,
        level=finding.severity.level,
        message=finding.message,
        place=finding.place,
        tenants=finding.tenants,
        labels=tuple(map(_label, finding.labels)),
        items=tuple(map(str, finding.items)),
        consequence=finding.consequence,
        help=finding.help,
        fingerprint=finding.fingerprint,
    )


def _label(label: Label) -> LogLabel:
    span = label.span
    return LogLabel(
        path=span.path,
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        text=label.text,
        kind=label.kind.value,
    )


def _allowed(allowed: AllowedFinding) -> LogAllowed:
    allowance = allowed.allowance
    return LogAllowed(
        finding=_finding(allowed.finding),
        allowance=LogAllowance(
            rule=allowance.rule,
            where=allowance.where,
            reason=allowance.reason,
            until=None if allowance.until is None else allowance.until.isoformat(),
            path=allowance.span.path,
            line=allowance.span.line,
        ),
    )


def grouped(unchecked: Iterable[Unchecked]) -> tuple[LogUnchecked, ...]:
    """What was not checked by kind and reason, each with its places, sorted."""
    in_order = sorted(unchecked, key=_by_kind)
    groups = [(key, tuple(group)) for key, group in groupby(in_order, key=lambda one: (one.kind, one.reason))]
    return tuple(
        LogUnchecked(kind=kind, reason=reason, count=len(group), places=tuple(map(_place, group)))
        for (kind, reason), group in groups
    )


def _by_kind(one: Unchecked) -> tuple[str, str, str, str, int]:
    span = one.span
    return one.kind, one.reason, one.place, span.path if span else "", span.line if span else 0


def _place(one: Unchecked) -> LogPlace:
    span = one.span
    return LogPlace(place=one.place, path=None if span is None else span.path, line=None if span is None else span.line)


def _threshold(threshold: Threshold) -> LogThreshold:
    return LogThreshold(
        cohort=threshold.cohort,
        slo=threshold.slo,
        burn=str(threshold.burn),
        basis=threshold.basis.value,
        confidence=str(threshold.confidence),
        reliable=threshold.backed,
        windows=threshold.windows,
        long_seconds=threshold.long_us // 10**6,
        short_seconds=threshold.short_us // 10**6,
        failing_slots=threshold.failing_slots,
        tenants=threshold.tenants,
        outliers=threshold.outliers,
    )


def _budget(state: BudgetState) -> LogBudget:
    missing = state.consumed if isinstance(state.consumed, NoData) else None
    left = state.exhausted_in_us
    return LogBudget(
        tenant=state.tenant,
        slo=state.slo,
        valid=state.valid,
        bad=state.bad,
        unjudged=state.unjudged,
        consumed=None if missing else str(state.consumed),
        no_data=missing.reason.value if missing else None,
        exhausted_in_seconds=None if left is None else left // 10**6,
        pages=state.pages,
        burns=tuple(_burn(length_us // 10**6, burn) for length_us, burn in state.burns),
    )


def _burn(seconds: int, burn: Burn | NoData) -> LogBurn:
    match burn:
        case Burn():
            return LogBurn(window_seconds=seconds, bad=burn.bad, valid=burn.valid, rate=str(burn.rate), no_data=None)
        case NoData():
            return LogBurn(window_seconds=seconds, bad=None, valid=None, rate=None, no_data=burn.reason.value)
