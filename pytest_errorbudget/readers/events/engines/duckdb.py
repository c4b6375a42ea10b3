"""DuckDB, the embedded engine: counts the events of files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.settings import EventFormat, EventSource
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.ask import ask
from pytest_errorbudget.readers.events.asked import Asked
from pytest_errorbudget.readers.events.engines.listed import tally_of
from pytest_errorbudget.readers.events.engines.recount import recount_files
from pytest_errorbudget.readers.events.files.broken import broken_file
from pytest_errorbudget.readers.events.files.columnar import TextFiles
from pytest_errorbudget.readers.events.files.columns import FileColumn, unreadable
from pytest_errorbudget.readers.events.files.event_files import EventFiles
from pytest_errorbudget.readers.events.files.named import named
from pytest_errorbudget.readers.events.files.parquet import ParquetFiles
from pytest_errorbudget.readers.events.kept import Kept
from pytest_errorbudget.readers.events.paths import files_of
from pytest_errorbudget.readers.events.reading import Further, Recounted
from pytest_errorbudget.readers.events.session import session
from pytest_errorbudget.readers.events.slices.sliced import TABLE, Sliced
from pytest_errorbudget.readers.events.tally import Row, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """Files in a session of their own."""

    root: Path
    source: EventSource
    sliced: Sliced
    threads: int
    further: tuple[Further, ...]

    @property
    def question(self) -> Question:
        return self.sliced.question

    def survey(self) -> list[Row]:
        with self._read():
            return self.sliced.survey()

    def count(self, as_of_us: int) -> Tally:
        with self._read():
            self.sliced.count(as_of_us, "first")
            return tally_of(self.sliced.session, self.question, "first")

    def again(self, as_of_us: int) -> Recounted:
        with self._read():
            sliced = replace(self.sliced, files=self.sliced.files.again())
            return recount_files(sliced, self.source, as_of_us, threads=self.threads, further=self.further)

    def _read(self) -> AbstractContextManager[None]:
        return _read(self.root, self.source, self.sliced.session)


def file_reading(stack: ExitStack, asked: Asked, source: EventSource) -> tuple[FileReading, tuple[Problem, ...]]:
    """The source's files, and a problem for each SLO that cannot be counted in them. Raises ``Unreadable``."""
    with _read(asked.root, source):
        opened = stack.enter_context(session(asked.threads, memory_mib=asked.memory_mib))
    mine = tuple(slo for slo in asked.slos if slo.sli.events == source.name)
    folder = asked.kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pytest-errorbudget-slices-")))
    kept = Kept(folder, lasts=asked.kept is not None)
    if kept.lasts:
        # not before the end: the recount reads what the count has kept
        stack.callback(kept.forget_oldest)
    with _read(asked.root, source, opened):
        files, columns, names = _files(opened, asked.root, source, mine, kept)
        question, problems = ask(source, mine, asked.tenants, (*columns, *names), asked.window_us)
        opened.execute(f"create or replace temp view {TABLE} as select * from {files.table(files.paths)}")
    sliced = Sliced(
        session=opened,
        source=source,
        question=question,
        files=files,
        columns=columns,
        aggregation=asked.aggregation,
        kept=kept,
        slice_rows=asked.slice_rows,
        told=asked.told,
    )
    further = tuple(asked.further)
    return FileReading(root=asked.root, source=source, sliced=sliced, threads=asked.threads, further=further), problems


def _files(
    opened: duckdb.DuckDBPyConnection, root: Path, source: EventSource, slos: Sequence[Slo], kept: Kept
) -> tuple[EventFiles, tuple[FileColumn, ...], tuple[FileColumn, ...]]:
    """The files, the columns that can be asked of them, and those that are there and that nobody asks for."""
    paths, wanted = files_of(root, source), named(source, slos)
    if source.format is EventFormat.PARQUET:
        files, columns = ParquetFiles(session=opened, root=root, source=source, named=wanted).read(paths)
        return files, columns, ()
    text = TextFiles(session=opened, root=root, source=source, kept=kept, named=wanted)
    files, columns, names = text.read(paths)
    unused = tuple(FileColumn(name, "VARCHAR") for name in names if name.lower() not in wanted.names)
    return files, columns, unused


@contextmanager
def _read(root: Path, source: EventSource, opened: duckdb.DuckDBPyConnection | None = None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unreadable(unreadable(root, source, error)) from None
    except duckdb.Error as error:
        asked = opened is not None and source.format is EventFormat.PARQUET
        broken = broken_file(opened, files_of(root, source), error) if opened is not None and asked else None
        path, own = broken or (None, error)
        raise Unreadable(unreadable(root, source, own, path)) from None
