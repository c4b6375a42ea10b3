"""A team's own SLI queries, and what in them decides whether two runs can answer alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.source import Span


class UseKind(Enum):
    """What a place of a query does."""

    CLOCK = "reads a clock"
    ROWS = "counts rows"
    SUM = "sums or averages a column"
    DIVISION = "divides what may be integers"
    UNTYPED = "compares an aggregate with a parameter without a type"
    STAR = "returns every column"
    DAY = "cuts a moment into days or hours without a time zone"
    INTERVAL = "reaches back by an interval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """``text`` is the place in SQL, ``columns`` the columns that it reads (without their table), ``seconds`` the length
    of an interval. Of a division, ``columns`` are those that are divided as they are, and ``summed`` those in a sum;
    what is counted is an integer whatever its type."""

    kind: UseKind
    text: str
    span: Span
    columns: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SliQuery:
    """One statement of a file. ``number`` counts the file's statements from 1.

    ``relation`` is the table that it reads (the first), ``compared`` the columns that WHERE compares, ``grouped`` those
    that GROUP BY names, ``time`` the column that WHERE compares with a moment. ``prepared`` is the statement with
    numbered parameters. ``unread`` says why a statement could not be read; the rest is empty then.
    """

    path: str
    number: int
    span: Span
    prepared: str | None = None
    schema: str | None = None
    relation: str | None = None
    compared: tuple[str, ...] = ()
    grouped: tuple[str, ...] = ()
    time: str | None = None
    uses: tuple[Use, ...] = ()
    unread: str | None = None
