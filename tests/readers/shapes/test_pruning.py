"""How many partitions PostgreSQL would read for a query, by its own plans."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from pytest_errorbudget.model.partition_reads import PartitionReads, PlannedReads, Pruning
from pytest_errorbudget.readers.shapes.pruning import plan_reads

_SCHEMA = """
create table ev (tenant text, at timestamptz not null, id uuid, status int, primary key (tenant, at, id))
    partition by list (tenant);
create table ev_a partition of ev for values in ('a') partition by range (at);
create table ev_a1 partition of ev_a for values from ('2026-01-01') to ('2026-02-01');
create table ev_a2 partition of ev_a for values from ('2026-02-01') to ('2026-03-01');
create table ev_b partition of ev for values in ('b');
create table ev_rest partition of ev default;
create table months (tenant text, at timestamptz not null) partition by range (at);
create table months_1 partition of months for values from ('2026-01-01') to ('2026-02-01');
create table months_2 partition of months for values from ('2026-02-01') to ('2026-03-01');
create table days (day date not null, n int) partition by range (day);
create table days_1 partition of days for values from ('2026-01-01') to ('2026-01-02');
create table days_2 partition of days for values from ('2026-01-02') to ('2026-01-03');
create table numbered (n bigint not null) partition by range (n);
create table numbered_1 partition of numbered for values from (0) to (1000);
create table numbered_2 partition of numbered for values from (1000) to (2000);
create table later (at timestamptz not null) partition by range (at);
create table hashed (tenant uuid not null) partition by hash (tenant);
create table hours (at timestamptz not null) partition by list (date_trunc('hour', at, 'UTC'));
create table tenants (id text primary key, name text);
create view recent as select * from months where at >= '2026-02-01';
create type level as enum ('low', 'high');
create domain slug as text check (value ~ '^[a-z]+$');
create table typed (l level, s slug, a text[], j jsonb, at timestamptz) partition by range (at);
create table typed_1 partition of typed for values from ('2026-01-01') to ('2026-02-01');
create table typed_2 partition of typed for values from ('2026-02-01') to ('2026-03-01');
"""
Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def prepared(connection: Connection) -> Connection:
    connection.execute(_SCHEMA)
    connection.execute("begin")
    return connection


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        # a value for the key
        ("select 1 from ev where tenant = $1", "ev 1 of 4"),
        ("select 1 from ev where tenant in ($1, $2)", "ev 1 of 4"),
        ("select 1 from ev where tenant = any($1)", "ev 1 of 4"),
        ("select 1 from ev where tenant = current_setting('app.tenant', true)", "ev 0 of 4"),
        ("select 1 from ev where at >= $1 and at < $2", "ev 2 of 4"),
        ("select 1 from ev where at >= $1", "ev 2 of 4"),
        ("select 1 from ev where $1::text is null or tenant = $1", "ev 1 of 4"),
        ("select 1 from months where at > $1::timestamptz - interval '5 minutes' and at <= $1", "months 1 of 2"),
        ("select 1 from months where at > $1::timestamptz - interval '90 days'", "months 0 of 2"),
        ("select 1 from months where at between $1 and $2", "months 1 of 2"),
        ("select 1 from recent where tenant = $1", "months 1 of 2"),
        ("select 1 from days where day >= $1::date", "days 1 of 2"),
        ("select 1 from numbered where n >= $1 and n < $2", "numbered 0 of 2"),
        ("select 1 from hours where date_trunc('hour', at, 'UTC') = $1", "no partitions"),
        ("select 1 from typed where l = $1 and s = $2 and a = $3 and j = $4 and at >= $5", "typed 1 of 2"),
        # none
        ("select tenant, count(*) from ev group by tenant", "ev 4 of 4"),
        ("select 1 from ev where status >= $1 and status < $1", "ev 4 of 4"),
        ("select 1 from ev where lower(tenant) = $1", "ev 4 of 4"),
        ("select 1 from ev where tenant = $1 or status = $2", "ev 4 of 4"),
        ("select 1 from ev where tenant = $1 union all select 1 from ev", "ev 4 of 4"),
        ("select 1 from months where at::date = $1", "months 2 of 2"),
        ("select 1 from months where date_trunc('hour', at) >= $1", "months 2 of 2"),
        ("select 1 from months where at + interval '1 hour' > $1", "months 2 of 2"),
        ("select 1 from months where at > clock_timestamp() - interval '5 minutes'", "months 2 of 2"),
        ("select 1 from recent where at::date = $1", "months 1 of 2"),
        ("select 1 from numbered where n >= $1::numeric", "numbered 2 of 2"),
        # while it runs
        ("select 1 from ev where tenant = (select id from tenants where name = $1)", "ev 4 of 4 running"),
        ("select 1 from ev join tenants t on t.id = ev.tenant where t.name = $1", "ev 4 of 4 joining"),
        ("select 1 from ev where tenant in (select id from tenants where name = $1)", "ev 4 of 4 joining"),
        # partitions that are made to see it
        ("select 1 from later where at >= $1 and at < $2", "later 0 of 2 made"),
        ("select 1 from later where at::date = $1", "later 2 of 2 made"),
        ("select 1 from hashed where tenant = $1", "hashed 1 of 2 made"),
        ("select 1 from hashed", "hashed 2 of 2 made"),
        # several tables
        ("select 1 from ev, months m where ev.tenant = $1 and m.at > ev.at", "ev 1 of 4, months 2 of 2"),
        # none that is partitioned, or none at all
        ("select 1 from tenants", ""),
        ("select nothing", ""),
    ],
)
def test_partitions_that_are_read(prepared: Connection, sql: str, read: str) -> None:
    (reads,) = plan_reads(prepared, [[sql]])
    if read == "no partitions":
        assert reads.unplanned == "`hours` has no two partitions, and none could be made to see a plan"
        assert reads.tables == ()
        return
    assert reads.unplanned is None
    assert ", ".join(_text(table) for table in reads.tables) == read


def _text(table: PartitionReads) -> str:
    when = {Pruning.WHILE_RUNNING: " running", Pruning.BY_JOIN: " joining"}.get(table.pruning, "")
    return f"{table.relation} {table.read} of {table.of}{when}{' made' if table.made else ''}"


def test_a_table_with_its_keys(prepared: Connection) -> None:
    assert plan_reads(prepared, [["select 1 from ev where tenant = $1"]]) == (
        PlannedReads(
            tables=(
                PartitionReads(
                    schema="public",
                    relation="ev",
                    keys=("at", "tenant"),
                    read=1,
                    of=4,
                    pruning=Pruning.AT_START,
                ),
            )
        ),
    )


def test_the_first_way_that_is_taken_is_planned(prepared: Connection) -> None:
    ways = [
        "select interval 5 minute",
        "select 1 from months where at::date = $1",
        "select 1 from months where at = $1",
    ]
    ((table,),) = (reads.tables for reads in plan_reads(prepared, [ways]))
    assert _text(table) == "months 2 of 2"


def test_what_no_value_can_be_planned_for_is_said(prepared: Connection) -> None:
    (reads,) = plan_reads(prepared, [["select 1 from months where 1 / ($1::int - $1::int) = 1"]])
    assert reads == PlannedReads(
        unplanned="PostgreSQL makes no plan of it for values that were tried: division by zero"
    )


def test_nothing_is_left_behind(prepared: Connection) -> None:
    plan_reads(prepared, [["select 1 from later"], ["select nothing"], ["select 1 from months where 1 / ($1 - 1) = 1"]])
    assert prepared.execute("select count(*) from pg_class where relname like 'errorbudget%'").fetchone() == (0,)
    assert prepared.execute("show enable_partition_pruning").fetchone() == ("on",)
    assert prepared.execute("show enable_hashjoin").fetchone() == ("on",)
    assert prepared.execute("show debug_print_plan").fetchone() == ("off",)


def test_a_table_without_partitions_leaves_no_plan_of_what_is_joined_with_it(prepared: Connection) -> None:
    (reads,) = plan_reads(prepared, [["select 1 from recent r, hours h where r.at = h.at"]])
    assert reads == PlannedReads(unplanned="`hours` has no two partitions, and none could be made to see a plan")
