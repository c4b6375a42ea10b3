"""Reads of partitions beside a service that migrates them: no torn schema, and no DDL that waits for us."""

from __future__ import annotations

from typing import Any

import psycopg
from live_database import core, meanwhile

from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.snapshot import PartitionState
from pytest_errorbudget.model.tenant import InPartition
from pytest_errorbudget.readers.catalog import read_snapshot

Connection = psycopg.Connection[tuple[Any, ...]]
State = tuple[tuple[PartitionState, ...], Schema | None]

_READS = 200
_ACME = ("acme", InPartition("tenant", "acme", ("events",)))
_START = """
create type state as enum ('new', 'paid');
create table events (tenant text not null, id bigint, amount int, state state not null default 'new',
    primary key (tenant, id)) partition by list (tenant);
create table events_acme partition of events for values in ('acme');
create table events_globex partition of events for values in ('globex');
create table _sqlx_migrations (version bigint primary key, success boolean not null, checksum bytea);
"""
# Each step leaves partitions that no other step leaves; a reader that mixed two of them would show a third.
_STEPS = (
    "alter table events add column note text default 'n'; alter table events rename column amount to net",
    "create index by_note on events (lower(note)); alter type state rename value 'new' to 'open'",
    "alter table events detach partition events_acme; alter table events_acme alter column net type numeric(12,2); "
    "alter table events alter column net type numeric(12,2)",
    "alter table events attach partition events_acme for values in ('acme'); alter table events_acme rename to acme",
    "create table events_rest partition of events default",
    "drop index by_note; alter table events drop column note; alter table events alter column net type int; "
    "alter table events rename column net to amount; alter type state rename value 'open' to 'new'; "
    "alter table acme rename to events_acme; drop table events_rest",
)


def test_every_read_of_partitions_equals_one_committed_state(connection: Connection, database: str) -> None:
    connection.execute(_START.encode())

    def read() -> State:
        snapshot = read_snapshot(core(database, _ACME), "public", "_sqlx_migrations", {})
        (state,) = snapshot.tenants
        return state.partitions, None if state.shape is None else snapshot.shape(state.shape)

    def migrate() -> None:
        for step in _STEPS:
            connection.execute(step.encode())

    committed: list[State] = []
    for step in _STEPS:
        committed.append(read())
        connection.execute(step.encode())
    assert len({str(state) for state in committed}) == len(committed)
    assert [schema for _, schema in committed].count(None) == 1
    connection.execute("set lock_timeout = '200ms'")
    with meanwhile(migrate) as failures:
        found = [read() for _ in range(_READS)]
    assert failures == []
    assert [state for state in found if state not in committed] == []
