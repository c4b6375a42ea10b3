"""Which server a run gets: the embedded one unless the settings name another."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.readers.scratch.binaries import Binaries, embedded_binaries, given_binaries
from pytest_errorbudget.readers.scratch.cluster import cluster
from pytest_errorbudget.readers.scratch.server import ScratchServer

_CONNECT_TIMEOUT_S = 10
_KNOWN = {"host", "port", "user", "password", "dbname"}


def scratch_server(
    settings: ReplaySettings, env: Mapping[str, str] = os.environ
) -> AbstractContextManager[ScratchServer]:
    """The server for a run's own databases. Raises ``Unreadable`` (``server-unreachable``) where there is none."""
    if settings.url is not None:
        return _by_url(settings.url, env)
    return cluster(replay_programs(settings))


def replay_programs(settings: ReplaySettings) -> Binaries:
    """PostgreSQL's programs, not started: the folder of the settings, else the embedded ones. Raises ``Unreadable``."""
    return embedded_binaries() if settings.binaries is None else given_binaries(Path(settings.binaries))


@contextmanager
def _by_url(url: str, env: Mapping[str, str]) -> Iterator[ScratchServer]:
    text = resolve_url(url, env, "[replay]")
    try:
        with psycopg.connect(text, connect_timeout=_CONNECT_TIMEOUT_S) as connection:
            info = connection.info
            given = conninfo_to_dict(text)
            server = ScratchServer(
                host=info.host,
                port=info.port,
                user=info.user,
                password=info.password or None,
                maintenance=info.dbname,
                server_version=info.server_version,
                parameters=tuple(sorted((k, str(v)) for k, v in given.items() if k not in _KNOWN)),
            )
    except psycopg.OperationalError as error:
        raise Unreadable(unreachable("[replay]", text, error)) from None
    yield server


def resolve_url(url: str, env: Mapping[str, str], place: str) -> str:
    """The URL behind ``env:NAME``, or the text itself; one that libpq can read."""
    if not url.startswith("env:"):
        return _readable(url, place)
    name = url.removeprefix("env:")
    if not env.get(name):
        raise Unreadable(
            Problem(
                rule=Rule.SERVER_UNREACHABLE,
                message=f"the environment variable {name} is not set",
                place=place,
                consequence=f"{place} reads its server's URL from {name}, so nothing is known about that server.",
                help=f"Set {name} to a PostgreSQL URL, such as postgresql://reader@db.internal/app.",
            )
        )
    return _readable(env[name], place)


def _readable(conninfo: str, place: str) -> str:
    """libpq would repeat a URL that it cannot read, password and all; we do not."""
    if conninfo and not _given(conninfo):
        raise Unreadable(
            Problem(
                rule=Rule.SERVER_UNREACHABLE,
                message=f"the URL of {place} is not a PostgreSQL URL",
                place=place,
                consequence="Nothing that needs this server was checked.",
                help="Write it as postgresql://user@host:5432/name, or as env:NAME for a variable that holds it.",
            )
        )
    return conninfo


def unreachable(place: str, conninfo: str, error: psycopg.OperationalError) -> Problem:
    """What to say when a server does not answer; without the password, whatever libpq wrote."""
    return Problem(
        rule=Rule.SERVER_UNREACHABLE,
        message=f"cannot connect to {_where(conninfo)}: {_reason(conninfo, error)}",
        place=place,
        consequence="Nothing that needs this server was checked.",
        help="See that the server runs, that the URL is right and that the role may log in.",
    )


def _given(conninfo: str) -> Mapping[str, object]:
    try:
        return conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        return {}


def _where(conninfo: str) -> str:
    given = _given(conninfo)
    user = f"{given['user']}@" if given.get("user") else ""
    return f"{user}{given.get('host') or 'localhost'}:{given.get('port') or 5432}/{given.get('dbname') or ''}"


def _reason(conninfo: str, error: psycopg.OperationalError) -> str:
    """libpq's last line, without the password and without what ``_where`` already says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = next((line for line in reversed(lines) if "failed: " in line), lines[-1] if lines else "no answer")
    text = re.sub(r"^.*failed: (?:FATAL: +)?", "", text)
    password = _given(conninfo).get("password")
    return text.replace(str(password), "***") if password else text
