"""Columns whose values are written in the names of directories: ``tenant=acme/date=2026-01-02/part-0.csv``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import duckdb

from pytest_errorbudget.readers.events.files.columns import quoted
from pytest_errorbudget.readers.events.files.kinds import Cell, Kind, kinds_in

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hive:
    """``kinds`` are those of the columns over all files; ``values`` are each file's, in the order of the columns.
    ``plain`` where DuckDB reads the same in the paths."""

    kinds: Mapping[str, Kind]
    values: Mapping[str, tuple[str | None, ...]]
    plain: bool

    def of(self, path: str) -> dict[str, str | None]:
        return dict(zip(self.kinds, self.values[path], strict=True))


def hive_of(session: duckdb.DuckDBPyConnection, root: Path, paths: Sequence[str], keys: frozenset[str]) -> Hive:
    """The columns that the directories of every file name; none where files differ in them. ``keys`` are text."""
    found = {path: _written(root, path) for path in paths}
    names = {tuple(columns) for columns in found.values()}
    if len(names) != 1:
        return Hive(kinds={}, values=dict.fromkeys(paths, ()), plain=True)
    values = {path: tuple(columns.values()) for path, columns in found.items()}
    kinds = {}
    for place, name in enumerate(next(iter(names))):
        cells = sorted({one[place] or "" for one in values.values()} - {""})
        kind = Kind.TEXT if name.lower() in keys or not cells else _kind(session, cells)
        kinds[name] = kind
    return Hive(kinds=kinds, values=values, plain=all(_is_plain(path, found[path]) for path in paths))


def _kind(session: duckdb.DuckDBPyConnection, cells: Sequence[str]) -> Kind:
    rows = f"(select unnest([{', '.join(map(quoted, cells))}]) as cell)"
    return kinds_in(session, rows, {"cell": Cell("cell", "cell")})["cell"]


def _is_plain(path: str, columns: Mapping[str, str | None]) -> bool:
    """DuckDB takes columns from every directory of the path, also those above the settings file; of a key that comes
    twice it takes the first value, and it leaves out a key with escapes and a value with a second `=` in it."""
    written = [folder.split("=") for folder in Path(path).parts[:-1] if "=" in folder]
    return len(written) == len(columns) and all(
        len(parts) == 2 and parts[0] in columns and parts[1] for parts in written
    )


def _written(root: Path, path: str) -> dict[str, str | None]:
    """What lies above the settings file is no one's partition."""
    full = Path(path)
    folders = (full.relative_to(root) if full.is_relative_to(root) else full).parts[:-1]
    pairs = (folder.partition("=") for folder in folders)
    return {
        unquote(name): None if value == _NO_VALUE else unquote(value)
        for name, equals, value in pairs
        if equals and name
    }
