"""A server on which a run may make and drop databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import psycopg
from psycopg.conninfo import make_conninfo
from pytest_postgresql.janitor import DatabaseJanitor

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule

_JANITOR_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchServer:
    """Where to connect, and as whom. ``server_version`` is PostgreSQL's own number (``180006``).

    ``parameters`` are connection parameters beyond the usual ones (``sslmode`` …). The password is never shown.
    """

    host: str
    port: int
    user: str
    maintenance: str
    server_version: int
    password: str | None = field(default=None, repr=False)
    parameters: tuple[tuple[str, str], ...] = ()
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False, compare=False)

    def conninfo(self, dbname: str) -> str:
        """libpq's ``key=value`` text for one database of this server; it holds the password where there is one."""
        password = {} if self.password is None else {"password": self.password}
        return make_conninfo(
            "",
            **dict(self.parameters),
            host=self.host,
            port=self.port,
            user=self.user,
            dbname=dbname,
            **password,
        )

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """A fresh database (a copy of ``template``, to which nobody may be connected) and its conninfo;
        dropped afterwards, with whoever is still connected to it. Raises ``Unreadable``."""
        janitor = self._created(template)
        try:
            yield self.conninfo(janitor.dbname)
        finally:
            janitor.drop()

    def _created(self, template: str | None) -> DatabaseJanitor:
        """Names come from a counter; one that another run has taken is passed over."""
        while True:
            janitor = DatabaseJanitor(
                user=self.user,
                host=self.host,
                port=self.port,
                password=self.password,
                dbname=f"errorbudget_{next(self._numbers)}",
                template_dbname=template,
                maintenance_dbname=self.maintenance,
                connection_timeout=_JANITOR_TIMEOUT_S,
            )
            try:
                janitor.init()
            except psycopg.errors.DuplicateDatabase:
                continue
            except psycopg.errors.InsufficientPrivilege as error:
                raise Unreadable(_no_databases(self.user, error)) from None
            return janitor


def _no_databases(user: str, error: psycopg.Error) -> Problem:
    return Problem(
        rule=Rule.SERVER_UNREACHABLE,
        message=f"the role {user} of the replay server may not make databases: {error.diag.message_primary}",
        place="[replay]",
        consequence="The migrations cannot be replayed for real, and queries cannot be prepared.",
        help=f"alter role {user} createdb; or name another role, or another server, in `[replay]`.",
    )
