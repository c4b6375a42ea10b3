"""Sessions that can change nothing, wait for nothing long, and touch the catalogue only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.readers.catalog.read import Connection
from pytest_errorbudget.readers.scratch.open import unreachable

_APPLICATION = "pytest-errorbudget"
_CONNECT_TIMEOUT_S = 10
_SETTINGS = (
    "set local statement_timeout = '60s'",
    "set local lock_timeout = '2s'",
    "set local idle_in_transaction_session_timeout = '120s'",
    "set local search_path = pg_catalog",
    "set local jit = off",  # compiling costs more than these queries do
    # Rows of the catalogue are found and grouped, and few of them sorted: hashes take a fifth less time.
    "set local enable_sort = off",
    "set local enable_mergejoin = off",
)


@contextmanager
def read_only(conninfo: str, snapshot: str | None = None) -> Iterator[Connection]:
    """One ``REPEATABLE READ READ ONLY`` transaction, in the given snapshot or in its own."""
    with psycopg.connect(
        conninfo,
        application_name=_APPLICATION,
        connect_timeout=_CONNECT_TIMEOUT_S,
        prepare_threshold=None,
    ) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        if snapshot is not None:
            connection.execute(sql.SQL("set transaction snapshot {}").format(sql.Literal(snapshot)))
        connection.execute("; ".join(_SETTINGS).encode())
        yield connection


def not_read(place: str, conninfo: str, error: psycopg.OperationalError) -> Problem:
    """What to say of a database that could not be read; without the password."""
    if not isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
        return unreachable(place, conninfo, error)
    return Problem(
        rule=Rule.SERVER_UNREACHABLE,
        message=f"reading the catalogue was given up: {error.diag.message_primary or error}",
        place=place,
        consequence="The tenants of this database were not checked.",
        help="Run it again when no migration is running, or against a read replica.",
    )
