"""Rows on their way from DuckDB to a further engine, and counts on their way back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlglot import exp

from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.files.columns import quoted
from pytest_errorbudget.readers.events.reading import Exported
from pytest_errorbudget.readers.events.tally import Row

_PLAIN = {
    "TINYINT": "SMALLINT",
    "UTINYINT": "SMALLINT",
    "USMALLINT": "INTEGER",
    "UINTEGER": "BIGINT",
    "UBIGINT": "DECIMAL(20,0)",
    "HUGEINT": "DECIMAL(38,0)",
    "UHUGEINT": "DECIMAL(38,0)",
    "FLOAT": "DOUBLE",
}
"""Types that not every engine has, and the one that holds the same values."""
_KNOWN = frozenset({"BOOLEAN", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE", "VARCHAR", "DATE"})


@contextmanager
def exported(
    session: duckdb.DuckDBPyConnection, source: EventSource, question: Question, table: str
) -> Iterator[Exported]:
    """The rows of ``table`` (whose columns are plain names) as a Parquet file that is gone at the end."""
    kinds = {str(name): str(kind) for name, kind, *_ in session.execute(f"describe {table}").fetchall()}
    plain = {name: _plain(kind) for name, kind in kinds.items()}
    plain["event_id"] = "VARCHAR"
    names = {name: f"x{position}" for position, name in enumerate(plain)}
    columns = ", ".join(
        f"cast({exp.to_identifier(name, quoted=True).sql()} as {plain[name]}) as {names[name]}" for name in plain
    )
    with tempfile.TemporaryDirectory(prefix="pytest-errorbudget-export-") as folder:
        path = Path(folder) / "events.parquet"
        session.execute(f"copy (select {columns} from {table}) to {quoted(str(path))} (format parquet)")
        yield Exported(
            path=str(path),
            columns=tuple((names[name], kind) for name, kind in plain.items()),
            source=source,
            question=question.renamed(names),
        )


def fill(session: duckdb.DuckDBPyConnection, rows: Sequence[Row], into: str) -> None:
    """Adds the aggregation's rows, as another engine counted them, to the table ``into``."""
    if rows:
        values = [list(values) for values in zip(*rows, strict=True)]
        session.execute(f"insert into {into} select {', '.join('unnest(?)' for _ in values)}", values)


def _plain(kind: str) -> str:
    plain = _PLAIN.get(kind, kind)
    timed = plain.startswith("TIMESTAMP")
    if timed:
        return "TIMESTAMP WITH TIME ZONE"
    # text of anything else (an enum, a UUID) compares by its bytes everywhere
    return plain if plain in _KNOWN or plain.startswith("DECIMAL(") else "VARCHAR"
