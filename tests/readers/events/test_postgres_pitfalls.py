"""What a table, a role, a database or a server may have that must not change a count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import no_recount, recount

FIVE = 5 * MINUTE_US
PREDICATES = (
    ("availability", "status < 500", "route <> '/health'"),
    ("order", "route < 'b'", None),
    ("backslash", r"route <> 'a\n'", None),
    ("accent", "route <> 'Ä'", None),
    ("null", "status = null or status < 500", None),
    ("speed", "latency <= 0.3", None),
)
SLOS = tuple(
    Slo(
        name=name,
        service="api",
        sli=Sli(events="requests", good=good, where=where, kind=SliKind.AVAILABILITY),
        objective=Fraction(999, 1000),
        period=Rolling(30 * DAY_US),
        span=Span("slo.yaml", 3),
    )
    for name, good, where in PREDICATES
)
EVENTS = r"""
create table events (event_id text, tenant_id text, occurred_at timestamptz, shard text,
    status int, latency real, route text);
insert into events
select (n % 97)::text, (array['a', 'B', 'ä'])[1 + n % 3],
    timestamptz '1969-12-31 23:00:00+00' + n % 89 * interval '3 minutes 7.000001 seconds', (n % 2)::text,
    (array[200, 404, 500, null])[1 + n % 7 % 4],
    (array[0.1, 0.3, 0.30000001, 'NaN', '-Infinity'])[1 + n % 11 % 5]::real,
    (array['/api', '/health', 'B', 'b', 'Ä', 'a\n', 'A', ''])[1 + n % 13 % 8]
