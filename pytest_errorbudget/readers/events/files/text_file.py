"""One CSV or NDJSON file: its columns, and the SQL that reads them as they are written.

Nothing is guessed from rows. A CSV file is what RFC 4180 says, with the delimiter that its header shows; guessing, as
DuckDB does, reads the header as a row where all columns are text, and splits rows otherwise where one is broken.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from pytest_errorbudget.model.settings import EventFormat
from pytest_errorbudget.readers.events.files.columns import identifier, quoted
from pytest_errorbudget.readers.events.files.kinds import Cell

_DELIMITERS = (",", ";", "\t", "|")
_HEAD_ROWS = 1000
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """``names`` are the columns in order; of NDJSON those that are known, and an object need not have them.
    ``delimiter`` and ``skip``, the blank lines above the header, are of CSV, and so is ``header``: the names as they
    are written, of which two may be the same."""

    path: str
    format: EventFormat
    names: tuple[str, ...]
    delimiter: str = ","
    skip: int = 0
    header: tuple[str, ...] = ()

    def find(self, name: str) -> str | None:
        """The column called so, else in any case."""
        near = sorted(one for one in self.names if one.lower() == name.lower())
        return name if name in near else next(iter(near), None)

    def rows(self, columns: Iterable[str], texts: Iterable[str]) -> str:
        """SQL for the table of all rows, in which at least ``columns`` are. NDJSON is read as text where ``texts`` says
        so, and else as JSON, which keeps its quotes."""
        if self.format is EventFormat.CSV:
            return self.typed({})
        as_text = set(texts)
        types = {name: "VARCHAR" if name in as_text else "JSON" for name in columns}
        # a reader without a column is none
        described = _struct(types or {"nothing": "VARCHAR"})
        options = ("format = 'newline_delimited'", "auto_detect = false", "records = true")
        return f"read_json({', '.join((quoted(self.path), f'columns = {described}', *options))})"

    def typed(self, types: Mapping[str, str], *more: str) -> str:
        """SQL for the rows of a CSV file, of which the named columns have other types than text; ``more`` are options
        of the reader."""
        columns = {name: types.get(name, "VARCHAR") for name in self.names}
        options = (
            "auto_detect = false",
            "header = true",
            f"skip = {self.skip}",
            f"delim = {quoted(self.delimiter)}",
            "quote = '\"'",
            "escape = '\"'",
            f"columns = {_struct(columns)}",
            *more,
        )
        return f"read_csv({', '.join((quoted(self.path), *options))})"

    def cell(self, name: str, *, is_text: bool) -> Cell:
        named = identifier(name)
        if self.format is EventFormat.CSV or is_text:
            return Cell(named, named)
        return Cell(f"{named}::varchar", f"({named}->>'$')")


def open_text(
    session: duckdb.DuckDBPyConnection, path: str, format: EventFormat, wanted: Iterable[str]
) -> TextFile | None:
    """The file with its columns; ``None`` where it holds nothing, not even a header."""
    if format is EventFormat.CSV:
        return _open_csv(session, path, [name.lower() for name in wanted])
    return _open_ndjson(session, path, list(wanted))


def _open_csv(session: duckdb.DuckDBPyConnection, path: str, wanted: list[str]) -> TextFile | None:
    lines = (
        f"read_csv({quoted(path)}, auto_detect = false, header = false, parallel = false, delim = '{_SEPARATOR}', "
        "quote = '', escape = '', columns = {'line': 'VARCHAR'})"
    )
    with _in_order(session):
        head = [line for (line,) in session.execute(f"select line from {lines} limit {_HEAD_ROWS}").fetchall()]
    skip = next((number for number, line in enumerate(head) if line is not None and line.strip()), None)
    if skip is None:
        return None
    splits = [(one, next(csv.reader([head[skip]], delimiter=one))) for one in _DELIMITERS]
    delimiter, names = max(splits, key=lambda split: _known(split[1], wanted))
    return TextFile(
        path=path,
        format=EventFormat.CSV,
        names=tuple(_apart(names)),
        delimiter=delimiter,
        skip=skip,
        header=tuple(names),
    )


def _known(names: list[str], wanted: list[str]) -> tuple[int, int]:
    return sum(name.strip().lower() in wanted for name in names), len(names)


def _apart(names: list[str]) -> Iterator[str]:
    """Names that differ in more than their case."""
    seen: Counter[str] = Counter()
    for place, written in enumerate(names):
        name = written.strip() or f"column{place}"
        while name.lower() in seen:
            seen[name.lower()] += 1
            name = f"{name}_{seen[name.lower()] - 1}"
        seen[name.lower()] += 1
        yield name


def _open_ndjson(session: duckdb.DuckDBPyConnection, path: str, wanted: list[str]) -> TextFile:
    """The keys of the first objects; of all, where one that is wanted is not among those."""
    objects = f"read_ndjson_objects({quoted(path)})"
    names = _keys(session, f"(select json from {objects} limit {_HEAD_ROWS})")
    if not set(wanted) <= names:
        names = _keys(session, objects)
    return TextFile(path=path, format=EventFormat.NDJSON, names=tuple(sorted(names)))


def _keys(session: duckdb.DuckDBPyConnection, objects: str) -> set[str]:
    query = f"select distinct unnest(json_keys(json)) from {objects} where json_type(json) = 'OBJECT'"
    return {name for (name,) in session.execute(query).fetchall()}


def _struct(types: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in types.items()) + "}"


@contextmanager
def _in_order(session: duckdb.DuckDBPyConnection) -> Iterator[None]:
    session.execute("set preserve_insertion_order = true")
    try:
        yield
    finally:
        session.execute("set preserve_insertion_order = false")
