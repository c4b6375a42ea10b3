"""The example without the plugin: its scripts, run as a user runs them, and a server to run them on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.readers.scratch.open import scratch_server

Script = Callable[..., str]


@pytest.fixture(scope="session")
def example() -> Path:
    return Path(__file__).resolve().parents[2] / "example_project"


@pytest.fixture(scope="session")
def script(example: Path) -> Script:
    """Runs one of the example's scripts and gives what it printed; a failure fails the test with its message."""

    def run(name: str, *arguments: str) -> str:
        command = [sys.executable, str(example / "scripts" / name), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def production(script: Script) -> Iterator[str]:
    """The conninfo of a database on which the twelve tenants were built."""
    with scratch_server(ReplaySettings()) as server, server.database() as conninfo:
        script("provision.py", "--url", conninfo)
        yield conninfo
