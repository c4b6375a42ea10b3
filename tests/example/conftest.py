"""The example without the plugin: its scripts, run as a user runs them, copies of it, and servers with its tenants."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from pytest_errorbudget.model.run import Run
from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.pipeline.gather import gather
from pytest_errorbudget.pipeline.judge import judge
from pytest_errorbudget.pipeline.project import open_project
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.steps import CONTRACTS
from pytest_errorbudget.readers.scratch import ScratchServer

Script = Callable[..., str]
Contracts = Callable[[Path, str], Run]
WRITTEN_BY_RUNS = shutil.ignore_patterns("events", ".errorbudget", ".pytest_cache", "__pycache__", "target")


@pytest.fixture(scope="session")
def example() -> Path:
    return Path(__file__).resolve().parents[2] / "example_project"


@pytest.fixture
def copy(example: Path, tmp_path: Path) -> Path:
    """A copy of the example, without what runs write into it."""
    return Path(shutil.copytree(example, tmp_path / "example_project", ignore=WRITTEN_BY_RUNS))


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
def checked(scratch: ScratchServer) -> Contracts:
    """A run of the schema and contract steps over a copy of the example and a database: no event is read."""

    def run(root: Path, conninfo: str) -> Run:
        project = open_project(root, "errorbudget.toml")
        settings = replace(
            project.settings,
            databases=tuple(replace(database, url=conninfo) for database in project.settings.databases),
            replay=ReplaySettings(url=scratch.conninfo(scratch.maintenance)),
        )
        request = Request(project=replace(project, settings=settings), asked=CONTRACTS)
        return judge(request, gather(request, lambda _: None))

    return run
