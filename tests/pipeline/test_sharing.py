"""What the processes of one run share: written whole or not at all, and made by one of them."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from pytest_errorbudget.model.run import Run
from pytest_errorbudget.pipeline.collect import planned
from pytest_errorbudget.pipeline.project import Project, open_project
from pytest_errorbudget.pipeline.sharing import SharedFolder, ask, asked, share_planned, shared_planned, shared_run
from pytest_errorbudget.pipeline.steps import BURN_RATES, FFI, SCHEMA

SETTINGS = """\
[[database]]
url = "env:SHOP_DATABASE_URL"
migrations = { path = "migrations", per = "tenant" }
tenants = { layout = "schema", names = { acme = "acme", globex = "globex" } }
"""

KILLED = """
import sys, time
from pathlib import Path
from pytest_errorbudget.pipeline.sharing import shared_run
from pytest_errorbudget.pipeline.steps import SCHEMA

def make():
    print("making", flush=True)
    time.sleep(120)

shared_run(Path(sys.argv[1]), SCHEMA, make)
"""

RUN = Run(
    as_of=datetime(2026, 1, 5, 1, tzinfo=UTC),
    steps=(),
    findings=(),
    allowed=(),
    thresholds=(),
    outliers=(),
    budgets=(),
    firings=(),
    unchecked=(),
    inputs=(),
    counts_digest="c" * 64,
    determinism=Fraction(1, 3),
    tenants=(),
    execution_us=1,
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "errorbudget.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/0001_orders.sql").write_text("create table orders (id bigint);\n", encoding="utf-8")
    return open_project(tmp_path, "errorbudget.toml")


def test_a_worker_reads_what_the_controller_planned(project: Project, tmp_path: Path) -> None:
    share_planned(tmp_path, planned(project))
    assert shared_planned(tmp_path) == planned(project)


def test_the_controller_reads_what_was_asked(tmp_path: Path) -> None:
    ask(tmp_path, SCHEMA | FFI)
    ask(tmp_path, SCHEMA | FFI)
    assert asked(tmp_path) == SCHEMA | FFI


def test_a_run_is_made_once_for_all_that_ask_at_once(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> Run:
        made.append(len(made) + 1)
        return replace(RUN, execution_us=len(made))

    with ThreadPoolExecutor(8) as pool:
        runs = tuple(pool.map(lambda _: shared_run(tmp_path, SCHEMA, make), range(8)))
    assert made == [1]
    assert runs == (RUN,) * 8


def test_a_run_of_other_steps_is_another(tmp_path: Path) -> None:
    shared_run(tmp_path, SCHEMA, lambda: RUN)
    assert shared_run(tmp_path, SCHEMA | BURN_RATES, lambda: replace(RUN, execution_us=2)).execution_us == 2
    assert shared_run(tmp_path, SCHEMA, lambda: replace(RUN, execution_us=3)) == RUN


def test_who_comes_after_a_process_that_was_killed_makes_the_run(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "making\n"
        process.send_signal(signal.SIGKILL)
    assert shared_run(tmp_path, SCHEMA, lambda: RUN) == RUN


def test_a_run_that_cannot_be_made_is_nobodys(tmp_path: Path) -> None:
    def fails() -> Run:
        raise RuntimeError("the server is gone")

    with pytest.raises(RuntimeError, match="the server is gone"):
        shared_run(tmp_path, SCHEMA, fails)
    assert shared_run(tmp_path, SCHEMA, lambda: RUN) == RUN


def test_folders_that_nobody_holds_are_removed_and_others_stay(project: Project) -> None:
    left = project.root / ".errorbudget/run-left"
    left.mkdir(parents=True)
    first = SharedFolder(project)
    second = SharedFolder(project)
    assert not left.exists()
    assert first.path.is_dir()
    assert second.path.is_dir()
    first.remove()
    second.remove()
    assert list((project.root / ".errorbudget").glob("run-*")) == []
