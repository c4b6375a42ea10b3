"""The doors out: the log, the facts and the counts as files, and the lock where it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.run import Run
from pytest_errorbudget.pipeline.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where to write; ``log`` of ``None`` is the default place, the others are left out."""

    log: Path | None
    facts: Path | None
    counts: Path | None


def publish(project: Project, run: Run, facts: Facts, outputs: Outputs) -> None:
    """Write every file whole or not at all. Raises ``OSError`` where a folder cannot be written."""
    from pytest_errorbudget.report import counts_file, execution_log, facts_file

    started = datetime.now(UTC) - timedelta(microseconds=run.execution_us)
    log = execution_log.execution_log(run, facts, started_at=started, version=version("pytest-errorbudget"))
    execution_log.write(outputs.log or project.root / ".errorbudget" / "execution-log.json", log)
    if outputs.facts is not None:
        facts_file.write(outputs.facts, facts_file.facts_file(facts, project.settings))
    if outputs.counts is not None and facts.counts is not None:
        counts_file.write(outputs.counts, facts.counts)
