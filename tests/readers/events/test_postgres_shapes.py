"""Tables of odd types, names and settings in PostgreSQL, held against the rules as plain Python says them."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from counted_tables import ask
from naive_events import SLOS, Values, Windows, expected, rows, said
from psycopg.conninfo import make_conninfo

from pytest_errorbudget.readers.events.reading import recount


def found(table: str, conninfo: str, **more: Any) -> tuple[Windows, int, int, int, dict[str, int]]:
    """What ``naive`` says, of a run's counts."""
    counts, problems = ask(table, conninfo, SLOS, **more)
    assert [problem.message for problem in problems] == []
    assert counts is not None
    assert all(way.windows == way.equal > 0 for way in counts.recounts)
    return said(counts)


@pytest.fixture
def base(connection: psycopg.Connection[Any], database: str) -> str:
    connection.execute(b"create extension citext")
    connection.execute(
        b"create table base (id text, tenant text, at timestamptz, status text, code int, ok bool, took numeric)"
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into base values (%s, %s, timestamptz 'epoch' + %s * interval '1 us', %s, %s, %s, %s::numeric)",
            [(name, tenant, at, *_sent(values)) for tenant, name, at, values in rows()],
        )
    return database


def _sent(values: Values) -> tuple[Any, ...]:
    took = values["took"]
    return values["status"], values["code"], values["ok"], None if took is None else str(float(took))


TEXTS = """
create table seen as select id::{0} as id, tenant::{0} as tenant, at, status::{0} as status, code, ok, took from base"""
SHAPES = {
    "citext": TEXTS.format("citext"),
    "domains of citext": "create domain one as citext; create domain two as one; " + TEXTS.format("two"),
    "another collation": TEXTS.format('text collate "unicode"'),
    "a domain in another collation": 'create domain one as text collate "unicode"; ' + TEXTS.format("one"),
    "name": TEXTS.format("name"),
    "domains of an enum": """
        create type one as enum ('ok', 'KO', 'OK', 'Ok', 'OK ', '', 'É', 'é');
        create domain two as one; create domain three as two;
        create table seen as select id, tenant, at, status::three as status, code, ok, took from base""",
    "domains of domains": """
        create domain i as int; create domain ii as i; create domain b as bool; create domain bb as b;
        create domain n as numeric; create domain nn as n; create domain t as timestamptz; create domain tt as t;
        create table seen as
        select id, tenant, at::tt as at, status, code::ii as code, ok::bb as ok, took::nn as took from base""",
    "whole numbers in the place of truths": """
        create table seen as select id, tenant, at, status, code::smallint as code, ok::int::bigint as ok,
        took::float8 as took from base""",
    "a generated column": """
        create table seen (id text, tenant text, at timestamptz, status text, code int, took numeric, given text,
            ok bool generated always as (given = 'yes') stored);
        insert into seen select id, tenant, at, status, code, took,
            case ok when true then 'yes' when false then 'no' end from base""",
    "a virtual column": """
        create table seen (id text, tenant text, at timestamptz, status text, code int, took numeric, given int,
            ok bool generated always as (given = 1) virtual);
        insert into seen select id, tenant, at, status, code, took, ok::int from base""",
    "a union of a table and a view": """
        create view one as select * from base where code < 300;
        create view seen as select * from one union all select * from base where code >= 300 or code is null""",
    "a table that others inherit from": """
        create table seen (like base); create table more () inherits (seen);
        insert into seen select * from base where code < 300;
        insert into more select * from base where code >= 300 or code is null""",
    "partitions of partitions": """
        create table seen (like base) partition by list (tenant);
        create table one partition of seen for values in ('acme', 'Acme') partition by range (at);
        create table two partition of one for values from (minvalue) to ('1970-01-01Z');
        create table three partition of one default; create table four partition of seen default;
        insert into seen select * from base""",
    "columns by the names that the query uses": """
        create table seen as select *, 1 as c0, 2 as b0, 3 as copies, 4 as place, 5 as time_us, 6 as start_us,
            7 as kinds, 8 as errorbudget_events, 9 as "we""ird %s %%" from base""",
    "names in capitals": """
        create table seen as
        select id as "ID", tenant as "Tenant", at as "AT", status as "Status", code, ok, took from base""",
    "columns that cannot be compared, and are not read": """
        create table seen as select *, '{}'::json as one, point(1, 2) as two from base""",
}


@pytest.mark.parametrize("made", SHAPES.values(), ids=SHAPES)
def test_how_a_table_is_made_does_not_matter(made: str, base: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(made.encode())
    assert found("seen", base) == expected()


def test_char_is_text_without_what_it_is_padded_with(base: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(TEXTS.format("char(30)").encode())
    assert found("seen", base) == expected(padded=True)


@pytest.mark.parametrize(
    ("made", "source"),
    [
        ('"Seen"', '"Seen"'),
        ("seen", "PUBLIC.SEEN"),
        ('"order"', "order"),
        ('"user"', "public.user"),
        ('"ev$1ä"', "ev$1ä"),
        ('"my.""events"""', '"my.""events"""'),
        ('"Über.all"."a b"', '"Über.all"."a b"'),
    ],
)
def test_a_table_of_an_odd_name(made: str, source: str, base: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(f'create schema "Über.all"; create table {made} as select * from base'.encode())
    assert found(source, base) == expected()


@pytest.mark.parametrize(
    "setting",
    [
        "jit = on",
        "work_mem = '64kB'",
        "max_parallel_workers = 0",
        "default_transaction_deferrable = on",
        "bytea_output = 'escape'",
        "intervalstyle = 'iso_8601'",
        "enable_hashjoin = off",
        "timezone = 'Pacific/Apia'",
        "row_security = off",
        "xmlbinary = 'hex'",
        "plan_cache_mode = 'force_generic_plan'",
    ],
)
def test_a_setting_of_the_database_does_not_matter(
    setting: str, base: str, connection: psycopg.Connection[Any]
) -> None:
    connection.execute(f"alter database {connection.info.dbname} set {setting}".encode())
    assert found("base", base, recounting=recount) == expected()


def test_a_transaction_timeout_of_the_role_does_not_end_a_count(base: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(b"create view slow as select base.* from base, lateral (select pg_sleep(0.6)) s limit 1")
    connection.execute(f"alter database {connection.info.dbname} set transaction_timeout = '500ms'".encode())
    assert found("slow", base)[2] <= 1


def test_a_text_that_is_written_as_more_bytes_elsewhere(base: str, scratch: Any) -> None:
    """A database of one byte a character: what is asked and what is answered goes through UTF-8."""
    with psycopg.connect(scratch.conninfo(scratch.maintenance), autocommit=True) as server:
        server.execute(b"create database latin encoding 'LATIN1' template template0 locale 'C'")
        try:
            latin = make_conninfo(scratch.conninfo(scratch.maintenance), dbname="latin")
            with psycopg.connect(base) as of, psycopg.connect(latin, client_encoding="utf8") as to:
                to.execute(
                    b"create table base (id text, tenant text, at timestamptz, status text, code int, ok bool, "
                    b"took numeric)"
                )
                with of.cursor().copy(b"copy base to stdout") as out, to.cursor().copy(b"copy base from stdin") as into:
                    for part in out:
                        into.write(part)
            assert found("base", latin) == expected()
        finally:
            server.execute(b"drop database latin with (force)")