from generate_series(1, 1000) n;
create role reader login;
grant select on events to reader;
"""


def ask(table: str, conninfo: str, **more: Any) -> tuple[Counts | None, tuple[Problem, ...]]:
    source = EventSource(
        name="requests",
        format=EventFormat.POSTGRES,
        paths=(table,),
        columns=EventColumns(replica="shard"),
        lateness_us=0,
        span=Span("errorbudget.toml", 7),
        url=conninfo,
    )
    given = {"as_of_us": 100 * FIVE, "recounting": no_recount, **more}
    return count_events(Path(), (source,), SLOS, ("a", "B", "ä"), window_us=FIVE, **given)


def counted(table: str, conninfo: str, **more: Any) -> Counts:
    counts, problems = ask(table, conninfo, **more)
    assert [str(problem) for problem in problems] == []
    assert counts is not None
    return counts


@pytest.fixture
def reader(connection: psycopg.Connection[Any], database: str) -> Iterator[str]:
    """A role that may read the table ``events``, and is gone with it."""
    connection.execute(EVENTS.encode())
    yield make_conninfo(database, user="reader")
    connection.execute(b"drop owned by reader; drop role reader")


@pytest.fixture
def plain(reader: str) -> Counts:
    """The right answer."""
    return counted("events", reader)


@pytest.mark.parametrize(
    "setting",
    [
        "timezone = 'America/St_Johns'",
        "datestyle = 'German, DMY'",
        "standard_conforming_strings = off",
        "transform_null_equals = on",
        "client_encoding = 'LATIN1'",
        "statement_timeout = '50ms'",
        "default_transaction_isolation = 'serializable'",
        "extra_float_digits = -15",
        "search_path = other, public",
        "enable_hashagg = off",
        "default_transaction_read_only = on",
    ],
)
def test_a_setting_of_the_role_does_not_matter(
    setting: str, reader: str, plain: Counts, connection: psycopg.Connection[Any]
) -> None:
    connection.execute(f"alter role reader set {setting}".encode())
    assert counted("public.events", reader) == plain


def test_a_role_that_may_write_nothing_not_even_a_temporary_table_counts_twice_over(
    reader: str, plain: Counts, connection: psycopg.Connection[Any]
) -> None:
    """What a read replica gives: all transactions are read only."""
    connection.execute(f"revoke temporary on database {connection.info.dbname} from public".encode())
    connection.execute(b"alter role reader set default_transaction_read_only = on")
    again = counted("events", reader, recounting=recount)
    assert (again.series, again.digest, again.totals) == (plain.series, plain.digest, plain.totals)
    assert all(way.equal == way.windows > 0 for way in again.recounts)


@contextmanager
def written_to(conninfo: str) -> Iterator[Callable[[], Any]]:
    """Rows written, files made and transactions that got a number, in all of the database."""
    with psycopg.connect(conninfo, autocommit=True) as connection:

        def seen() -> Any:
            connection.execute(b"select pg_stat_force_next_flush()")
            return connection.execute(
                b"select pg_current_xact_id(), (select count(*) from pg_class), "
                b"(select count(*) from pg_stat_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0)"
            ).fetchone()

        yield seen


# "unicode" orders `B` behind `a`; without ICU, a server cannot compare by it at all
TABLES = {
    "a view": "create view seen as select * from events",
    "a materialized view": "create materialized view seen as select * from events",
    "text in another collation": 'create table seen as select event_id, tenant_id collate "unicode" as tenant_id, '
    'occurred_at, shard, status, latency, route collate "unicode" as route from events',
    "partitions by time, and a default one": "create table seen (like events) partition by range (occurred_at); "
    "create table early partition of seen for values from (minvalue) to ('1970-01-01 01:00Z'); "
    "create table late partition of seen default; insert into seen select * from events",
    "partitions by tenant in several schemas": "create schema of_a; create table seen (like events) partition by "
    "list (tenant_id); create table of_a.seen partition of seen for values in ('a'); "
    "create table others partition of seen for values in ('B', 'ä'); insert into seen select * from events",
    "other types": "create type tenant as enum ('ä', 'a', 'B'); create domain way as varchar(20); "
    "create table seen as select event_id::bigint, tenant_id::tenant, occurred_at at time zone 'UTC' as occurred_at, "
    "shard::name, status::numeric(9, 3), latency::float8, route::way from events",
    "columns in another order, one dropped and one more": "create table seen as select route, latency, status, 1 as "
    "gone, shard, occurred_at, tenant_id, event_id, '{}'::jsonb as more from events; alter table seen drop column gone",
    "whole microseconds": "create table seen as select event_id, tenant_id, (extract(epoch from occurred_at) * "
    "1000000)::bigint as occurred_at, shard, status, latency, route from events",
}


@pytest.mark.parametrize("made", TABLES.values(), ids=TABLES)
def test_how_the_table_is_made_does_not_matter(
    made: str, reader: str, plain: Counts, connection: psycopg.Connection[Any]
) -> None:
    connection.execute(f"{made}; grant select on seen to reader".encode())
    found = counted("seen", reader)
    assert (found.series, found.digest) == (plain.series, plain.digest)
    assert found.totals == plain.totals


def test_nothing_is_written(reader: str, plain: Counts, database: str) -> None:
    with written_to(database) as seen:
        before = seen()
        assert counted("events", reader, recounting=recount).digest == plain.digest
        after = seen()
    # asking for the number of a transaction takes one
    assert (int(after[0]) - int(before[0]), after[1:]) == (1, before[1:])


def test_rows_that_row_level_security_hides_are_not_counted_in_part(
    reader: str, connection: psycopg.Connection[Any]
) -> None:
    connection.execute(b"alter table events enable row level security")
    connection.execute(b"create policy own on events using (tenant_id = 'a')")
    found, problems = ask("public.events", reader)
    assert found is None
    assert [(problem.rule.id, problem.message, problem.help) for problem in problems] == [
        (
            "events-unreadable",
            "row-level security hides rows of `public.events` from the role of `url`: the events `requests` would be "
            "counted in part",
            "give the role that reads it (a view's owner, where a view does) a policy `using (true)` or BYPASSRLS",
        )
    ]


@pytest.mark.parametrize(
    "policies",
    [
        "create policy everything on events for select to reader using (true)",
        "create policy own on events using (tenant_id = 'a'); create policy everything on events using (true)",
        "create policy everything on events using (true); create policy writing on events as restrictive for insert "
        "with check (tenant_id = 'a')",
        "alter role reader bypassrls",
    ],
)
def test_row_level_security_that_hides_nothing(
    policies: str, reader: str, plain: Counts, connection: psycopg.Connection[Any]
) -> None:
    connection.execute(f"alter table events enable row level security; {policies}".encode())
    assert counted("events", reader) == plain


def test_a_table_that_is_being_altered_is_not_waited_for(reader: str, database: str) -> None:
    with psycopg.connect(database) as altering:
        altering.execute(b"lock table events in access exclusive mode")
        found, problems = ask("events", reader)
    assert found is None
    assert [problem.message for problem in problems] == [
        "counting the events `requests` in `events` was given up: canceling statement due to lock timeout"
    ]
