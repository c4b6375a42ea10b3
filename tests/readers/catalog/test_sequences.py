"""How far sequences are, read after the snapshot."""

from __future__ import annotations

from typing import Any

import psycopg

from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.snapshot import SequenceState, Snapshot
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InDatabase, InSchema, Layout, Tenant
from pytest_errorbudget.readers.catalog import read_snapshot

Connection = psycopg.Connection[tuple[Any, ...]]
_INT, _SMALLINT = 2_147_483_647, 32_767
_TABLES = """
create schema acme; create schema globex;
create table acme.items (
    id serial primary key, big bigserial, tiny smallint generated always as identity (increment 2)
);
create table globex.items (id serial primary key);
create sequence acme.round cycle maxvalue 10;
create sequence acme.down increment -1;
create sequence acme.own maxvalue 100;
select setval('acme.items_id_seq', 2000000000);
"""


def _read(url: str, *tenants: tuple[str, Layout]) -> Snapshot:
    database = Database(
        name="core",
        url=url,
        migrations=None,
        services=(),
        tenants=tuple(Tenant(name, "core", None, layout) for name, layout in tenants),
        span=Span("errorbudget.toml", 1),
    )
    return read_snapshot(database, "public", "", {})


_ACME = (
    SequenceState(name="items_id_seq", table="items", column="id", end=_INT, last=2_000_000_000),
    SequenceState(name="items_tiny_seq", table="items", column="tiny", end=_SMALLINT, step=2),
    SequenceState(name="own", end=100),
)


def test_sequences_that_end_before_bigint_with_the_columns_that_own_them(connection: Connection, database: str) -> None:
    connection.execute(_TABLES.encode())
    snapshot = _read(database, ("acme", InSchema("acme")), ("globex", InSchema("globex")), ("gone", InSchema("gone")))
    assert [state.sequences for state in snapshot.tenants] == [
        _ACME,
        (SequenceState(name="items_id_seq", table="items", column="id", end=_INT),),
        (),
    ]


def test_a_tenant_with_a_database_of_its_own(connection: Connection, database: str) -> None:
    connection.execute(_TABLES.encode())
    connection.execute("drop schema globex cascade")
    snapshot = _read(database, ("acme", InDatabase(database)))
    assert [state.sequences for state in snapshot.tenants] == [_ACME]


def test_a_sequence_that_the_role_may_not_read(connection: Connection, database: str) -> None:
    connection.execute("create schema acme; create table acme.items (id serial)")
    connection.execute("drop role if exists outsider; create role outsider login")
    try:
        snapshot = _read(f"{database} user=outsider", ("acme", InSchema("acme")))
    finally:
        connection.execute("drop role outsider")
    (state,) = snapshot.tenants
    assert state.sequences == (
        SequenceState(name="items_id_seq", table="items", column="id", end=_INT, unread="this role may not read it"),
    )


def test_what_changes_no_schema_changes_no_shape(connection: Connection, database: str) -> None:
    connection.execute(_TABLES.encode())
    before = _read(database, ("acme", InSchema("acme")))
    connection.execute("select setval('acme.own', 99)")
    after = _read(database, ("acme", InSchema("acme")))
    assert before.tenants[0].shape == after.tenants[0].shape
    assert before.tenants[0].sequences != after.tenants[0].sequences
