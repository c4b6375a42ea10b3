"""The example without the plugin: its scripts, run as a user runs them, copies of it, and servers with its tenants."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from pytest_errorbudget.model.run import Run
from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.pipeline.gather import gather
from pytest_errorbudget.pipeline.judge import judge
from pytest_errorbudget.pipeline.project import Project, open_project
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.steps import CONTRACTS, EVERY_STEP
from pytest_errorbudget.readers.scratch import ScratchServer
from pytest_errorbudget.report.execution_log import execution_log, without_times

Script = Callable[..., str]
Contracts = Callable[[Path, str], Run]
Logged = Callable[[Path, str], bytes]
WRITTEN_BY_RUNS = shutil.ignore_patterns("events", ".errorbudget", ".pytest_cache", "__pycache__", "target")


@pytest.fixture(scope="session")
def example() -> Path:
    return Path(__file__).resolve().parents[2] / "example_project"


@pytest.fixture
def copy(example: Path, tmp_path: Path) -> Path:
    """A copy of the example, without what runs write into it."""
    return Path(shutil.copytree(example, tmp_path / "example_project", ignore=WRITTEN_BY_RUNS))


@pytest.fixture(scope="module")
def small(example: Path, script: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with a sixtieth of the events, and so without the lock, which holds the thresholds of all of them."""
    root = Path(shutil.copytree(example, tmp_path_factory.mktemp("small") / "example_project", ignore=WRITTEN_BY_RUNS))
    without_lock(root)
    script("events.py", "--rows", "20000", "--out", str(root / "events"))
    return root


def without_lock(root: Path) -> None:
    for name in ("errorbudget.lock", "errorbudget.counts.csv"):
        (root / name).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def script(example: Path) -> Script:
    """Runs one of the example's scripts and gives what it printed; a failure fails the test with its message."""

    def run(name: str, *arguments: str, root: Path = example) -> str:
        command = [sys.executable, str(root / "scripts" / name), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def production(scratch: ScratchServer, script: Script) -> Iterator[str]:
    """The conninfo of a database on which the twelve tenants were built; tests only read it."""
    with scratch.database() as conninfo:
        script("provision.py", "--url", conninfo)
        yield conninfo


@pytest.fixture
def altered(scratch: ScratchServer, production: str) -> Iterator[Callable[..., str]]:
    """Runs statements on a copy of the provisioned database and gives its conninfo."""
    template = str(conninfo_to_dict(production)["dbname"])
    with ExitStack() as stack:

        def alter(*statements: str) -> str:
            conninfo = stack.enter_context(scratch.database(template))
            with psycopg.connect(conninfo, autocommit=True) as connection:
                connection.execute("set client_min_messages to warning")
                for statement in statements:
                    connection.execute(statement.encode())
            return conninfo

        yield alter


@pytest.fixture(scope="session")
def project_on(scratch: ScratchServer) -> Callable[[Path, str], Project]:
    """A copy of the example as a project: its tenants in a database, its replays on the tests' own server."""

    def project(root: Path, conninfo: str) -> Project:
        opened = open_project(root, "errorbudget.toml")
        databases = tuple(replace(database, url=conninfo) for database in opened.settings.databases)
        replay = ReplaySettings(url=scratch.conninfo(scratch.maintenance))
        return replace(opened, settings=replace(opened.settings, databases=databases, replay=replay))

    return project


@pytest.fixture(scope="session")
def checked(project_on: Callable[[Path, str], Project]) -> Contracts:
    """A run of the schema and contract steps over a copy of the example and a database: no event is read."""

    def run(root: Path, conninfo: str) -> Run:
        request = Request(project=project_on(root, conninfo), asked=CONTRACTS)
        return judge(request, gather(request, lambda _: None))

    return run


@pytest.fixture(scope="session")
def logged(project_on: Callable[[Path, str], Project]) -> Logged:
    """The execution log of a whole run, as bytes, without what may differ between two runs of the same input."""

    def run(root: Path, conninfo: str) -> bytes:
        request = Request(project=project_on(root, conninfo), asked=EVERY_STEP)
        facts = gather(request, lambda _: None)
        log = execution_log(judge(request, facts), facts, started_at=datetime(2026, 11, 2, tzinfo=UTC), version="1.0")
        return json.dumps(without_times(log), indent=1).encode()

    return run
