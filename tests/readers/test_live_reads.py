"""Reads beside a service that migrates its tenants: no torn schema, no lock that others wait for, no rights needed."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_database import core, meanwhile

from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.snapshot import Applied
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema, Layout, Tenant
from pytest_errorbudget.readers.catalog import read_schemas, read_snapshot
from pytest_errorbudget.readers.catalog.in_databases import Marked, settled
from pytest_errorbudget.readers.catalog.reading import TenantRead
from pytest_errorbudget.readers.catalog.session import read_only
from pytest_errorbudget.readers.catalog.tenant_schemas import schema_marks

Connection = psycopg.Connection[tuple[Any, ...]]

_BOOKKEEPING = "_sqlx_migrations"
_READS = 150
_LEDGER = "create table {0}._sqlx_migrations (version bigint primary key, success boolean not null, checksum bytea)"
# Each step leaves a schema that no other step leaves; a reader that mixed two of them would show a third.
_STEPS = (
    "alter table acme.invoices add column note text default 'n', add column paid boolean not null default false",
    "create index by_note on acme.invoices (lower(note)); alter table acme.invoices rename column amount to net",
    "alter type acme.state rename to condition; alter type acme.condition rename value 'new' to 'open'",
    "alter table acme.invoices alter column net type numeric(12,2); alter table acme.items rename to lines",
    "drop index acme.by_note; alter table acme.invoices drop column note, drop column paid, alter column net type int; "
    "alter table acme.invoices rename column net to amount; alter type acme.condition rename value 'open' to 'new'; "
    "alter type acme.condition rename to state; alter table acme.lines rename to items",
)


def _create_acme(connection: Connection) -> None:
    connection.execute(
        """
        create schema acme;
        create type acme.state as enum ('new', 'paid');
        create table acme.items (id bigint primary key);
        create table acme.invoices (
            id bigserial primary key, amount int, state acme.state not null default 'new',
            item bigint references acme.items (id)
        );
        """
    )
    connection.execute(_LEDGER.format("acme").encode())


@pytest.mark.parametrize("layout", ["schema", "database"])
def test_every_read_equals_one_committed_state(connection: Connection, database: str, layout: str) -> None:
    """Among DDL without a pause, whose statements never wait 200 ms for a lock of ours."""
    _create_acme(connection)
    tenant: tuple[str, Layout] = ("acme", InSchema("acme") if layout == "schema" else InDatabase(database))
    url = database if layout == "schema" else None

    def read() -> Schema | None:
        snapshot = read_snapshot(core(url, tenant), "public", _BOOKKEEPING, {})
        shape = snapshot.tenants[0].shape
        return None if shape is None else snapshot.shape(shape)

    committed = []
    for step in _STEPS:
        committed.append(read())
        connection.execute(step.encode())
    assert read() == committed[0]
    assert len(committed) == len({str(state) for state in committed})

    def migrate() -> None:
        for step in _STEPS:
            connection.execute(step.encode())
        connection.execute("alter table acme._sqlx_migrations add column more int")
        connection.execute("alter table acme._sqlx_migrations drop column more")

    connection.execute("set lock_timeout = '200ms'")
    reads = _READS if layout == "schema" else _READS // 5
    with meanwhile(migrate) as failures:
        found = [read() for _ in range(reads)]
    assert failures == []
    told = [schema for schema in found if schema is not None]
    assert layout == "database" or len(told) == reads
    assert [schema for schema in told if schema not in committed] == []


def test_marks_show_every_change_and_nothing_else(connection: Connection, database: str) -> None:
    connection.execute("create table t (id int)")
    before = _marks(database)
    connection.execute("alter table t add column late int")
    assert _marks(database) != before
    connection.execute("alter table t drop column late; create index i on t (id); drop index i")
    assert _marks(database) == before


@pytest.mark.parametrize(
    ("states", "unread", "reads"),
    [
        (["a"], None, 1),
        (["a", "b", "b"], None, 2),
        (["a", "b", "b", "c", "c"], None, 3),
        (
            ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"],
            "its schema changed each of the 5 times that it was read",
            5,
        ),
    ],
)
def test_databases_are_read_until_all_of_them_held_at_one_moment(
    states: list[str], unread: str | None, reads: int
) -> None:
    """``states`` are what one database shows at each look; the other one stays as it is."""
    restless, calm = (Tenant(name, "core", None, InDatabase("env:X")) for name in ("restless", "calm"))
    looks = iter([*states, *states[-1:] * 10])
    read: list[str] = []

    def look(apart: tuple[Tenant, InDatabase]) -> Marked:
        marks = next(looks) if apart[0] is restless else "same"
        return Marked(TenantRead(tenant=apart[0], version=Applied(marks), schema=None), marks, 18)

    def reading(apart: tuple[Tenant, InDatabase]) -> Marked:
        read.append(apart[0].name)
        return look(apart)

    layout = InDatabase("env:X")
    found = settled(((restless, layout), (calm, layout)), reading, look)
    assert found["restless"].read.unread == unread
    assert found["calm"].read == TenantRead(tenant=calm, version=Applied("same"), schema=None)
    assert (read.count("restless"), read.count("calm")) == (reads, 1)


def _marks(database: str) -> object:
    with read_only(database) as session:
        return schema_marks(session, _BOOKKEEPING)


def test_a_read_locks_nothing_but_the_catalogue(connection: Connection, database: str) -> None:
    _create_acme(connection)
    connection.execute("create table parts (k text) partition by list (k); create table p partition of parts default")
    with read_only(database) as session:
        read_schemas(session, ["acme"], {"acme": "public"}, _BOOKKEEPING)
        schema_marks(session, _BOOKKEEPING)
        locks = session.execute(
            "select distinct mode, n.nspname from pg_locks l join pg_class c on c.oid = l.relation "
            "join pg_namespace n on n.oid = c.relnamespace where pid = pg_backend_pid() order by 1, 2"
        ).fetchall()
        told = session.execute(
            "select current_setting('transaction_read_only'), current_setting('transaction_isolation'), "
            "current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('application_name')"
        ).fetchone()
    assert locks == [("AccessShareLock", "pg_catalog")]
    assert told == ("on", "repeatable read", "1min", "2s", "pytest-errorbudget")


def test_a_role_without_any_right_reads_every_layout(connection: Connection, database: str) -> None:
    _create_acme(connection)
    connection.execute("create table parts (k text) partition by list (k); create table p partition of parts default")
    connection.execute("create table p_acme partition of parts for values in ('acme')")
    connection.execute("drop role if exists outsider; create role outsider login")
    connection.execute("revoke all on schema public from public; revoke all on schema public from outsider")
    url = f"{database} user=outsider"
    layouts: tuple[tuple[str, Layout], ...] = (
        ("schema", InSchema("acme")),
        ("partition", InPartition("k", "acme", ("parts",))),
        ("database", InDatabase(url)),
    )
    try:
        snapshot = read_snapshot(core(url, *layouts), "public", _BOOKKEEPING, {})
    finally:
        connection.execute("drop role outsider")
    names = [[r.name for r in snapshot.shape(str(state.shape)).relations] for state in snapshot.tenants]
    assert names == [["invoices", "items"], ["parts"], ["invoices", "items", "p", "p_acme", "parts"]]


_PIECES = (
    "create type mood as enum ('a', 'b');",
    "create type mood as enum ('b', 'a');",
    "create domain price as int;",
    "create domain price as bigint not null;",
    "create table plain (id int primary key, other text);",
    "create table plain (id text primary key, other int);",
    "create table plain (id int, other text, primary key (id));",
    "create table typed (id bigserial, m mood default 'a', ms mood[]);",
    "create table typed (id bigserial, m mood default 'b', ms mood[]);",
    "create table priced (p price, q price default 1);",
    "create table keyed (id int references plain (id));",
    "create table keyed (id int references plain (id) not valid);",
    "create index i on plain (other);",
    "create unique index i on plain (lower(other)) where id is not null;",
    "create function f() returns int language sql return 1; create table called (a int default f());",
    "create function g() returns int language sql return 1; create table called (a int default g());",
    "create view seen as select * from plain;",
    "alter table plain rename column id to key;",
    "alter table plain drop column other; alter table plain add column other text;",
    "alter sequence typed_id_seq rename to other_seq;",
    "alter table plain alter column other set default 'x';",
    "alter table plain add check (id > 0);",
    "alter table typed add check (m <> 'b');",
    "create view alike as select t.m, p.other from typed t join plain p on true where t.m = 'a';",
    "create view alike as select t.m, p.other from plain p join typed t on true where t.m = 'b';",
    "create index j on typed (m desc) where m = 'a';",
    "create function touched() returns trigger language plpgsql as 'begin return new; end';"
    "create trigger touch before insert on typed for each row when (new.m = 'a') execute function touched();",
    "alter table typed disable trigger touch;",
    "alter table plain enable row level security;",
    "create policy own on plain using (other = current_user);",
    "create policy own on plain using (other in (select m::text from typed));",
    "alter domain price add check (value > 0);",
)
_CHOICES = st.lists(st.sets(st.sampled_from(_PIECES)), min_size=2, max_size=4)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_CHOICES)
def test_tenants_of_equal_marks_have_equal_schemas(connection: Connection, tenants: list[set[str]]) -> None:
    """Whatever the server takes for alike is alike: each schema read with the others is what it is by itself."""
    names = [f"tenant_{number}" for number in range(len(tenants))]
    for name, pieces in zip(names, tenants, strict=True):
        connection.execute(f"drop schema if exists {name} cascade; create schema {name}".encode())
        for piece in sorted(pieces, key=_PIECES.index):
            try:
                connection.execute(f"set search_path = {name}; {piece}".encode())
            except psycopg.Error:
                continue  # a piece that needs another one
    connection.execute("reset search_path")
    neutral = dict.fromkeys(names, "public")
    together = read_schemas(connection, names, neutral, _BOOKKEEPING)
    alone = {name: read_schemas(connection, [name], {name: "public"}, _BOOKKEEPING)[name] for name in names}
    for name in names:
        connection.execute(f"drop schema {name} cascade".encode())
    assert together == alone
