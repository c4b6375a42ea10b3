"""The doors out: the log, the facts and the counts as files, and the lock where it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.run import Run
from pytest_errorbudget.pipeline.locking import lock_of
from pytest_errorbudget.pipeline.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where to write; ``log`` of ``None`` is the default place, the others are left out."""

    log: Path | None
    facts: Path | None
    counts: Path | None
    update: bool


def publish(project: Project, run: Run, facts: Facts, outputs: Outputs) -> tuple[str, ...]:
    """Write every file whole or not at all; returns lines that say what became of what was asked for.

    Raises ``OSError`` where a folder cannot be written.
    """
    from pytest_errorbudget.report import counts_file, execution_log, facts_file

    said: list[str] = []

    started = datetime.now(UTC) - timedelta(microseconds=run.execution_us)
    log = execution_log.execution_log(run, facts, started_at=started, version=version("pytest-errorbudget"))
    execution_log.write(outputs.log or project.root / ".errorbudget" / "execution-log.json", log)
    if outputs.facts is not None:
        facts_file.write(outputs.facts, facts_file.facts_file(facts, project.settings))
    if outputs.counts is not None:
        if facts.counts is None:
            said.append(f"{outputs.counts} was not written: no event was counted")
        else:
            counts_file.write(outputs.counts, facts.counts)
    if outputs.update:
        said.append(_updated(project, run, facts))
    return tuple(said)


def _updated(project: Project, run: Run, facts: Facts) -> str:
    from pytest_errorbudget.readers.lock_file import evidence_path, write_lock

    locked = lock_of(project.settings, run, facts)
    if locked is None:
        return f"{project.lock.name} was left as it is: no event was counted, so there is nothing to lock"
    write_lock(project.lock, locked)
    return (
        f"{project.lock.name} holds {len(locked.thresholds)} thresholds of {len(locked.tenants)} tenants, "
        f"{evidence_path(project.lock).name} their evidence ({len(locked.evidence):,} hours): commit both"
    )
