"""PostgreSQL as a further engine: what DuckDB read from files, loaded into a scratch database and counted there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg

from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.settings import EngineName
from pytest_errorbudget.readers.events.aggregation.query import Aggregation
from pytest_errorbudget.readers.events.engines.postgres import postgres_text
from pytest_errorbudget.readers.events.engines.postgres_session import SAME_ANSWERS
from pytest_errorbudget.readers.events.files.columns import FileColumn, quoted
from pytest_errorbudget.readers.events.paths import events_problem
from pytest_errorbudget.readers.events.reading import Exported
from pytest_errorbudget.readers.events.tally import Row

_NULL = "\\N"
_CHUNK_BYTES = 1 << 20
_SETTINGS = (
    "analyze rows",
    *(f"set local {setting}" for setting in SAME_ANSWERS),
    "set local work_mem = '256MB'",
    "set local jit = off",
)
_TYPES = {"DOUBLE": "double precision", "VARCHAR": "text", "TIMESTAMP WITH TIME ZONE": "timestamptz"}


@dataclass(frozen=True, slots=True)
class PostgresAgain:
    """``database`` opens an empty database and gives its conninfo; it is dropped afterwards."""

    database: Callable[[], AbstractContextManager[str]]

    @property
    def name(self) -> str:
        return EngineName.POSTGRES.value

    def count(self, exported: Exported, as_of_us: int, aggregation: Aggregation) -> list[Row]:
        columns = tuple(FileColumn(name, kind) for name, kind in exported.columns)
        query = postgres_text(aggregation(exported.question, "errorbudget_events", as_of_us), "pg_temp.rows", columns)
        try:
            with self.database() as conninfo, psycopg.connect(conninfo, client_encoding="utf8") as connection:
                types = ", ".join(f'"{one.name}" {_TYPES.get(one.type, one.type)}' for one in columns)
                connection.execute(f"create temp table rows ({types})".encode())
                _load(connection, exported.path)
                for setting in _SETTINGS:
                    connection.execute(setting.encode())
                return connection.execute(query.encode()).fetchall()
        except psycopg.Error as error:
            raise Unreadable(
                events_problem(
                    exported.source,
                    f"the events `{exported.source.name}` cannot be counted on PostgreSQL: "
                    f"{error.diag.message_primary or error}",
                    "leave `postgres` out of `determinism.engines`, or correct the predicate or the server",
                )
            ) from None


def _load(connection: psycopg.Connection[Row], path: str) -> None:
    """As CSV: text is quoted and null is not, so that no text can be taken for null."""
    with tempfile.TemporaryDirectory(prefix="pytest-errorbudget-load-") as folder:
        text = Path(folder) / "events.csv"
        with duckdb.connect(":memory:", config={"threads": 1}) as session:
            session.execute("set TimeZone = 'UTC'")
            session.execute(
                f"copy (select * from read_parquet({quoted(path)})) to {quoted(str(text))} "
                f"(format csv, header false, force_quote *, nullstr {quoted(_NULL)})"
            )
        loading = f"copy rows from stdin (format csv, null '{_NULL}')"
        with connection.cursor().copy(loading.encode()) as copy, text.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                copy.write(chunk)
