"""The doors out: the log, the facts and the counts as files, and the lock where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from pytest_errorbudget.checks.windows import in_windows
from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.formats.wording import counted
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.run import Run
from pytest_errorbudget.pipeline.baseline import accept_present
from pytest_errorbudget.pipeline.locking import lock_of
from pytest_errorbudget.pipeline.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where to write; ``log`` of ``None`` is the default place, the others are left out."""

    log: Path | None
    facts: Path | None
    counts: Path | None
    update: bool
    baseline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Lines for the terminal: what became of what was asked for, and what could not be written."""

    said: tuple[str, ...]
    failed: tuple[str, ...]


def publish(project: Project, run: Run, facts: Facts, outputs: Outputs) -> Published:
    """Write every file whole or not at all; one that cannot be written keeps no other from being written."""
    from pytest_errorbudget.readers.tenants_lock_file import tenants_lock_path
    from pytest_errorbudget.report import counts_file, execution_log, facts_file

    said: list[str] = []
    failed: list[str] = []

    def attempt(path: Path, write: Callable[[Path], None]) -> None:
        try:
            write(path)
        except OSError as error:
            failed.append(f"{path} was not written: {error.strerror}. Give a path in a folder that can be written.")

    started = datetime.now(UTC) - timedelta(microseconds=run.execution_us)
    log = execution_log.execution_log(run, facts, started_at=started, version=version("pytest-errorbudget"))
    attempt(
        outputs.log or project.root / ".errorbudget" / "execution-log.json",
        lambda path: execution_log.write(path, log),
    )
    if outputs.facts is not None:
        written = facts_file.facts_file(facts, project.settings, run.firings, run.budgets)
        attempt(outputs.facts, lambda path: facts_file.write(path, written))
    counts = facts.counts
    if outputs.counts is not None and counts is not None:
        settings = project.settings
        windows = in_windows(counts, settings.window_us, settings.slide_us)
        attempt(outputs.counts, lambda path: counts_file.write(path, windows))
    elif outputs.counts is not None:
        said.append(f"{outputs.counts} was not written: no event was counted")
    if outputs.update:
        attempt(project.lock, lambda _: said.append(_updated(project, run, facts)))
        attempt(
            tenants_lock_path(project.lock), lambda path: said.extend(_tenants(project, facts, path, started.date()))
        )
    if outputs.baseline:
        allowed, not_allowed = accept_present(project, run)
        said += allowed
        failed += not_allowed
    return Published(said=tuple(said), failed=tuple(failed))


def _updated(project: Project, run: Run, facts: Facts) -> str:
    from pytest_errorbudget.readers.lock_file import evidence_path
    from pytest_errorbudget.report.locks import write_lock

    locked = lock_of(project.settings, run, facts)
    if locked is None:
        return f"{project.lock.name} was left as it is: no event was counted, so there is nothing to lock"
    table = evidence_path(project.lock)
    write_lock(project.lock, table, locked)
    return (
        f"{project.lock.name} holds {len(locked.thresholds)} thresholds of {len(locked.tenants)} tenants, "
        f"{table.name} their evidence ({len(locked.evidence):,} hours): commit both"
    )


def _tenants(project: Project, facts: Facts, path: Path, today: date) -> Iterator[str]:
    """Write the tenants of the databases that this run read; the file is left as it is where none was."""
    from pytest_errorbudget.pipeline.tenants_lock import updated
    from pytest_errorbudget.readers.tenants_lock_file import read_tenants_lock
    from pytest_errorbudget.report.locks import write_tenants

    if all(database.snapshot is None for database in facts.databases):
        return
    try:
        before = read_tenants_lock(project.lock)
    except Unreadable:
        before = ()  # what cannot be read is written anew
    databases = updated(project.settings.databases, facts.databases, before, today)
    write_tenants(path, databases)
    tenants = counted(sum(len(each.tenants) for each in databases), "tenant")
    shapes = counted(sum(len(each.shapes) for each in databases), "shape")
    yield f"{path.name} holds {tenants} in {shapes}, to be checked without their servers: commit it"
