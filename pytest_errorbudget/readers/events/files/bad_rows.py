"""Rows of text files that cannot be read, by line: asked only after DuckDB has refused a file.

No cell is shown: what events hold does not belong in a log.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import duckdb

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventFormat, EventSource
from pytest_errorbudget.readers.events.files.kinds import MISFIT
from pytest_errorbudget.readers.events.files.other_formats import other_format
from pytest_errorbudget.readers.events.files.text_file import TextFile
from pytest_errorbudget.readers.events.paths import events_problem

_SHOWN = 3
_LONG = "Maximum line size"


@dataclass(frozen=True, slots=True)
class BadRow:
    """``line`` counts from 1; a row over several lines has that of its beginning."""

    line: int
    reason: str


def unreadable_text(
    session: duckdb.DuckDBPyConnection,
    root: Path,
    source: EventSource,
    path: str,
    error: duckdb.Error,
    file: TextFile | None = None,
) -> Problem:
    """What is wrong with a file that DuckDB gave up on: its bad rows where they are found, else DuckDB's own words."""
    shown = path.replace(f"{root}/", "")
    words = f"the events `{source.name}` cannot be read: `{shown}`"
    if MISFIT in str(error):
        help = "let what writes the file finish, and run again"
        return events_problem(source, f"{words} changed while it was read", help)
    other = other_format(path)
    if other is not None:
        return events_problem(source, f"{words}: it is {other.what}", other.help)
    rows = _csv_rows(session, path, file, error) if source.format is EventFormat.CSV else _json_rows(path)
    if not rows:
        said = (
            "a line is longer than 2 MB, or a quote in it does not end"
            if _LONG in str(error)
            else str(error).strip().split("\n", 1)[0]
        )
        first = said.replace(f"{root}/", "")
        return events_problem(source, f"{words}: {first}", f"check that the file is whole and is {source.format.value}")
    places = "; ".join(f"line {row.line}: {row.reason}" for row in rows[:_SHOWN])
    more = len(rows) - _SHOWN
    ending = f"; and {more} more" if more > 0 else ""
    help = "correct or remove these rows; none of the file's rows is counted until it can be read as a whole"
    return events_problem(source, f"{words}, {places}{ending}", help)


def odd_line(session: duckdb.DuckDBPyConnection, file: TextFile, name: str) -> int | None:
    """The line of the first cell of a column that is no number; ``None`` where none is found."""
    try:
        if file.format is EventFormat.NDJSON:
            return next(_odd_values(file.path, name), None)
        found = [
            one for one in _rejects(session, file.path, file.typed({name: "DOUBLE"}, *_STORED)) if one.kind == "CAST"
        ]
    except (OSError, EOFError, ValueError, duckdb.Error):
        return None
    return next((one.line for one in found), None)


_STORED = ("store_rejects = true", "rejects_table = 'bad_rows'", "rejects_scan = 'bad_scans'")


def _csv_rows(
    session: duckdb.DuckDBPyConnection, path: str, file: TextFile | None, error: duckdb.Error
) -> Sequence[BadRow]:
    try:
        if file is not None:
            rejects = _rejects(session, path, file.typed({}, *_STORED))
            # a row has a reject for each column that it lacks
            reasons = {one.line: _csv_reason(one.kind, one.said) for one in reversed(rejects)}
            if reasons:
                return [BadRow(line, reasons[line]) for line in sorted(reasons)]
    except duckdb.Error as again:
        error = again
    except (OSError, EOFError):
        return ()
    try:
        if "unicode" in str(error):
            return tuple(_not_utf8(path))
        return tuple(_other_endings(path)) if "invalid state" in str(error) else ()
    except (OSError, EOFError):
        return ()


@dataclass(frozen=True, slots=True)
class _Reject:
    line: int
    kind: str
    said: str


