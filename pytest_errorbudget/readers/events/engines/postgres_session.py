"""A short read-only transaction on a source's server, and what to say where the server gives up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.paths import events_problem
from pytest_errorbudget.readers.events.tally import Row
from pytest_errorbudget.readers.scratch.open import unreachable

_CONNECT_TIMEOUT_S = 10
SAME_ANSWERS = (
    "timezone = 'UTC'",
    "datestyle = 'ISO, YMD'",
    "intervalstyle = 'postgres'",
    "bytea_output = 'hex'",
    "extra_float_digits = 1",
    "standard_conforming_strings = on",
    "transform_null_equals = off",
)
"""Settings that change what a query finds, and that a role or a database may have otherwise."""

_SETTINGS = (
    *(f"set local {setting}" for setting in SAME_ANSWERS),
    "set local statement_timeout = '600s'",
    "set local lock_timeout = '2s'",
    "set local idle_in_transaction_session_timeout = '60s'",
    "set local work_mem = '64MB'",
    "set local jit = off",
)
_NO_TRANSACTION_TIMEOUT = "set local transaction_timeout = 0"
"""A role's own would end the connection in the middle of a query. PostgreSQL has it since 17."""
_SINCE_17 = 170000


@contextmanager
def transaction(source: EventSource, conninfo: str) -> Iterator[psycopg.Connection[Row]]:
    """A transaction of its own, in which all queries see one state. Raises ``Unreadable``; the password is in no
    message."""
    try:
        connection = psycopg.connect(
            conninfo,
            application_name="pytest-errorbudget",
            connect_timeout=_CONNECT_TIMEOUT_S,
            client_encoding="utf8",
            prepare_threshold=None,
            # a server that is gone without a word is given up after a minute
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
        )
    except psycopg.OperationalError as error:
        raise Unreadable(unreachable(f"[[events]] {source.name}", conninfo, error)) from None
    try:
        with connection:
            _set(connection)
            yield connection
    except psycopg.Error as error:
        raise Unreadable(_given_up(source, error)) from None


def _set(connection: psycopg.Connection[Row]) -> None:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    for setting in _SETTINGS:
        connection.execute(setting.encode())
    if connection.info.server_version >= _SINCE_17:
        connection.execute(_NO_TRANSACTION_TIMEOUT.encode())


def _given_up(source: EventSource, error: psycopg.Error) -> Problem:
    """The server's words, and what helps: by what it says of itself, since most of these are no fault of a query."""
    said = _said(error)
    counting = f"counting the events `{source.name}` in `{source.paths[0]}` was given up: {said}"
    match error:
        case psycopg.errors.LockNotAvailable():
            help = (
                "something holds a lock on the table, such as a migration that alters it: run again when it has ended"
            )
        case psycopg.errors.SerializationFailure():  # of a transaction that only reads: a conflict with recovery
            help = (
                "the read replica needed to remove rows that were being counted: raise max_standby_streaming_delay or "
                "set hot_standby_feedback = on there, count a table of counts, or run again"
            )
        case psycopg.errors.QueryCanceled() | psycopg.errors.DiskFull() | psycopg.errors.ConfigurationLimitExceeded():
            help = "count a view over fixed days, a replica without other work, or a table of counts"
        case psycopg.errors.ObjectNotInPrerequisiteState():
            help = "refresh the materialized view, or count what it is made of"
        case psycopg.OperationalError():
            help = "the server ended the query or the connection, which its log explains: run again when it is up"
        case _:
            return _refused(source, said)
    return events_problem(source, counting, help)


def _said(error: psycopg.Error) -> str:
    """One line. libpq gives only its own text where the connection ended."""
    if error.diag.message_primary:
        return error.diag.message_primary
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else "the connection ended"


def _refused(source: EventSource, said: str) -> Problem:
    return events_problem(
        source,
        f"the events `{source.name}` cannot be read from `{source.paths[0]}`: {said}",
        "see that the role of `url` may read the table, all rows of it, and that the predicates fit its columns",
    )
