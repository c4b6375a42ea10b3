"""A team's own SLI queries, and what in them decides whether two runs can answer alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.source import Span

_NUMBER = re.compile(r"\$(\d+)")


class UseKind(Enum):
    """What a place of a query does."""

    CLOCK = "reads a clock"
    OPEN = "bounds a moment below and not above"
    ROWS = "counts rows"
    DISTINCT_ROWS = "counts rows that were made distinct"
    SUM = "sums or averages a column"
    DIVISION = "divides what may be integers"
    UNTYPED = "compares an aggregate with a parameter without a type"
    STAR = "returns every column"
    DAY = "cuts a moment into days or hours without a time zone"
    ZONELESS = "is a moment without a time zone"
    INTERVAL = "reaches back by an interval"
    ARBITRARY = "leaves it open which rows it takes"
    CLOSED = "holds a value between two, both included"
    ZOOM = "is as wide as a dashboard is zoomed"
    WRAPPED = "compares what is computed of a column"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """``text`` is the place in SQL, ``columns`` the columns that it reads (without their table), ``seconds`` the length
    of an interval. Of rows that were made distinct, ``columns`` are what they are distinct by; of a clock, what a word
    such as ``'today'`` is compared with. Of a division they are those that are divided as they are, and ``summed``
    those in a sum; what is counted is an integer whatever its type."""

    kind: UseKind
    text: str
    span: Span
    columns: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class TableName:
    """As the query writes it: ``schema`` is ``None`` where the search path decides."""

    schema: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SliSelect:
    """One SELECT of a query that reads tables itself.

    ``compared`` are the columns that WHERE, a join or a FILTER compares, ``grouped`` those by which it groups, is
    distinct or partitions a window, ``returned`` those that it returns as they are. ``is_inner`` where another SELECT
    reads what it returns.
    """

    span: Span
    tables: tuple[TableName, ...]
    compared: tuple[str, ...] = ()
    grouped: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    is_inner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SliGround:
    """What is known of the table of events that a query reads.

    ``columns`` are (name, name of the type). ``event`` is the column that the copies of an event share, ``None`` where
    there are no copies; ``tenant`` says whose an event is, ``time`` when it was.
    """

    relation: TableName | None
    columns: tuple[tuple[str, str], ...]
    is_partitioned: bool
    event: str | None
    tenant: str | None
    time: str | None
    window_s: int

    def type(self, column: str) -> str | None:
        return dict(self.columns).get(column)


@dataclass(frozen=True, slots=True, kw_only=True)
class SliProposal:
    """A query with numbered parameters, and what the team would write for each of them."""

    sql: str
    parameters: tuple[str, ...]

    @property
    def shown(self) -> str:
        """As the team would write it. A ``?`` stays a number: what it stands for is used more than once."""
        names = dict(enumerate(self.parameters, 1))
        return _NUMBER.sub(lambda found: _written(names.get(int(found[1]), "?"), found[0]), self.sql)


def _written(name: str, number: str) -> str:
    return number if name in {"?", "%s"} else name


@dataclass(frozen=True, slots=True, kw_only=True)
class SliQuery:
    """One statement of a file. ``number`` counts the file's statements from 1.

    ``written`` is the statement with numbered parameters, ``parameters`` what the team writes for each; ``meant`` is
    how it was read, ``planned`` the same with a parameter for each clock. ``outer`` are the columns that SELECTs
    without a table of their own compare or group by. ``time`` is the column that is compared with a moment.
    ``proposal`` asks the same in a way that every run answers alike, ``None`` where no rewriting is known; ``narrowed``
    asks it of one tenant and range besides, where only that leaves partitions out. ``places`` are where the tokens of
    ``written`` stand in the file, by where they begin. ``unread`` says why a statement could not be read; the rest is
    empty then.
    """

    path: str
    number: int
    span: Span
    written: str | None = None
    meant: str | None = None
    planned: str | None = None
    parameters: tuple[str, ...] = ()
    selects: tuple[SliSelect, ...] = ()
    outer: tuple[str, ...] = ()
    time: str | None = None
    uses: tuple[Use, ...] = ()
    proposal: SliProposal | None = None
    narrowed: SliProposal | None = None
    places: tuple[tuple[int, Span], ...] = ()
    unread: str | None = None

    @property
    def place(self) -> str:
        """By which findings and allowances call it."""
        return f"{self.path}::sli.{self.number}"

    def at(self, offset: int | None) -> Span:
        """Where a character of ``written`` stands, as far as its token says."""
        before = [place for start, place in self.places if offset is not None and start <= offset]
        return before[-1] if before else self.span

    @property
    def tables(self) -> tuple[TableName, ...]:
        """Those that it reads, each once, in their order."""
        return tuple(dict.fromkeys(table for select in self.selects for table in select.tables))
