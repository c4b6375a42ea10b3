"""Files of events as DuckDB reads them: their columns, and how each becomes text or µs."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import duckdb
from sqlglot import exp
from sqlglot.expressions import column

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.settings import EventFormat, EventSource
from pytest_errorbudget.readers.events.paths import events_problem
from pytest_errorbudget.readers.events.session import SPILL

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_WIDE_INTEGERS = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT"})
_NO_NAME = re.compile(r"[\d+-]")
NUMBERS = _INTEGERS | _WIDE_INTEGERS | {"FLOAT", "REAL", "DOUBLE"}


_FIRST_US = -9_000_000_000_000_000_000
"""More than a window, 7000 years, after the least integer of 64 bits."""
_ROOM = (SPILL, "temporary directory", "No space left on device")
"""In what DuckDB and the system say where a folder or a disk for what is spilled is missing or full."""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column by its own name, and its type as DuckDB writes it. ``odd`` says which cell made it text, if that is
    known."""

    name: str
    type: str
    odd: str = field(default="", repr=False, compare=False)


def columns_of(session: duckdb.DuckDBPyConnection, table: str) -> tuple[FileColumn, ...]:
    described = session.execute(f"describe select * from {table}").fetchall()
    return tuple(FileColumn(str(row[0]), str(row[1])) for row in described)


def unreadable(root: Path, source: EventSource, error: Exception, path: str | None = None) -> Problem:
    """DuckDB's own words, or the system's, on a file that could not be read or a value that could not be converted;
    ``path`` is the file, where it is known."""
    first = str(error).strip().split("\n", 1)[0].replace(f"{root}/", "")
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    if full or isinstance(error, duckdb.OutOfMemoryException) or any(word in first for word in _ROOM):
        return _without_room(source, first)
    return events_problem(
        source,
        f"the events `{source.name}` cannot be read: {'' if path is None else _named(root, path, first)}{first}",
        f"check that every file below {', '.join(f'`{path}`' for path in source.paths)} is whole and is "
        f"{source.format.value}",
    )


def _named(root: Path, path: str, said: str) -> str:
    shown = path.replace(f"{root}/", "")
    return "" if shown in said else f"`{shown}`: "


def _without_room(source: EventSource, said: str) -> Problem:
    named = re.sub(rf'"?[^\s"]*{SPILL}[^\s"]*"?', "a temporary file", said)
    return events_problem(
        source,
        f"there is no room to count the events `{source.name}`: {named}",
        "raise `memory` in the settings, or make room in the temporary folder, to which is spilled what does not fit "
        "(the variable TMPDIR names another one)",
    )


def quoted(text: str) -> str:
    return exp.Literal.string(text).sql(dialect="duckdb")


def identifier(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect="duckdb")


def find(source: EventSource, columns: tuple[FileColumn, ...], name: str, use: str) -> FileColumn:
    """The column called ``name``, else in any case. Raises ``Unreadable`` with the nearest names."""
    exact = [one for one in columns if one.name == name]
    near = exact or [one for one in columns if one.name.lower() == name.lower()]
    if near:
        return near[0]
    message = f"the events `{source.name}` have no column `{name}`, {use}"
    raise Unreadable(events_problem(source, message, _instead(source, [one.name for one in columns], name)))


def _instead(source: EventSource, names: list[str], name: str) -> str:
    """The nearest names; of a file without a header they are what its first row holds, which is not shown."""
    if source.format is EventFormat.CSV and any(_NO_NAME.match(one) for one in names):
        return (
            "is the header missing? The first line of a CSV file names its columns, and what stands there begins with "
            "a digit or a sign: write a header, such as `event_id,tenant_id,occurred_at,status`"
        )
    close = get_close_matches(name, names, n=3) or names
    nearest = f"the nearest columns are {', '.join(f'`{one}`' for one in close)}"
    return nearest if close else "the files hold nothing, not even the names of columns"


def as_text(found: FileColumn) -> exp.Expr:
    named = column(found.name, quoted=True)
    return named if found.type == "VARCHAR" else exp.cast(named, "text")


def as_micros(source: EventSource, found: FileColumn) -> exp.Expr:
    """The event's time in whole µs since the Unix epoch; a timestamp without zone is UTC. Raises ``Unreadable`` for a
    type that cannot hold one exactly."""
    named = column(found.name, quoted=True)
    if found.type in {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_S", "DATE"}:
        return exp.Anonymous(this="epoch_us", expressions=[_whole(found, named)])
    if found.type in {"TIMESTAMP_NS", "TIMESTAMPTZ_NS"}:
        return _floored_nanoseconds(named)
    if found.type == "VARCHAR":
        moment = exp.TryCast(this=named, to=exp.DataType.build("timestamptz"))
        return exp.Anonymous(this="epoch_us", expressions=[moment])
    if found.type in _INTEGERS:
        return since_first(exp.cast(named, "bigint"))
    if found.type in _WIDE_INTEGERS or (found.type.startswith("DECIMAL(") and found.type.endswith(",0)")):
        # what 64 bits cannot hold is no time
        return since_first(exp.TryCast(this=named, to=exp.DataType.build("bigint")))
    raise Unreadable(
        events_problem(
            source,
            f"the time column `{found.name}` of the events `{source.name}` is {found.type}, which does not hold "
            "microseconds exactly",
            "write it as a timestamp, or as whole microseconds since 1970 in UTC",
        )
    )


def since_first(micros: exp.Expr) -> exp.Expr:
    """A whole number of µs as a time; one whose window could begin before what 64 bits hold is no time."""
    first = exp.Literal.number(_FIRST_US)
    return exp.Case().when(exp.GTE(this=micros, expression=first), micros.copy())


def _whole(found: FileColumn, named: exp.Expr) -> exp.Expr:
    if found.type in {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP"}:
        return named
    return exp.cast(named, "timestamp", dialect="duckdb")


def _floored_nanoseconds(named: exp.Expr) -> exp.Expr:
    """``//`` truncates towards zero, so the remainder is made positive and taken off first."""
    nanoseconds = exp.Anonymous(this="epoch_ns", expressions=[named])
    thousand = exp.Literal.number(1000)
    rest = exp.Mod(this=exp.paren(exp.Mod(this=nanoseconds, expression=thousand) + 1000), expression=thousand.copy())
    return exp.IntDiv(this=exp.paren(nanoseconds.copy() - exp.paren(rest)), expression=thousand.copy())
