"""Text files made columnar: what one says is read once, and kept as Parquet under the content that it was read from.

Of each file no more is kept than the columns that the SLOs read, with the kinds of their cells as facts of the file.
A column's type is the meet of all files' kinds; a file that was read with a narrower one is read again with it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.settings import EventFormat, EventSource
from pytest_errorbudget.readers.events.files.bad_rows import odd_line, unreadable_text
from pytest_errorbudget.readers.events.files.columns import FileColumn, identifier, quoted
from pytest_errorbudget.readers.events.files.event_files import EventFiles, lacking, written_twice
from pytest_errorbudget.readers.events.files.fact import Fact, Written, decoded, encoded
from pytest_errorbudget.readers.events.files.hive import Hive, hive_of
from pytest_errorbudget.readers.events.files.kinds import MISFIT, NUMBERS, Cell, Kind, kinds_in, met, value
from pytest_errorbudget.readers.events.files.named import Named
from pytest_errorbudget.readers.events.files.text_file import TextFile, open_text
from pytest_errorbudget.readers.events.kept import Kept
from pytest_errorbudget.readers.result_cache import own_code

_HEAD = "limit 5000"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFiles:
    """The text files of one source in a session."""

    session: duckdb.DuckDBPyConnection
    root: Path
    source: EventSource
    kept: Kept
    named: Named

    def read(self, paths: Sequence[str]) -> tuple[EventFiles, tuple[FileColumn, ...], tuple[str, ...]]:
        """The files as Parquet, the columns in it, and the names of all columns that the files have. Raises
        ``Unreadable`` with file and line."""
        hive = hive_of(self.session, self.root, paths, self.named.keys)
        facts = {path: self._fact(path, hive) for path in paths}
        self._same_columns(facts)
        types = self._types(tuple(facts.values()), hive)
        columns = tuple(
            FileColumn(self.named.names[name], kind.value, self._odd(name, kind, facts)) for name, kind in types.items()
        )
        names = {name for fact in facts.values() if fact.file is not None for name in fact.file.names}
        return self._files(facts, types, hive), columns, tuple(sorted({*names, *hive.kinds}))

    def _files(self, facts: Mapping[str, Fact], types: Mapping[str, Kind], hive: Hive) -> EventFiles:
        def again() -> EventFiles:
            changed = {path: self._fact(path, hive) for path, fact in facts.items() if _seen(path) != fact.seen}
            return self._files({**facts, **changed}, types, hive) if changed else files

        files = EventFiles(
            paths=tuple(facts),
            parquet={path: self._made(path, fact, types, hive) for path, fact in facts.items()},
            contents={path: fact.content for path, fact in facts.items()},
            hive=hive.values if hive.kinds else {},
            options=("hive_partitioning = false",),
            schemas={},
            selects={},
            again=again,
        )
        return files

    def _fact(self, path: str, hive: Hive) -> Fact:
        seen = _seen(path)
        content = self.kept.digest(path) if self.kept.lasts else sha256((path, seen))
        named = tuple(map(tuple, (sorted(self.named.names), sorted(self.named.keys), sorted(hive.kinds))))
        name = (
            sha256((own_code(), duckdb.__version__, self.source.format.value, named, Path(path).suffix, content))
            + ".kinds"
        )
        known = self.kept.read(name, Written)
        if known is not None:
            return decoded(known, path, self.source.format, content, seen)
        fact = self._read(path, content, seen, hive)
        if _seen(path) != seen:
            # written to meanwhile: what was read counts, and is nothing to keep
            return replace(fact, content=sha256((content, "changed", _seen(path))))
        self.kept.write(name, encoded(fact))
        return fact

    def _read(self, path: str, content: str, seen: tuple[int, ...], hive: Hive) -> Fact:
        """The kinds of the first rows are tried on all; where they do not hold, the cells are counted."""
        file: TextFile | None = None
        try:
            file = open_text(self.session, path, self.source.format, self.named.names.values())
            if file is None:
                return Fact(content=content, seen=seen, file=None, kinds={})
            written_twice(self.source, self.root, self.named, path, file.header)
            cells = self._cells(file, hive)
            rows = self._rows(file)
            kinds = self._kinds(f"(select * from {rows} {_HEAD})", cells)
            fact = Fact(content=content, seen=seen, file=file, kinds=kinds)
            if self._holds(path, fact, hive):
                return fact
            return replace(fact, kinds=self._kinds(rows, cells))
        except duckdb.Error as error:
            raise self._unreadable(path, file, error) from None

    def _holds(self, path: str, fact: Fact, hive: Hive) -> bool:
        try:
            self._parquet(path, fact, self._types([fact], hive), hive)
        except duckdb.Error as error:
            if MISFIT in str(error):
                return False
            raise
        return True

    def _unreadable(self, path: str, file: TextFile | None, error: duckdb.Error) -> Exception:
        """A disk or a memory that is full says nothing about the file."""
        if isinstance(error, duckdb.OutOfMemoryException) or "No space left" in str(error):
            return error
        return Unreadable(unreadable_text(self.session, self.root, self.source, path, error, file))

    def _cells(self, file: TextFile, hive: Hive) -> dict[str, Cell]:
        over = {name.lower() for name in hive.kinds}
        found = {name: file.find(given) for name, given in self.named.names.items() if name not in over}
        return {
            name: file.cell(written, is_text=name in self.named.keys)
            for name, written in found.items()
            if written is not None
        }

    def _rows(self, file: TextFile) -> str:
        written = {name: file.find(given) for name, given in self.named.names.items()}
        columns = {name: one for name, one in written.items() if one is not None}
        return file.rows(columns.values(), [one for name, one in columns.items() if name in self.named.keys])

    def _kinds(self, rows: str, cells: Mapping[str, Cell]) -> dict[str, Kind]:
        looked_at = {name: cell for name, cell in cells.items() if name not in self.named.keys}
        found = kinds_in(self.session, rows, looked_at)
        return {name: found.get(name, Kind.TEXT) for name in cells}

    def _hive_kinds(self, hive: Hive) -> dict[str, Kind]:
        return {name.lower(): kind for name, kind in hive.kinds.items() if name.lower() in self.named.names}

    def _same_columns(self, facts: Mapping[str, Fact]) -> None:
        """Each CSV file says in its header which columns it has. Raises ``Unreadable`` where one lacks a column."""
        if self.source.format is EventFormat.CSV:
            headed = {path: set(fact.kinds) for path, fact in facts.items() if fact.file is not None}
            lacking(self.source, self.root, self.named, headed)

    def _types(self, facts: Sequence[Fact], hive: Hive) -> dict[str, Kind]:
        """The meet of all files; a column without a value is what predicates take it for."""
        partitioned = self._hive_kinds(hive)
        own = sorted({name for fact in facts for name in fact.kinds} - set(partitioned))
        kinds = {name: met(fact.kinds.get(name, Kind.NOTHING) for fact in facts) for name in own}
        empty = {name: self.named.compared.get(name, Kind.TEXT) for name in own if kinds[name] is Kind.NOTHING}
        # CSV has no quotes that tell text from numbers: a column of digits that is compared with text is text
        digits = {
            name: Kind.TEXT
            for name in own
            if self.source.format is EventFormat.CSV
            and kinds[name] in NUMBERS
            and self.named.compared.get(name) is Kind.TEXT
        }
        return dict(sorted({**kinds, **empty, **digits, **partitioned}.items()))

    def _odd(self, name: str, kind: Kind, facts: Mapping[str, Fact]) -> str:
        """Which cell made text of a column that a predicate takes for numbers."""
        wanted = self.named.compared.get(name)
        if kind is not Kind.TEXT or wanted not in NUMBERS or name in self.named.keys:
            return ""
        for path, fact in facts.items():
            written = None if fact.file is None else fact.file.find(self.named.names[name])
            if fact.file is not None and written is not None and fact.kinds.get(name) not in (*NUMBERS, Kind.NOTHING):
                line = odd_line(self.session, fact.file, written)
                shown = path.replace(f"{self.root}/", "")
                return "" if line is None else f": a cell in `{shown}`, line {line}, is no number"
        return ""

    def _made(self, path: str, fact: Fact, types: Mapping[str, Kind], hive: Hive) -> str:
        try:
            return self._parquet(path, fact, types, hive)
        except duckdb.Error as error:
            raise self._unreadable(path, fact.file, error) from None

    def _parquet(self, path: str, fact: Fact, types: Mapping[str, Kind], hive: Hive) -> str:
        """The path of the file's rows with these types; they are read from the text where no run has."""
        columns = tuple((self.named.names[name], kind.value) for name, kind in sorted(types.items()))
        read = (self.source.format.value, Path(path).suffix, fact.content, columns, tuple(hive.of(path).items()))
        name = sha256((own_code(), duckdb.__version__, read)) + ".rows"
        if not self.kept.has(name):
            with self.kept.place(name) as place:
                self.session.execute(
                    f"copy ({self._select(path, fact, types, hive)}) to {quoted(str(place))} (format parquet)"
                )
        return str(self.kept.folder / name)

    def _select(self, path: str, fact: Fact, types: Mapping[str, Kind], hive: Hive) -> str:
        partition = {name.lower(): written for name, written in hive.of(path).items()}
        cells = {} if fact.file is None else self._cells(fact.file, hive)
        values = ["1 as nothing"] if not types else []
        for name, kind in types.items():
            cell = _literal(partition[name]) if name in partition else cells.get(name)
            found = "null" if cell is None else _as(kind, fact.kinds.get(name, kind), cell)
            values.append(f"cast({found} as {kind.value}) as {identifier(self.named.names[name])}")
        if fact.file is None:
            return f"select {', '.join(values)} limit 0"
        return f"select {', '.join(values)} from {self._rows(fact.file)}"


def _as(kind: Kind, own: Kind, cell: Cell) -> str:
    """A column without a cell in this file is of any kind."""
    return value(Kind.NOTHING if own is Kind.NOTHING else kind, cell)


def _literal(written: str | None) -> Cell:
    text = "null::varchar" if written is None else f"{quoted(written)}::varchar"
    return Cell(text, text)


def _seen(path: str) -> tuple[int, ...]:
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