def _rejects(session: duckdb.DuckDBPyConnection, path: str, rows: str) -> list[_Reject]:
    """What DuckDB leaves out, by line. It counts rows for lines, but knows at which byte a row begins."""
    session.execute("drop table if exists bad_rows")
    session.execute("drop table if exists bad_scans")
    # every cell is looked at: what no one asks for is not converted
    session.execute(f"select count(columns(*)) from {rows}").fetchall()
    query = "select line_byte_position, error_type, error_message from bad_rows order by all"
    found = session.execute(query).fetchall()
    lines = _lines_at(path, [int(at) for at, *_ in found])
    return [_Reject(line, str(kind), str(said)) for line, (_, kind, said) in zip(lines, found, strict=True)]


def _lines_at(path: str, positions: Sequence[int]) -> Iterator[int]:
    """The lines in which these bytes are, which count from 1 and are in order."""
    with _opened(path) as file:
        before, feeds, returns = 0, 0, 0
        for position in positions:
            while before < position and (read := file.read(min(1 << 20, position - before))):
                before, feeds, returns = before + len(read), feeds + read.count(b"\n"), returns + read.count(b"\r")
            # where a line ends with CR LF, the row begins with its LF to DuckDB
            yield (feeds or returns) + 1


def _csv_reason(kind: str, said: str) -> str:
    columns = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", said)
    if columns:
        return f"{columns[2]} columns, and {columns[1]} in the header"
    if "quote" in said:
        return "a quoted value that does not end as one (a quote within it is written twice)"
    # DuckDB's own words quote the row
    return kind.lower()


def _not_utf8(path: str) -> Iterator[BadRow]:
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                yield BadRow(number, "not UTF-8")


def _other_endings(path: str) -> Iterator[BadRow]:
    """DuckDB does not say where lines end otherwise than the first does."""
    with _opened(path) as lines:
        first = b""
        for number, line in enumerate(lines, 1):
            first = first or _ending(line)
            if _ending(line) not in (first, b""):
                yield BadRow(number, f"ends with {_NAMES[_ending(line)]}, and the header with {_NAMES[first]}")
                return


_NAMES = {b"\r\n": "CR LF", b"\n": "LF"}


def _ending(line: bytes) -> bytes:
    return b"\r\n" if line.endswith(b"\r\n") else b"\n" if line.endswith(b"\n") else b""


def _json_rows(path: str) -> Sequence[BadRow]:
    try:
        with _opened(path) as lines:
            return tuple(
                BadRow(number, reason) for number, line in enumerate(lines, 1) if (reason := _json_reason(line))
            )
    except (OSError, EOFError):
        return ()


def _json_reason(line: bytes) -> str:
    try:
        if not line.strip():
            return ""
        if line.startswith(b"\xef\xbb\xbf"):
            return "begins with a byte order mark, which JSON does not have"
        value = json.loads(line.decode().rstrip("\r\n"), object_pairs_hook=_Object)
    except UnicodeDecodeError:
        return "not UTF-8"
    except json.JSONDecodeError as error:
        return f"no JSON: {error.msg.lower()} in column {error.colno}"
    except RecursionError:
        return "nested too deeply"
    except ValueError as error:
        return str(error)
    if not isinstance(value, _Object):
        return "not an object"
    if _is_cut(value):
        return "the half of a surrogate pair, which is no character"
    twice = sorted(name for name, times in Counter(name for name, _ in value).items() if times > 1)
    return f"the key `{twice[0]}` twice" if twice else ""


def _is_cut(value: object) -> bool:
    """Python reads half of a pair and keeps it; DuckDB reads none of the file."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


class _Object(list[tuple[str, Any]]):
    """An object's pairs, with keys that are there twice."""


def _odd_values(path: str, name: str) -> Iterator[int]:
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            value = json.loads(line).get(name) if line.strip() else None
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                yield number


def _opened(path: str) -> BufferedIOBase:
    """Raises ``OSError`` for a compression that is not of the standard library."""
    if path.endswith(".zst"):
        raise OSError(f"{path} is compressed")
    return gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")
