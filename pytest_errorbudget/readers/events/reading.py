"""One source of events, open on the engine that counts it: what every engine offers to ``count_events``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pytest_errorbudget.model.counts import Recount
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.aggregation.query import Aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.tally import Row, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounted:
    """The recounts of one source. ``race_conditions`` are windows that changed between the two readings."""

    recounts: tuple[Recount, ...]
    race_conditions: int


class Reading(Protocol):
    """Every method raises ``Unreadable`` where the engine gives up."""

    @property
    def source(self) -> EventSource: ...

    @property
    def question(self) -> Question: ...

    def survey(self) -> list[Row]:
        """The rows of ``query.survey``."""

    def count(self, as_of_us: int) -> Tally:
        """What ``query.aggregation`` finds."""

    def again(self, as_of_us: int) -> Recounted:
        """The same count in other ways, compared with that of ``count``, which was asked before."""


Recounting = Callable[[Reading, int], Recounted]


def recount(reading: Reading, as_of_us: int) -> Recounted:
    """Determinism measured: the source counted again in every way that its engine has."""
    return reading.again(as_of_us)


def no_recount(_: Reading, __: int) -> Recounted:
    """In the place of ``recount``: count once."""
    return Recounted(recounts=(), race_conditions=0)


class Further(Protocol):
    """An engine that counts again what another one has read."""

    @property
    def name(self) -> str: ...

    def count(self, exported: Exported, as_of_us: int, aggregation: Aggregation) -> list[Row]:
        """The rows of the aggregation over the exported rows, by tenant and start. Raises ``Unreadable``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Rows with no more than the columns that count, for another engine to read: ``path`` is a Parquet file (the id
    is text, and no type is in it that an engine refuses), ``columns`` are (name, DuckDB's type)."""

    path: str
    columns: tuple[tuple[str, str], ...]
    source: EventSource
    question: Question
