"""PostgreSQL: counts the events of a table or view where they are. Nothing is copied out but the counts.

Each count is a transaction of its own, read only and with timeouts, so that the server can go on cleaning up behind
it. Text compares by its bytes (``COLLATE "C"``), whatever a column's or the database's collation is, and times are
those of UTC. No other columns are read than those that count.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import psycopg
from sqlglot import exp
from sqlglot.expressions import column, select

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, survey
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.ask import ask
from pytest_errorbudget.readers.events.asked import Asked
from pytest_errorbudget.readers.events.engines.postgres_session import transaction
from pytest_errorbudget.readers.events.engines.postgres_table import (
    TEXTS,
    PostgresTable,
    described,
    refuse_unreadable,
)
from pytest_errorbudget.readers.events.engines.recount import Windows, compare, windows_of
from pytest_errorbudget.readers.events.files.columns import FileColumn, since_first
from pytest_errorbudget.readers.events.paths import events_problem
from pytest_errorbudget.readers.events.reading import Recounted
from pytest_errorbudget.readers.events.tally import Row, Tally, tally
from pytest_errorbudget.readers.scratch.open import resolve_url

_TABLE = "errorbudget_events"
_HASHED = ("set local enable_hashagg = on", "set local enable_hashjoin = on")
_WAYS = (
    ("PostgreSQL, sorted and not hashed", ("set local enable_hashagg = off", "set local enable_hashjoin = off")),
    ("PostgreSQL, 1 process", (*_HASHED, "set local max_parallel_workers_per_gather = 0")),
)
_WHOLE = frozenset({"SMALLINT", "INTEGER", "BIGINT"})
_MOMENTS = frozenset({"TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "DATE"})
_NO_MORE = "294247-01-01"
"""What begins here, also ``infinity``, has more µs since 1970 than 64 bits hold."""


@dataclass(slots=True, kw_only=True)
class PostgresReading:
    """A table that stays where it is. ``first`` is what ``count`` gave, for ``again`` to compare with. ``columns`` are
    those that the question reads."""

    source: EventSource
    question: Question
    conninfo: str = field(repr=False)
    table: PostgresTable
    columns: tuple[FileColumn, ...]
    aggregation: Aggregation
    first: list[Row] = field(default_factory=list)

    def survey(self) -> list[Row]:
        return self._rows(survey(self.question, _TABLE))

    def count(self, as_of_us: int) -> Tally:
        self.first = self._rows(self.aggregation(self.question, _TABLE, as_of_us))
        return tally(self.question, self.first)

    def again(self, as_of_us: int) -> Recounted:
        """All ways see one state of the table. Where it is another than ``count`` saw, the first way is counted in it
        too: rows that came in between make no way of counting wrong."""
        query = self.aggregation(self.question, _TABLE, as_of_us)
        with transaction(self.source, self.conninfo) as connection:
            ways = [(way, self._windows(connection, query, settings)) for way, settings in _WAYS]
            found = compare(windows_of(self.question, self.first), ways)
            if not found.race_conditions:
                return found
            as_first = self._windows(connection, query, ("set local max_parallel_workers_per_gather to default",))
            return replace(compare(as_first, ways), race_conditions=found.race_conditions)

    def _rows(self, query: exp.Query) -> list[Row]:
        with transaction(self.source, self.conninfo) as connection:
            return self._answer(connection, query)

    def _windows(self, connection: psycopg.Connection[Row], query: exp.Query, settings: tuple[str, ...]) -> Windows:
        for setting in settings:
            connection.execute(setting.encode())
        return windows_of(self.question, self._answer(connection, query))

    def _answer(self, connection: psycopg.Connection[Row], query: exp.Query) -> list[Row]:
        for guard in self.table.guards:
            connection.execute(guard.encode())
        return connection.execute(postgres_text(query, self.table.name, self.columns).encode()).fetchall()


def postgres_reading(asked: Asked, source: EventSource) -> tuple[PostgresReading, tuple[Problem, ...]]:
    """The source's table, and a problem for each SLO that cannot be counted in it. Raises ``Unreadable``."""
    conninfo = resolve_url(source.url or "", asked.env, f"[[events]] {source.name}")
    with transaction(source, conninfo) as connection:
        table = described(connection, source)
    mine = tuple(slo for slo in asked.slos if slo.sli.events == source.name)
    question, problems = ask(source, mine, asked.tenants, table.columns, asked.window_us, micros=_micros)
    read = _read(question)
    columns = tuple(one for one in table.columns if one.name in read)
    refuse_unreadable(source, table, [one.name for one in columns])
    reading = PostgresReading(
        source=source,
        question=_with_one_text(question, columns),
        conninfo=conninfo,
        table=table,
        columns=columns,
        aggregation=asked.aggregation,
    )
    return reading, problems


def _read(question: Question) -> frozenset[str]:
    """The columns without which the question cannot be answered."""
    parts = [question.id, question.tenant, question.time_us, *([] if question.replica is None else [question.replica])]
    return frozenset({*question.mapped, *(one.name for part in parts for one in part.find_all(exp.Column))})


def _with_one_text(question: Question, columns: tuple[FileColumn, ...]) -> Question:
    """A numeric keeps how it was written, so that ``1.0`` and ``1.00`` are one id with two texts."""
    numeric = {one.name for one in columns if one.type == "DECIMAL"}
    if not isinstance(question.id, exp.Column) or question.id.name not in numeric:
        return question
    return replace(question, id=exp.Anonymous(this="trim_scale", expressions=[question.id]))


def postgres_text(query: exp.Query, table: str, columns: tuple[FileColumn, ...]) -> str:
    """The query over ``table``, written as PostgreSQL reads it, with all text in the order of its bytes."""
    rows = select(*(_bytewise(one) for one in columns)).from_(exp.to_table(table, dialect="postgres"))

    def placed(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table) and node.name == _TABLE:
            return rows.copy().subquery(_TABLE)
        if isinstance(node, exp.Cast) and node.is_type("text"):
            return _in_c(node.copy())
        return node

    return query.copy().transform(placed).sql(dialect="postgres")


def _bytewise(one: FileColumn) -> exp.Expr:
    named: exp.Expr = column(one.name, quoted=True)
    match one.type:
        case "VARCHAR":
            named = _in_c(exp.cast(named, "text"))
        case _ if one.type == TEXTS:
            named = _in_c(exp.cast(named, "text[]"))
    return named.as_(one.name, quoted=True)


def _in_c(text: exp.Expr) -> exp.Expr:
    return exp.Collate(this=text, expression=exp.to_identifier("C", quoted=True))


def _micros(source: EventSource, found: FileColumn) -> exp.Expr:
    """``extract`` gives a numeric, exact to the microsecond; a time that is infinite or beyond 64 bits is none."""
    named = column(found.name, quoted=True)
    if found.type in _WHOLE:
        return since_first(exp.cast(named, "bigint"))
    if found.type in _MOMENTS:
        seconds = exp.Extract(this=exp.var("EPOCH"), expression=named)
        whole = exp.cast(exp.paren(exp.Mul(this=seconds, expression=exp.Literal.number(1_000_000))), "bigint")
        finite = exp.and_(named.copy() > "-infinity", named.copy() < _NO_MORE)
        return exp.Case().when(finite, whole)
    raise Unreadable(
        events_problem(
            source,
            f"the time column `{found.name}` of the events `{source.name}` is {found.type}, which does not hold "
            "microseconds exactly",
            "make a view that gives it as a timestamp, or as whole microseconds since 1970 in UTC",
        )
    )
