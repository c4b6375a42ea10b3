"""A DuckDB session that reads local files and nothing else: no network, no extension fetched, UTC, no progress bar."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

SPILL = "pytest-errorbudget-spill-"
"""How the name of the folder begins to which a session spills."""

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "default_null_order": "nulls_last",
    # the result is sorted by what it holds, never by where it was read
    "preserve_insertion_order": False,
}


@contextmanager
def session(threads: int, *, memory_mib: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory session of its own, closed at the end. What does not fit into ``memory_mib`` is spilled to a
    temporary folder that is gone with the session."""
    with tempfile.TemporaryDirectory(prefix=SPILL) as folder:
        opened = duckdb.connect(":memory:", config={**_CONFIG, "threads": threads, "temp_directory": folder})
        try:
            opened.execute("set TimeZone = 'UTC'")
            opened.execute("set enable_progress_bar = false")
            if memory_mib is not None:
                opened.execute(f"set memory_limit = '{memory_mib}MiB'")
            yield opened
        finally:
            opened.close()
