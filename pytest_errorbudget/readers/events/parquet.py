"""Parquet files, and the columns that their directories name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pytest_errorbudget.readers.events.event_files import EventFiles
from pytest_errorbudget.readers.events.files import quoted
from pytest_errorbudget.readers.events.hive import hive_of


def parquet_files(
    session: duckdb.DuckDBPyConnection, root: Path, paths: Sequence[str], keys: frozenset[str]
) -> EventFiles:
    """The files as they are. The types of columns that directories name are those of all files, said wherever some of
    the files are read: DuckDB would find them in the files that it is given. ``keys`` are text."""
    hive = hive_of(session, root, paths, keys)
    types = ", ".join(f"{quoted(name)}: {kind.value}" for name, kind in hive.kinds.items())
    partitioned = ("hive_partitioning = true", f"hive_types = {{{types}}}")

    def again() -> EventFiles:
        return files

    files = EventFiles(
        paths=tuple(paths),
        parquet={},
        contents={},
        hive=hive.values if hive.kinds else {},
        options=partitioned if hive.kinds else ("hive_partitioning = false",),
        again=again,
    )
    return files
