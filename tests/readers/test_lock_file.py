"""The lock and its evidence on disk."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from pytest_errorbudget.model.formats.evidence import evidence_digest
from pytest_errorbudget.model.threshold import Evidence, LockedTenant, LockedThresholds
from pytest_errorbudget.readers.lock_file import evidence_path, locked_schemas, read_lock
from pytest_errorbudget.report.locks import write_lock

ROW = Evidence(tenant="acme", slo="ok", start_us=0, valid=10, bad=2, failing_slots=1)
LOCKED = LockedThresholds(
    as_of_us=0,
    counts_digest="sha256:0",
    evidence_digest=evidence_digest((ROW,)),
    confidence=Fraction(124, 125),
    thresholds=(),
    outliers=(),
    evidence=(ROW,),
    tenants=(
        LockedTenant(name="acme", database="core", cohort="gold", schema="acme_prod"),
        LockedTenant(name="core/globex", database="core", cohort=None, schema="globex"),
        LockedTenant(name="initech", database="sovereign", cohort=None),
    ),
)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "errorbudget.lock"
    write_lock(path, evidence_path(path), LOCKED)
    return path


def test_what_is_written_reads_back(lock: Path) -> None:
    assert read_lock(lock) == (LOCKED, ())
    assert sorted(path.name for path in lock.parent.iterdir()) == ["errorbudget.counts.csv", "errorbudget.lock"]


def test_no_lock_is_no_problem(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "errorbudget.lock") == (None, ())
    assert locked_schemas(tmp_path / "errorbudget.lock") == {}


def test_the_schemas_of_each_database(lock: Path) -> None:
    assert locked_schemas(lock) == {"core": ("acme_prod", "globex")}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "version = 1",
            "version = 9",
            "errorbudget.lock:2: `errorbudget.lock` is not a lock: version 9 of the lock is not 1",
        ),
        (
            '"124/125"',
            '"often"',
            "errorbudget.lock:4: `errorbudget.lock` is not a lock: `confidence` is `often`, "
            "which is not a fraction such as `72/5`",
        ),
        ("[tenants]", "[tenants", "errorbudget.lock:8: `errorbudget.lock` is not valid TOML: "),
    ],
)
def test_a_lock_edited_by_hand_names_its_line(lock: Path, old: str, new: str, problem: str) -> None:
    lock.write_text(lock.read_text().replace(old, new))
    locked, problems = read_lock(lock)
    assert locked is None
    (only,) = problems
    assert only.span is not None
    assert f"{only.span.path}:{only.span.line}: {only.message}".startswith(problem)


def test_evidence_edited_by_hand_names_its_line(lock: Path) -> None:
    table = lock.with_name("errorbudget.counts.csv")
    table.write_text(table.read_text() + "acme,ok,yesterday,1,1,1\n")
    locked, (problem,) = read_lock(lock)
    assert locked is None
    assert str(problem) == (
        "errorbudget.counts.csv:3:1: `errorbudget.counts.csv` is not the table it was: `yesterday` is not a moment in "
        "UTC: write it as `2026-11-01T00:00:00Z`\n"
        "  The committed thresholds are not checked.\n"
        "  restore the file from version control, or write it anew with `--errorbudget-update`"
    )


def test_a_lock_without_its_evidence(lock: Path) -> None:
    lock.with_name("errorbudget.counts.csv").unlink()
    _, (problem,) = read_lock(lock)
    assert problem.message == "`errorbudget.lock` lies here without its evidence, `errorbudget.counts.csv`"
