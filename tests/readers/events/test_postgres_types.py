"""Columns of odd types in PostgreSQL: which ids are one, which times are none, and what predicates say of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from counted_tables import ask
from naive_events import slo

from pytest_errorbudget.model.window import DAY_US
from pytest_errorbudget.readers.events.reading import recount


@pytest.fixture
def base(connection: psycopg.Connection[Any], database: str) -> str:
    connection.execute(b"create extension citext")
    return database


KNOWN = ("0001-01-01", "1582-10-10", "1969-12-31")


@pytest.mark.parametrize(
    ("kind", "beyond"),
    [
        ("timestamptz", ("infinity", "-infinity", "294276-12-31 23:59:59Z", "294247-01-01Z")),
        ("timestamp", ("infinity", "-infinity", "294276-12-31 23:59:59")),
        ("date", ("infinity", "-infinity", "5874897-12-31")),
    ],
)
def test_times_that_64_bits_do_not_hold_are_none(
    kind: str, beyond: tuple[str, ...], connection: psycopg.Connection[Any], database: str
) -> None:
    times = ", ".join(f"('{one}')" for one in ("4713-01-01 BC", *KNOWN, *beyond))
    connection.execute(
        f"create table seen as select row_number() over () as id, 'acme' as tenant, at::{kind}, 1 as code "
        f"from (values {times}) v (at)".encode()
    )
    counts, problems = ask("seen", database, (slo("ok", "code < 500"),))
    assert problems == ()
    assert counts is not None
    assert (counts.totals[0].events, counts.totals[0].without_time) == (4, len(beyond))
    starts = [start for one in counts.series for start in one.starts_us]
    days = [(date.fromisoformat(one) - date(1970, 1, 1)).days for one in KNOWN]
    assert starts[1:] == [day * DAY_US for day in days]
    assert starts[0] < starts[1]


IDS = {
    "bytea": ("bytea", ("\\x00", "\\x41", "\\x61", "\\x4100"), 4),
    "uuid": ("uuid", ("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc999c0b4ef8bb6d6bb9bd380a11"), 1),
    "numeric": ("numeric", ("1.0", "1.00", "1", "10", "0.10"), 3),
    "text": ("text", ("1.0", "1.00", "1", "10", "", " "), 6),
    "char": ("char(5)", ("a", "a ", "A"), 2),
    "texts": ("citext[]", ("{a,b}", "{A,b}", "{a,NULL}", "{}"), 4),
    "jsonb": ("jsonb", ('{"a": 1.0, "b": 2}', '{"b": 2, "a": 1.00}', '{"a": 1}'), 2),
    "inet": ("inet", ("10.0.0.1", "10.0.0.1/32", "::1"), 2),
    "a byte": ('"char"', ("a", "A"), 2),
    "json": ("json", ("{}", "{ }"), 2),
}


@pytest.mark.parametrize(("kind", "ids", "events"), IDS.values(), ids=IDS)
def test_ids_of_any_type(
    kind: str, ids: tuple[str, ...], events: int, base: str, connection: psycopg.Connection[Any]
) -> None:
    connection.execute(f"create table seen (id {kind}, tenant citext, at timestamptz, code int)".encode())
    with connection.cursor() as cursor:
        cursor.executemany(
            f"insert into seen values (%s::text::{kind}, 'acme', 'epoch', %s)".encode(),
            [(name, code) for name in ids for code in (200, 500)],
        )
    counts, problems = ask("seen", base, (slo("ok", "code < 500"),), recounting=recount)
    assert problems == ()
    assert counts is not None
    assert counts.totals[0].events == events
    assert all(way.windows == way.equal > 0 for way in counts.recounts)


def test_an_example_of_a_numeric_id_is_written_in_one_way(base: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        b"create table seen as select unnest(array[1.00, 1.0, 1.000, 1]) as id, 'acme' as tenant, "
        b"timestamptz 'epoch' as at, unnest(array[1, 2, 3, 4]) as code"
    )
    counts, _ = ask("seen", base, (slo("ok", "code < 500"),))
    assert counts is not None
    assert counts.totals[0].disagreeing_examples == ("acme: 1",)


THREE = "select 'i' || n as id, 'acme' as tenant, timestamptz 'epoch' as at, "


@pytest.mark.parametrize(
    ("rows", "good", "bad"),
    [
        (
            THREE + "(array['{ok}', '{OK}', '{Ok}'])[n]::citext[] as tags from generate_series(1, 3) n",
            "tags = '{ok}'",
            2,
        ),
        (THREE + "(array['o', 'O', 'k'])[n]::\"char\" as tag from generate_series(1, 3) n", "tag = 'ok'", 3),
        (THREE + "(array['OK', 'ok', 'O'])[n]::bytea as tag from generate_series(1, 3) n", "tag = 'OK'", 2),
        (THREE + "(array['{}', null, '1'])[n]::json as doc from generate_series(1, 3) n", "doc is null", 2),
        (THREE + "(array[1, 0, 5])[n] as ok from generate_series(1, 3) n", "ok", 1),
        (THREE + "(array[1, 0, null])[n] as ok from generate_series(1, 3) n", "coalesce(ok, false)", 2),
        (THREE + "(array[1, 0, null])[n] as ok from generate_series(1, 3) n", "ok is not true", 1),
        (THREE + "date '2026-01-01' + n as day from generate_series(1, 3) n", "day <= '2026-01-03'", 1),
    ],
)
def test_what_predicates_say_of_odd_types(
    rows: str, good: str, bad: int, base: str, connection: psycopg.Connection[Any]
) -> None:
    connection.execute(f"create table seen as {rows}".encode())
    counts, problems = ask("seen", base, (slo("one", good),))
    assert [problem.message for problem in problems] == []
    assert counts is not None
    assert sum(sum(one.bad) for one in counts.series) == bad


@pytest.mark.parametrize("moment", ["now", "today", "01.02.2026", "tomorrow 12:00"])
def test_a_clock_is_no_moment(moment: str, base: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute((f"create table base as {THREE} 200 as code from generate_series(1, 3) n").encode())
    counts, problems = ask("base", base, (slo("one", f"at < '{moment}'"), slo("other", "code < 500")))
    assert [problem.message for problem in problems] == [
        "the SLO `one` cannot be counted: the column `at` is a moment (TIMESTAMP WITH TIME ZONE) and is compared with "
        f"'{moment}': write it as ISO 8601, such as '2026-01-31' or '2026-01-31 12:00:00Z'"
    ]
    assert {one.slo for one in counts.series} == {"other"} if counts else False
