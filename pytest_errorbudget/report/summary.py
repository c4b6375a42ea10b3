"""The end of a run on the terminal: steps, tables, warnings, and what was not checked."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.model.run import Run, StepState
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.report.diagnostics import allowed_line, one_line, unchecked_lines
from pytest_errorbudget.report.execution_log import timestamp
from pytest_errorbudget.report.progress import step_line
from pytest_errorbudget.report.tables import findings_table, tenants_table, thresholds_table

_TENANT_ROWS = 24


def summary(run: Run, settings: Settings, *, detailed: bool) -> Iterator[str]:
    """Lines of text. ``detailed`` (``-v``) adds findings that are mere information, and every tenant's row."""
    for step in run.steps:
        if step.state is not StepState.NOT_ASKED:
            yield f"{step.name.value:<28}{step_line(step)}"
    yield from _tenants(run, None if detailed else _TENANT_ROWS)
    if run.thresholds:
        yield from ("", *thresholds_table(run.thresholds).splitlines())
    yield from _findings(run, detailed=detailed)
    yield ""
    yield from unchecked_lines(run.unchecked)
    yield from filter(None, (allowed_line(run.allowed),))
    yield _outcome(run, settings)


def _tenants(run: Run, limit: int | None) -> Iterator[str]:
    if run.tenants:
        yield from ("", *tenants_table(run, limit=limit).splitlines())


def _findings(run: Run, *, detailed: bool) -> Iterator[str]:
    shown = tuple(f for f in run.findings if detailed or f.severity is not Severity.INFORMATION)
    if shown:
        yield from ("", *findings_table(shown).splitlines())
    warnings = tuple(f for f in shown if f.severity is not Severity.ERROR)
    if warnings:
        yield ""
        yield from map(one_line, warnings)
    hidden = len(run.findings) - len(shown)
    if hidden:
        yield f"{hidden} more for information (shown with -v)"


def _outcome(run: Run, settings: Settings) -> str:
    score = "" if run.determinism is None else f", determinism {float(run.determinism)}"
    as_of = "" if run.as_of is None else f", as of {timestamp(run.as_of)}"
    path = settings.path if settings.exists else f"no {settings.path}"
    return f"{run.status.value}{score}{as_of}, {path}, digest sha256:{run.digest[:16]}"
