"""PostgreSQL: counts the events of a table or view where they are. Nothing is copied out but the counts.

Each query is a transaction of its own, read only and with timeouts, so that the server can go on cleaning up behind
it. Text compares by its bytes (``COLLATE "C"``), whatever the database's collation is, and times are those of UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from sqlglot import exp
from sqlglot.expressions import column, select

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, survey
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.ask import ask
from pytest_errorbudget.readers.events.asked import Asked
from pytest_errorbudget.readers.events.engines.recount import compare, windows_of
from pytest_errorbudget.readers.events.files.columns import FileColumn, since_first
from pytest_errorbudget.readers.events.paths import events_problem
from pytest_errorbudget.readers.events.reading import Recounted
from pytest_errorbudget.readers.events.tally import Row, Tally, tally
from pytest_errorbudget.readers.scratch.open import resolve_url, unreachable

_TABLE = "errorbudget_events"
_CONNECT_TIMEOUT_S = 10
SAME_ANSWERS = (
    "timezone = 'UTC'",
    "standard_conforming_strings = on",
    "transform_null_equals = off",
)
"""Settings that change what a query finds, and that a role or a database may have otherwise."""

_SETTINGS = (
    *(f"set local {setting}" for setting in SAME_ANSWERS),
    "set local statement_timeout = '600s'",
    "set local lock_timeout = '2s'",
    "set local idle_in_transaction_session_timeout = '60s'",
    "set local work_mem = '64MB'",
    "set local jit = off",
)
_WAYS = (
    ("PostgreSQL, sorted and not hashed", ("set local enable_hashagg = off", "set local enable_hashjoin = off")),
    ("PostgreSQL, 1 process", ("set local max_parallel_workers_per_gather = 0",)),
)
_TYPES = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "numeric": "DECIMAL",
    "text": "VARCHAR",
    "varchar": "VARCHAR",
    "bpchar": "VARCHAR",
    "name": "VARCHAR",
    "citext": "VARCHAR",
    "uuid": "UUID",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
}
_WHOLE = frozenset({"SMALLINT", "INTEGER", "BIGINT"})
_COLUMNS = """
select a.attname, case when coalesce(b.typtype, t.typtype) = 'e' then 'text' else coalesce(b.typname, t.typname) end
from pg_catalog.pg_attribute a
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_type b on b.oid = t.typbasetype
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""
# Whether row-level security hides rows from this role: it is active, and no policy lets the role see every row.
_HIDDEN = """
with mine as (
    select p.polpermissive as permissive, coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') = 'true' as everything
    from pg_catalog.pg_policy p
    where p.polrelid = to_regclass(%(table)s) and p.polcmd in ('r', '*')
        and exists (select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'usage')))
select row_security_active(c.oid)
    and ((select count(*) from mine where permissive and everything) = 0
        or (select count(*) from mine where not permissive and not everything) > 0)
from pg_catalog.pg_class c where c.oid = to_regclass(%(table)s)
"""


@dataclass(slots=True, kw_only=True)
class PostgresReading:
    """A table that stays where it is. ``first`` is what ``count`` gave, for ``again`` to compare with."""

    source: EventSource
    question: Question
    conninfo: str = field(repr=False)
    columns: tuple[FileColumn, ...]
    aggregation: Aggregation
    first: list[Row] = field(default_factory=list)

    def survey(self) -> list[Row]:
        return self._rows(survey(self.question, _TABLE))

    def count(self, as_of_us: int) -> Tally:
        self.first = self._rows(self.aggregation(self.question, _TABLE, as_of_us))
        return tally(self.question, self.first)

    def again(self, as_of_us: int) -> Recounted:
        query = self.aggregation(self.question, _TABLE, as_of_us)
        ways = [(way, windows_of(self.question, self._rows(query, *settings))) for way, settings in _WAYS]
        return compare(windows_of(self.question, self.first), ways)

    def _rows(self, query: exp.Query, *settings: str) -> list[Row]:
        text = postgres_text(query, self.source.paths[0], self.columns)
        with _transaction(self.source, self.conninfo) as connection:
            for setting in settings:
                connection.execute(setting.encode())
            return connection.execute(text.encode()).fetchall()


