"""The catalogue, read from columns that follow the snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from live_database import core, meanwhile

from pytest_errorbudget.model.formats.schema_digest import schema_digest
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.schema import (
    Column,
    CompositeField,
    CompositeType,
    Constraint,
    ConstraintKind,
    Domain,
    EnumType,
    Generated,
    Identity,
    Index,
    Reference,
    Relation,
    RelationKind,
    Schema,
)
from pytest_errorbudget.model.snapshot import Applied, TenantState, VersionUnknown
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema
from pytest_errorbudget.readers.catalog import read_all, read_schemas, read_snapshot

Connection = psycopg.Connection[tuple[Any, ...]]

_BOOKKEEPING = "_sqlx_migrations"
_TENANT = """
create schema {schema};
set search_path = {schema};
create type state as enum ('new', 'paid');
create table invoices (id bigserial primary key, state state not null default 'new', amount numeric(12,2) default 0);
create index by_state on invoices ((state = 'paid')) where amount > 0;
create table _sqlx_migrations (version bigint primary key, success boolean not null);
insert into _sqlx_migrations values (1, true), (2, true), (3, false);
"""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("int", PgType("int4")),
        ("bigint", PgType("int8")),
        ("smallint[]", PgType("int2", dimensions=1)),
        ("varchar(20)", PgType("varchar", modifiers=(20,))),
        ("varchar(20)[][]", PgType("varchar", modifiers=(20,), dimensions=1)),
        ("char", PgType("bpchar", modifiers=(1,))),
        ('"char"', PgType("char")),
        ("numeric", PgType("numeric")),
        ("numeric(10)", PgType("numeric", modifiers=(10, 0))),
        ("numeric(3,-2)", PgType("numeric", modifiers=(3, -2))),
        ("timestamptz(3)", PgType("timestamptz", modifiers=(3,))),
        ("time", PgType("time")),
        ("bit(4)", PgType("bit", modifiers=(4,))),
        ("bit varying", PgType("varbit")),
        ("interval", PgType("interval")),
        ("interval(2)", PgType("interval", modifiers=(2,))),
        ("interval year to month", PgType("interval", fields="year to month")),
        ("interval day to second(3)", PgType("interval", modifiers=(3,), fields="day to second")),
        ("int4range", PgType("int4range")),
        ("int2vector", PgType("int2vector")),
        ("state", PgType("state", "public")),
        ("state[]", PgType("state", "public", dimensions=1)),
        ('"Odd Name"', PgType("Odd Name", "public")),
        ("pair", PgType("pair", "public")),
    ],
)
def test_types_are_as_postgresql_would_format_them(connection: Connection, written: str, expected: PgType) -> None:
    connection.execute("create type state as enum ('a'); create type \"Odd Name\" as enum ('a')")
    connection.execute("create type pair as (a int, b text)")
    connection.execute(f"create table t (c {written})".encode())
    (relation,) = read_all(connection, _BOOKKEEPING).relations
    assert relation.columns == (Column(name="c", type=expected),)
    shown = connection.execute(
        "select set_config('search_path', '', false), format_type(atttypid, atttypmod) from pg_attribute a "
        "join pg_class c on c.oid = attrelid where relname = 't' and attnum = 1"
    ).fetchone()
    assert shown is not None
    assert expected.formatted == shown[1]


def test_composite_types_have_their_members_in_order(connection: Connection) -> None:
    connection.execute("create type state as enum ('a'); create type nothing as ()")
    connection.execute('create type pair as (b text collate "C", a numeric(6,2)[], gone int, s state)')
    connection.execute("alter type pair drop attribute gone; create table t (p pair)")
    assert read_all(connection, _BOOKKEEPING).composites == (
        CompositeType(schema="public", name="nothing"),
        CompositeType(
            schema="public",
            name="pair",
            fields=(
                CompositeField("b", PgType("text")),
                CompositeField("a", PgType("numeric", modifiers=(6, 2), dimensions=1)),
                CompositeField("s", PgType("state", "public")),
            ),
        ),
    )


def test_composite_types_of_tenants_are_read_under_the_neutral_name(connection: Connection) -> None:
    for schema in ("acme", "globex"):
        connection.execute(f"create schema {schema}; create type {schema}.state as enum ('a')".encode())
        connection.execute(f"create type {schema}.pair as (a int, s {schema}.state)".encode())
    connection.execute("alter type globex.pair drop attribute a")
    found = read_schemas(connection, ["acme", "globex"], {"acme": "public", "globex": "public"}, _BOOKKEEPING)
    state = CompositeField("s", PgType("state", "public"))
    pair = CompositeType(schema="public", name="pair", fields=(CompositeField("a", PgType("int4")), state))
    assert found["acme"].composites == (pair,)
    assert found["globex"].composites == (replace(pair, fields=(state,)),)


@pytest.mark.parametrize(
    ("column", "default"),
    [
        ("c int default 0", "0"),
        ("c int default -5", "-5"),
        ("c bigint default 9000000000", "9000000000"),
        ("c numeric(10,2) default 0", "0"),
        ("c numeric default 0.05", "0.05"),
        ("c numeric default '-12345.6700'", "-12345.6700"),
        ("c numeric default 120000", "120000"),
        ("c boolean default true", "true"),
        ("c text default 'it''s é'", "'it''s é'::text"),
        ("c varchar(9) default 'x'", "'x'::character varying"),
        ("c timestamptz default now()", "now()"),
        ("c timestamptz default current_timestamp", "CURRENT_TIMESTAMP"),
        ("c date default current_date", "CURRENT_DATE"),
        ("c uuid default gen_random_uuid()", "gen_random_uuid()"),
        ("c uuid default '6ba7b810-9dad-11d1-80b4-00c04fd430c8'", "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid"),
        ("c jsonb default '{}'", "'{}'::jsonb"),
        ("c text[] default '{}'", "'{}'::text[]"),
        ("c text[] default array['a', 'b']", "ARRAY['a'::text, 'b'::text]"),
        ("c state default 'b'", "'b'::public.state"),
        ("c bigserial", "nextval('t_c_seq'::regclass)"),
        (
            "c timestamptz default now() + interval '1 day'",
            "(now() + '0 mons 1 days 0 microseconds'::interval)",
        ),
        ("c text default coalesce(current_user, 'x')", "COALESCE(CURRENT_USER, 'x'::name)"),
        ("c float8 default 1.5", "1.5"),
    ],
)
def test_defaults_are_readable_and_without_object_ids(connection: Connection, column: str, default: str) -> None:
    connection.execute("create type state as enum ('a', 'b')")
    connection.execute(f"create table t ({column})".encode())
    (relation,) = read_all(connection, _BOOKKEEPING).relations
    assert [(c.has_default, c.default) for c in relation.columns] == [(True, default)]


def test_a_schema_in_full(connection: Connection) -> None:
    connection.execute(
        """
        create domain email as varchar(100) not null;
        create table customers (id int generated always as identity primary key, address email, old text);
        alter table customers drop column old;
        create table invoices (
            id int generated by default as identity primary key,
            customer int references customers (id),
            net int check (net > 0), gross int generated always as (net * 2) stored,
            unique (customer, net)
        );
        create index "By Net" on invoices (net desc, lower(id::text)) include (gross) where net > 5;
        create view totals as select customer, sum(net) as net from invoices group by customer;
        """
    )
    email, int4 = PgType("email", "public"), PgType("int4")
    varchar = PgType("varchar", modifiers=(100,))
    key = Index(name="customers_pkey", columns=("id",), unique=True, primary=True)
    assert read_all(connection, _BOOKKEEPING) == Schema(
        relations=(
            Relation(
                schema="public",
                name="customers",
                kind=RelationKind.TABLE,
                columns=(
                    Column(name="id", type=int4, not_null=True, identity=Identity.ALWAYS),
                    Column(name="address", type=email, not_null=True, base=varchar),
                ),
                indexes=(key,),
                constraints=(Constraint(name="customers_pkey", kind=ConstraintKind.PRIMARY_KEY, columns=("id",)),),
            ),
            Relation(
                schema="public",
                name="invoices",
                kind=RelationKind.TABLE,
                columns=(
                    Column(name="id", type=int4, not_null=True, identity=Identity.BY_DEFAULT),
                    Column(name="customer", type=int4),
                    Column(name="net", type=int4),
                    Column(name="gross", type=int4, generated=Generated.STORED, generation="(net * 2)"),
                ),
                indexes=(
                    Index(
                        name="By Net",
                        columns=("net", "lower((id)::text)"),
                        partial=True,
                        predicate="(net > 5)",
                        options=("desc", ""),
                        include=("gross",),
                    ),
                    Index(name="invoices_customer_net_key", columns=("customer", "net"), unique=True),
                    Index(name="invoices_pkey", columns=("id",), unique=True, primary=True),
                ),
                constraints=(
                    Constraint(
                        name="invoices_customer_fkey",
                        kind=ConstraintKind.FOREIGN_KEY,
                        columns=("customer",),
                        references=Reference("public", "customers", ("id",)),
                    ),
                    Constraint(
                        name="invoices_customer_net_key", kind=ConstraintKind.UNIQUE, columns=("customer", "net")
                    ),
                    Constraint(
                        name="invoices_net_check",
                        kind=ConstraintKind.CHECK,
                        columns=("net",),
                        expression="(net > 0)",
                    ),
                    Constraint(name="invoices_pkey", kind=ConstraintKind.PRIMARY_KEY, columns=("id",)),
                ),
            ),
            Relation(
                schema="public",
                name="totals",
                kind=RelationKind.VIEW,
                columns=(Column(name="customer", type=int4), Column(name="net", type=PgType("int8"))),
                query="fc355433d76c2973",
            ),
        ),
        domains=(Domain(schema="public", name="email", base=varchar, not_null=True),),
    )


def test_a_not_null_that_was_never_checked_is_none(connection: Connection) -> None:
    connection.execute("create table t (a int, b int not null); alter table t add constraint n not null a not valid")
    (relation,) = read_all(connection, _BOOKKEEPING).relations
    assert [(column.name, column.not_null) for column in relation.columns] == [("a", False), ("b", True)]


def test_tenants_of_one_shape_are_equal_whatever_their_schema_is_called(connection: Connection) -> None:
    for schema in ("acme", '"Globex Corp"', "a_rather_longer_name_than_the_others"):
        connection.execute(_TENANT.format(schema=schema).encode())
    names = ["acme", "Globex Corp", "a_rather_longer_name_than_the_others"]
    found = read_schemas(connection, names, dict.fromkeys(names, "public"), _BOOKKEEPING)
    assert len({schema_digest(schema) for schema in found.values()}) == 1
    assert found["acme"] is found["Globex Corp"]
    assert found["acme"].enums == (EnumType(schema="public", name="state", labels=("new", "paid")),)


def test_a_snapshot_of_tenants_with_their_versions(connection: Connection, database: str) -> None:
    for schema in ("acme", "globex", "stray"):
        connection.execute(_TENANT.format(schema=schema).encode())
    connection.execute("alter table globex.invoices drop column amount; delete from globex._sqlx_migrations")
    connection.execute("create schema bare")
    tenants = (
        ("acme-prod", InSchema("acme")),
        ("globex", InSchema("globex")),
        ("bare", InSchema("bare")),
        ("gone", InSchema("gone")),
        ("sliced", InPartition("tenant_id", "7")),
        ("apart", InDatabase("env:APART")),
    )
    snapshot = read_snapshot(core("env:CORE", *tenants), "public", _BOOKKEEPING, {"CORE": database})
    acme, globex, bare, *others = snapshot.tenants
    assert (acme.version, globex.version) == (Applied("2"), Applied(None))
    assert bare.version == VersionUnknown("its schema bare holds no table _sqlx_migrations")
    assert others == [
        TenantState(tenant="gone", version=VersionUnknown("there is no schema gone in the database"), shape=None),
        TenantState(
            tenant="sliced",
            version=VersionUnknown("no table is partitioned by tenant_id"),
            shape=None,
        ),
        TenantState(
            tenant="apart",
            version=VersionUnknown("the environment variable APART is not set"),
            shape=None,
            unread="the environment variable APART is not set",
        ),
    ]
    assert len({acme.shape, globex.shape, bare.shape}) == 3
    assert snapshot.candidates == ("stray",)
    assert snapshot.shape(str(bare.shape)) == Schema()
    assert [r.name for r in snapshot.shape(str(acme.shape)).relations] == ["invoices"]


def test_a_role_without_rights_reads_schemas_but_no_versions(connection: Connection, database: str) -> None:
    for schema in ("acme", "globex"):
        connection.execute(_TENANT.format(schema=schema).encode())
    connection.execute("drop role if exists stranger")
    connection.execute("create role stranger login; grant usage on schema globex to stranger")
    connection.execute("grant select on globex._sqlx_migrations to stranger")
    tenants = (("acme", InSchema("acme")), ("globex", InSchema("globex")))
    try:
        snapshot = read_snapshot(core(f"{database} user=stranger", *tenants), "public", _BOOKKEEPING, {})
    finally:
        connection.execute("drop owned by stranger; drop role stranger")
    acme, globex = snapshot.tenants
    assert acme.shape == globex.shape is not None
    assert acme.version == VersionUnknown("this role may not read the table _sqlx_migrations")
    assert globex.version == Applied("2")


def test_a_bookkeeping_table_of_another_tool_is_no_reason_to_fail(connection: Connection, database: str) -> None:
    for schema in ("acme", "globex"):
        connection.execute(_TENANT.format(schema=schema).encode())
    connection.execute("alter table acme._sqlx_migrations drop column success")
    tenants = (("acme", InSchema("acme")), ("globex", InSchema("globex")))
    snapshot = read_snapshot(core(database, *tenants), "public", _BOOKKEEPING, {})
    assert [state.version for state in snapshot.tenants] == [
        VersionUnknown('its table _sqlx_migrations cannot be read: column "success" does not exist'),
        Applied("2"),
    ]


@contextmanager
def _repeatable_read(database: str) -> Iterator[Connection]:
    with psycopg.connect(database) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("select 1 from pg_catalog.pg_class limit 1")
        yield connection


def test_what_another_session_commits_later_is_not_seen(connection: Connection, database: str) -> None:
    connection.execute(_TENANT.format(schema="acme").encode())
    before = read_schemas(connection, ["acme"], {"acme": "public"}, _BOOKKEEPING)
    with _repeatable_read(database) as session:
        connection.execute("alter table acme.invoices alter column amount type float8, add column late int default 9")
        connection.execute("alter type acme.state rename to condition; alter type acme.condition add value 'void'")
        connection.execute("drop index acme.by_state; create table acme.later (id int)")
        connection.execute("alter sequence acme.invoices_id_seq rename to other_seq")
        assert read_schemas(session, ["acme"], {"acme": "public"}, _BOOKKEEPING) == before
        connection.execute("drop table acme.invoices")
        assert read_schemas(session, ["acme"], {"acme": "public"}, _BOOKKEEPING) == before
    assert read_schemas(connection, ["acme"], {"acme": "public"}, _BOOKKEEPING) != before


def test_reading_a_snapshot_blocks_no_migration(connection: Connection, database: str) -> None:
    """DDL on tenants' tables goes through while snapshots are read in a loop."""
    connection.execute(_TENANT.format(schema="acme").encode())
    connection.execute("set lock_timeout = '5s'")
    acme = core(database, ("acme", InSchema("acme")))
    with meanwhile(lambda: read_snapshot(acme, "public", _BOOKKEEPING, {})) as failures:
        for number in range(20):
            connection.execute(f"alter table acme.invoices add column c{number} int".encode())
            connection.execute(f"alter table acme._sqlx_migrations add column c{number} int".encode())
    assert failures == []


