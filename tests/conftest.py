"""A real PostgreSQL for all tests of a session, and migrations from text."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from pytest_errorbudget.model.migration import MigrationSet
from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.readers.migrations.reader import read_migrations
from pytest_errorbudget.readers.scratch import ScratchServer, scratch_server

Migrations = Callable[[Mapping[str, str]], MigrationSet]


def pytest_configure() -> None:
    # A shell without job control lets what it runs in the background ignore Ctrl-C, and children inherit that; some
    # tests are about what Ctrl-C does.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def scratch() -> Iterator[ScratchServer]:
    """The embedded server."""
    with scratch_server(ReplaySettings()) as server:
        yield server


@pytest.fixture
def database(scratch: ScratchServer) -> Iterator[str]:
    """The conninfo of an empty database."""
    with scratch.database() as conninfo:
        yield conninfo


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection to that database, in autocommit mode."""
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def migrations(tmp_path: Path) -> Migrations:
    """Migrations from their file names and texts."""

    def read(files: Mapping[str, str]) -> MigrationSet:
        folder = tmp_path / "migrations"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        found, problems = read_migrations(tmp_path, "migrations")
        assert problems == ()
        return found

    return read