def postgres_reading(asked: Asked, source: EventSource) -> tuple[PostgresReading, tuple[Problem, ...]]:
    """The source's table, and a problem for each SLO that cannot be counted in it. Raises ``Unreadable``."""
    conninfo = resolve_url(source.url or "", asked.env, f"[[events]] {source.name}")
    with _transaction(source, conninfo) as connection:
        described = connection.execute(_COLUMNS, (source.paths[0],)).fetchall()
        hidden = connection.execute(_HIDDEN, {"table": source.paths[0]}).fetchone()
    if not described:
        raise Unreadable(
            events_problem(
                source,
                f"the events `{source.name}` have no table: `{source.paths[0]}` is not there, or not for this role",
                "write it as `schema.table`, and let the role of `url` read it",
            )
        )
    if hidden is not None and hidden[0]:
        raise Unreadable(
            events_problem(
                source,
                f"row-level security hides rows of `{source.paths[0]}` from the role of `url`: the events "
                f"`{source.name}` would be counted in part",
                "give the role a policy `using (true)` or BYPASSRLS, or count a view whose owner sees all rows",
            )
        )
    columns = tuple(FileColumn(name, _TYPES.get(kind, kind.upper())) for name, kind in described)
    mine = tuple(slo for slo in asked.slos if slo.sli.events == source.name)
    question, problems = ask(source, mine, asked.tenants, columns, asked.window_us, micros=_micros)
    reading = PostgresReading(
        source=source, question=question, conninfo=conninfo, columns=columns, aggregation=asked.aggregation
    )
    return reading, problems


def postgres_text(query: exp.Query, table: str, columns: tuple[FileColumn, ...]) -> str:
    """The query over ``table``, written as PostgreSQL reads it, with all text in the order of its bytes."""
    rows = select(*(_bytewise(one) for one in columns)).from_(exp.to_table(table, dialect="postgres"))

    def placed(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table) and node.name == _TABLE:
            return rows.copy().subquery(_TABLE)
        return node

    return query.copy().transform(placed).sql(dialect="postgres")


def _bytewise(one: FileColumn) -> exp.Expr:
    named: exp.Expr = column(one.name, quoted=True)
    if one.type == "VARCHAR":
        named = exp.Collate(this=exp.cast(named, "text"), expression=exp.to_identifier("C", quoted=True))
    return named.as_(one.name, quoted=True)


def _micros(source: EventSource, found: FileColumn) -> exp.Expr:
    """``extract`` gives a numeric, exact to the microsecond; an infinite time is none."""
    named = column(found.name, quoted=True)
    if found.type in _WHOLE:
        return since_first(exp.cast(named, "bigint"))
    if found.type in {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "DATE"}:
        seconds = exp.Extract(this=exp.var("EPOCH"), expression=named)
        whole = exp.cast(exp.paren(exp.Mul(this=seconds, expression=exp.Literal.number(1_000_000))), "bigint")
        return exp.Case().when(exp.Anonymous(this="isfinite", expressions=[named.copy()]), whole)
    raise Unreadable(
        events_problem(
            source,
            f"the time column `{found.name}` of the events `{source.name}` is {found.type}, which does not hold "
            "microseconds exactly",
            "make a view that gives it as a timestamp, or as whole microseconds since 1970 in UTC",
        )
    )


@contextmanager
def _transaction(source: EventSource, conninfo: str) -> Iterator[psycopg.Connection[Row]]:
    """A short read-only transaction of its own. Raises ``Unreadable``; the password is in no message."""
    try:
        with psycopg.connect(
            conninfo,
            application_name="pytest-errorbudget",
            connect_timeout=_CONNECT_TIMEOUT_S,
            client_encoding="utf8",
            prepare_threshold=None,
        ) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            for setting in _SETTINGS:
                connection.execute(setting.encode())
            yield connection
    except psycopg.OperationalError as error:
        if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
            raise Unreadable(_given_up(source, error)) from None
        raise Unreadable(unreachable(f"[[events]] {source.name}", conninfo, error)) from None
    except psycopg.Error as error:
        raise Unreadable(_refused(source, error)) from None


def _given_up(source: EventSource, error: psycopg.Error) -> Problem:
    return events_problem(
        source,
        f"counting the events `{source.name}` in `{source.paths[0]}` was given up: {error.diag.message_primary}",
        "count a view over the last days, a replica without other work, or a table of counts",
    )


def _refused(source: EventSource, error: psycopg.Error) -> Problem:
    return events_problem(
        source,
        f"the events `{source.name}` cannot be read from `{source.paths[0]}`: {error.diag.message_primary or error}",
        "see that the role of `url` may read the table, and that the predicates fit its columns",
    )
