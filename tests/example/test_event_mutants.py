"""Mutants of the example's events, lock and objectives: each is found by the expected rule, and says nothing else."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pytest_errorbudget.model.run import Run
from pytest_errorbudget.pipeline.gather import gather
from pytest_errorbudget.pipeline.judge import judge
from pytest_errorbudget.pipeline.locking import lock_of
from pytest_errorbudget.pipeline.project import open_project
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.steps import THRESHOLDS
from pytest_errorbudget.readers.lock_file import evidence_path
from pytest_errorbudget.report.locks import write_lock

END = "2026-11-01T00:00:00Z"
Told = tuple[str, str, tuple[str, ...]]
# Of one tenant: each request of the month a second time, unanswered, in the last hour.
LAST_HOUR = """
select * from shard
union all
select * replace (
    md5(event_id::text)::uuid as event_id,
    to_timestamp(epoch(timestamptz '2026-10-31 23:00Z') + epoch(occurred_at)::bigint % 3600) as occurred_at,
    503 as status
) from shard where tenant_id = 'wonka'
"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """``rows`` says what stands in each shard instead of its rows, ``edit`` a file, a text in it and what replaces it.

    ``found`` is one of its findings, as rule, place and tenants; ``also`` are the rules of all others.
    """

    name: str
    found: Told
    also: frozenset[str] = frozenset()
    rows: str = "select * from shard"
    edit: tuple[str, str, str] | None = None


def failing(tenant: str, share: int) -> str:
    """Every so many requests of a tenant are not answered."""
    unlucky = f"tenant_id = '{tenant}' and md5_number_lower(event_id::text) % {share} = 0"
    return f"select * replace (case when {unlucky} then 503 else status end as status) from shard"


COUNTS_CHANGED = frozenset({"counts-changed"})
MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "a tenant is hardly answered in the last hour",
        ("burn-page", "availability", ("wonka",)),
        also=COUNTS_CHANGED | {"budget-exhausted"},
        rows=LAST_HOUR,
    ),
    Mutant(
        "a tenant's every fiftieth request fails",
        ("budget-exhausted", "availability", ("wonka",)),
        also=COUNTS_CHANGED | {"threshold-capped"},
        rows=failing("wonka", 50),
    ),
    Mutant(
        "events are of a tenant that is not listed",
        ("events-invalid", "requests", ()),
        rows="select * replace ('nobody' as tenant_id) from shard where tenant_id = 'wonka' "
        "union all select * from shard where tenant_id <> 'wonka'",
        also=COUNTS_CHANGED | {"threshold-unreliable"},
    ),
    Mutant(
        "a tenant's first events were deleted",
        ("counts-changed", "retail/availability", ()),
        rows="select * from shard where tenant_id <> 'wonka' or occurred_at > timestamptz '2026-10-06 00:00Z'",
        also=COUNTS_CHANGED,
    ),
    Mutant(
        "a committed threshold was written by hand",
        ("threshold-not-reproduced", "civic/latency", ()),
        edit=(
            "errorbudget.lock",
            'cohort = "civic"\nslo = "latency"\nburn = "',
            'cohort = "civic"\nslo = "latency"\nburn = "1',
        ),
    ),
    Mutant(
        "a cohort was not observed for as long as the confidence needs",
        ("threshold-unreliable", "retail/availability", ()),
        also=frozenset({"threshold-unreliable", "threshold-not-reproduced"}),
        edit=("errorbudget.toml", "99.2 %", "99.99 %"),
    ),
    Mutant(
        "the lock is of a version that is not known",
        ("settings-invalid", "errorbudget.lock", ()),
        edit=("errorbudget.lock", "version = 1", "version = 99"),
    ),
)


def run_of(root: Path) -> Run:
    request = Request(project=open_project(root, "errorbudget.toml"), asked=THRESHOLDS)
    return judge(request, gather(request, lambda _: None))


def told(run: Run) -> set[Told]:
    return {(finding.rule.id, finding.place, finding.tenants) for finding in run.findings}


@pytest.fixture(scope="module")
def locked(small: Path) -> Path:
    """The small copy, with the thresholds of its own events as its lock."""
    project = open_project(small, "errorbudget.toml")
    request = Request(project=project, asked=THRESHOLDS, as_of=END, update=True)
    facts = gather(request, lambda _: None)
    lock = lock_of(project.settings, judge(request, facts), facts)
    assert lock is not None
    write_lock(project.lock, evidence_path(project.lock), lock)
    return small


@pytest.fixture(scope="module")
def unmutated(locked: Path) -> set[Told]:
    return told(run_of(locked))


def rewrite(events: Path, rows: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for path in sorted(events.glob("*.parquet")):
            connection.execute(f"create or replace temp table shard as select * from '{path}'")
            connection.execute(f"copy ({rows}) to '{path}' (format parquet)")


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_mutant_is_found_by_its_rule(mutant: Mutant, locked: Path, unmutated: set[Told], tmp_path: Path) -> None:
    root = Path(shutil.copytree(locked, tmp_path / "example_project"))
    rewrite(root / "events", mutant.rows)
    if mutant.edit is not None:
        name, before, after = mutant.edit
        text = (root / name).read_text()
        assert text.count(before) == 1
        (root / name).write_text(text.replace(before, after))
    new = told(run_of(root)) - unmutated
    assert mutant.found in new
    assert {rule for rule, _, _ in new - {mutant.found}} == mutant.also
