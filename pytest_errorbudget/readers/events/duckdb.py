"""DuckDB, the embedded engine: counts the events of files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.ask import ask
from pytest_errorbudget.readers.events.files import columns_of, open_table, unreadable
from pytest_errorbudget.readers.events.query import Aggregation, survey
from pytest_errorbudget.readers.events.question import Question
from pytest_errorbudget.readers.events.reading import Further, Recounted
from pytest_errorbudget.readers.events.recount import recount_files
from pytest_errorbudget.readers.events.session import session
from pytest_errorbudget.readers.events.tally import Row, aggregate, fetch, render

if TYPE_CHECKING:
    from pytest_errorbudget.readers.events.counting import Asked

_TABLE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """Files in a session of their own."""

    session: duckdb.DuckDBPyConnection
    root: Path
    source: EventSource
    question: Question
    threads: int
    aggregation: Aggregation
    further: tuple[Further, ...]

    def survey(self) -> list[Row]:
        with _read(self.root, self.source):
            return self.session.execute(render(survey(self.question, _TABLE))).fetchall()

    def count(self, as_of_us: int) -> list[Row]:
        with _read(self.root, self.source):
            aggregate(self.session, self.question, _TABLE, as_of_us, into="first", aggregation=self.aggregation)
            return fetch(self.session, "first")

    def again(self, as_of_us: int) -> Recounted:
        with _read(self.root, self.source):
            return recount_files(
                self.session,
                self.source,
                self.question,
                _TABLE,
                as_of_us,
                threads=self.threads,
                aggregation=self.aggregation,
                further=self.further,
            )


def file_reading(stack: ExitStack, asked: Asked, source: EventSource) -> tuple[FileReading, tuple[Problem, ...]]:
    """The source's files, and a problem for each SLO that cannot be counted in them. Raises ``Unreadable``."""
    opened = stack.enter_context(session(asked.threads, memory_mib=asked.memory_mib))
    mine = tuple(slo for slo in asked.slos if slo.sli.events == source.name)
    with _read(asked.root, source):
        open_table(opened, asked.root, source, _TABLE)
        question, problems = ask(source, mine, asked.tenants, columns_of(opened, _TABLE), asked.window_us)
    reading = FileReading(
        session=opened,
        root=asked.root,
        source=source,
        question=question,
        threads=asked.threads,
        aggregation=asked.aggregation,
        further=tuple(asked.further),
    )
    return reading, problems


@contextmanager
def _read(root: Path, source: EventSource) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise Unreadable(unreadable(root, source, error)) from None
