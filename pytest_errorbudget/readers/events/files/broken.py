"""Which of a source's Parquet files cannot be read: asked only after DuckDB has given up, since it seldom names one."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pytest_errorbudget.readers.events.files.columns import quoted

_NOTHING_OF_FILES = (duckdb.OutOfMemoryException, duckdb.InternalException, duckdb.FatalException)


def broken_file(
    session: duckdb.DuckDBPyConnection, paths: Sequence[str], error: duckdb.Error
) -> tuple[str, duckdb.Error] | None:
    """The first file that cannot be read by itself, and why; ``None`` where each can, or the error says nothing of
    files."""
    if isinstance(error, _NOTHING_OF_FILES) or "No space left" in str(error):
        return None
    for path in paths:
        try:
            session.execute(f"select max(hash(columns(*))) from read_parquet([{quoted(path)}])").fetchall()
        except duckdb.Error as own:
            return path, own
    return None
