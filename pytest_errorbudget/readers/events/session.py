"""A DuckDB session that reads local files and nothing else: no network, no extension fetched, UTC, no progress bar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "default_null_order": "nulls_last",
    # the result is sorted by what it holds, never by where it was read
    "preserve_insertion_order": False,
}


@contextmanager
def session(threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory session of its own, closed at the end."""
    opened = duckdb.connect(":memory:", config={**_CONFIG, "threads": threads})
    try:
        opened.execute("set TimeZone = 'UTC'")
        opened.execute("set enable_progress_bar = false")
        yield opened
    finally:
        opened.close()