def test_a_locked_bookkeeping_table_makes_one_version_unknown(connection: Connection, database: str) -> None:
    for schema in ("acme", "globex"):
        connection.execute(_TENANT.format(schema=schema).encode())
    tenants = (("acme", InSchema("acme")), ("globex", InSchema("globex")))
    with psycopg.connect(database) as other:
        other.execute("lock table acme._sqlx_migrations in access exclusive mode")
        snapshot = read_snapshot(core(database, *tenants), "public", _BOOKKEEPING, {})
    assert [state.version for state in snapshot.tenants] == [
        VersionUnknown("its table _sqlx_migrations cannot be read: canceling statement due to lock timeout"),
        Applied("2"),
    ]


def test_a_missing_variable_says_which_and_for_what() -> None:
    with pytest.raises(Unreadable) as caught:
        read_snapshot(core("env:CORE_URL"), "public", _BOOKKEEPING, {"CORE_URL": ""})
    assert str(caught.value.problem) == (
        "the environment variable CORE_URL is not set\n"
        "  database core reads its server's URL from CORE_URL, so nothing is known about that server.\n"
        "  Set CORE_URL to a PostgreSQL URL, such as postgresql://reader@db.internal/app."
    )


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "postgresql://reader:hunter2@127.0.0.1:1/app",
            "cannot connect to reader@127.0.0.1:1/app: Connection refused",
        ),
        (
            "host=127.0.0.1 port=1 password=hunter2 dbname=app",
            "cannot connect to 127.0.0.1:1/app: Connection refused",
        ),
    ],
)
def test_a_server_out_of_reach_is_named_without_its_password(url: str, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_snapshot(core(url), "public", _BOOKKEEPING, {})
    assert caught.value.problem.message == message
    assert caught.value.problem.place == "database core"


def test_a_url_that_is_none_is_named_without_its_text() -> None:
    with pytest.raises(Unreadable) as caught:
        read_snapshot(core("mysql://reader:hunter2@db/app"), "public", _BOOKKEEPING, {})
    assert str(caught.value.problem) == (
        "the URL of database core is not a PostgreSQL URL\n"
        "  Nothing that needs this server was checked.\n"
        "  Write it as postgresql://user@host:5432/name, or as env:NAME for a variable that holds it."
    )
