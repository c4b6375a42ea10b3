"""The same input gives the same log but for times, and the same facts, however it is read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.pipeline.gather import gather
from pytest_errorbudget.pipeline.judge import judge
from pytest_errorbudget.pipeline.project import Project, open_project
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.steps import BURN_RATES
from pytest_errorbudget.readers.events.aggregation.query import aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.report.execution_log import without_times

FAILED_AS_DOCUMENTED = 1
EVERY_STEP_IS_ASKED = ("errorbudget.toml", "services/ingest/src/ffi.rs", "services/billing/src/http.rs")


@pytest.fixture(scope="module")
def ran(small: Path, production: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[bytes, bytes]]:
    """Runs pytest on the example in a process of its own; gives the log without its times, and the facts file."""

    def run(environment: dict[str, str], cpus: int) -> tuple[bytes, bytes]:
        folder = tmp_path_factory.mktemp("written")
        log, facts = folder / "log.json", folder / "facts.json"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "--errorbudget",
            "-q",
            "-p",
            "no:cacheprovider",
            "-k",
            "not determinism",
        ]
        command += [*EVERY_STEP_IS_ASKED, f"--errorbudget-log={log}", f"--errorbudget-facts={facts}"]
        allowed = set(sorted(os.sched_getaffinity(0))[:cpus])
        done = subprocess.run(
            command,
            cwd=small,
            env={**os.environ, **environment, "LEDGERLINE_DATABASE_URL": production},
            preexec_fn=lambda: os.sched_setaffinity(0, allowed),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == FAILED_AS_DOCUMENTED, done.stdout + done.stderr
        return json.dumps(without_times(json.loads(log.read_bytes()))).encode(), facts.read_bytes()

    return run


@pytest.fixture(scope="module")
def first(ran: Callable[..., tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    return ran({"PYTHONHASHSEED": "0", "TZ": "UTC"}, 2)


@pytest.mark.parametrize(
    ("environment", "cpus"),
    [
        ({"PYTHONHASHSEED": "4242", "TZ": "Pacific/Auckland", "PGTZ": "America/St_Johns", "LC_ALL": "C"}, 2),
        ({"PYTHONHASHSEED": "1", "TZ": "America/Anchorage"}, 1),
    ],
    ids=["another hash seed, time zone and locale", "one processor"],
)
def test_the_same_input_gives_the_same_log_and_facts(
    environment: dict[str, str],
    cpus: int,
    ran: Callable[..., tuple[bytes, bytes]],
    first: tuple[bytes, bytes],
) -> None:
    assert ran(environment, cpus) == first


def counted(root: Path, **more: Any) -> Counts:
    settings = open_project(root, "errorbudget.toml").settings
    counts, problems = count_events(
        root, settings.events, settings.slos, settings.customers, window_us=settings.window_us, **more
    )
    assert problems == ()
    assert counts is not None
    return counts


def test_one_thread_counts_as_eight_do(small: Path) -> None:
    one, eight = counted(small, threads=1), counted(small, threads=8)
    assert (one.series, one.totals, one.digest) == (eight.series, eight.totals, eight.digest)


def dealt_out(root: Path, source: Path, order: str, files: int) -> None:
    """The same rows, each with the replica that wrote it, in another order and in other files."""
    (root / "events").mkdir()
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows = f"select *, row_number() over (order by {order}) as place from '{source}/events/*.parquet'"
        connection.execute(f"create table rows as {rows}")
        for number in range(files):
            part = f"select * exclude (place) from rows where place % {files} = {number} order by place"
            connection.execute(f"copy ({part}) to '{root}/events/part-{number}.parquet' (format parquet)")


@pytest.fixture(scope="module")
def as_written(small: Path, production: str, logged: Callable[[Path, str], bytes]) -> bytes:
    return logged(small, production)


@pytest.mark.parametrize(
    ("order", "files"),
    [("occurred_at desc, status", 1), ("hash(event_id), shard desc, latency_ms", 7)],
    ids=["one file, backwards", "seven files, shuffled"],
)
def test_the_log_does_not_depend_on_the_order_and_sharding_of_the_events(
    order: str,
    files: int,
    small: Path,
    as_written: bytes,
    tmp_path: Path,
    production: str,
    logged: Callable[[Path, str], bytes],
) -> None:
    ignored = shutil.ignore_patterns("events", ".errorbudget")
    other = Path(shutil.copytree(small, tmp_path / "example_project", ignore=ignored))
    dealt_out(other, small, order, files)
    assert logged(other, production) == as_written


def within_a_shard_only(question: Question, table: str, as_of_us: int) -> exp.Query:
    """A deliberately wrong engine: copies that two replicas wrote count twice."""
    assert question.replica is not None
    pair = exp.Concat(expressions=[question.id.copy(), question.replica.copy()], safe=False, coalesce=False)
    return aggregation(replace(question, id=pair), table, as_of_us)


def judged_with(counts: Counts, project: Project) -> tuple[Fraction | None, list[tuple[str, tuple[str, ...]]]]:
    """The determinism score, and the severity and items of each finding about determinism."""
    request = Request(project=project, asked=BURN_RATES)
    facts = replace(gather(replace(request, asked=frozenset()), lambda _: None), counts=counts)
    run = judge(request, facts)
    found = [f for f in run.findings if f.rule is Rule.NOT_DETERMINISTIC]
    return run.determinism, [(f.severity.value, tuple(map(str, f.items))) for f in found]


def test_a_wrong_engine_has_a_score_below_1_which_is_an_error(small: Path) -> None:
    project = open_project(small, "errorbudget.toml")
    score, findings = judged_with(counted(small, aggregation=within_a_shard_only), project)
    assert score is not None
    assert 0 < score < 1
    slos = ("availability", "latency", "smoothness")
    items = tuple(f"errorbudget.toml::determinism[{slo}]" for slo in slos)
    assert findings == [("error", items)]


def test_the_right_engine_has_a_score_of_1(small: Path) -> None:
    assert judged_with(counted(small), open_project(small, "errorbudget.toml")) == (Fraction(1), [])
