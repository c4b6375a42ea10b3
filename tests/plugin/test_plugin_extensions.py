"""Extensions that the database has in another schema than the migrations: no difference, and queries are typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from psycopg import sql
from shop import SOURCES, Shop
from test_plugin_layouts import LEDGER, log_of, told

from pytest_errorbudget.readers.scratch import ScratchServer

EXTENSIONS = ("uuid-ossp", "citext", "pg_trgm", "moddatetime", "cube", "earthdistance")
PEOPLE = """\
create domain address as citext default 'nobody' check (value <> 'x'::citext);
create type named as (name citext, key uuid);
create table people (
    id uuid primary key default uuid_generate_v1mc(),
    email citext not null unique check (email <> ''),
    emails citext[] not null default array['a'::citext],
    home address,
    place earth,
    called named,
    total_cents bigint not null,
    key uuid default uuid_generate_v5(uuid_ns_dns(), 'a'),
    derived uuid generated always as (uuid_generate_v5(uuid_ns_url(), total_cents::text)) stored,
    changed timestamp not null default now(),
    constraint known check (id <> uuid_nil() and email <> 'root'::citext)
);
create index people_derived_idx on people (uuid_generate_v3(uuid_ns_oid(), total_cents::text));
create index people_near_idx on people using gin ((email::text) gin_trgm_ops);
create index people_known_idx on people (changed) where email <> 'nobody' and id <> uuid_nil();
create view known as select email, similarity(email::text, 'a') as near, uuid_nil() as nothing
    from people where email::text % 'b' and email = 'C';
create policy own on people using (email = current_user::citext);
create trigger stamp before update on people for each row execute function moddatetime(changed);
"""
QUERIES = """\
pub struct Person {
    pub id: uuid::Uuid,
    pub email: String,
    pub total_cents: i64,
}

pub async fn people(pool: &sqlx::PgPool) -> sqlx::Result<Vec<Person>> {
    sqlx::query_as!(Person, "select id, email, total_cents from people where email = $1::citext", "a")
        .fetch_all(pool)
        .await
}

pub async fn near(pool: &sqlx::PgPool) -> sqlx::Result<Vec<(String, uuid::Uuid)>> {
    sqlx::query_as("select email, id from people where email::text % 'a' and id <> uuid_generate_v4()")
        .fetch_all(pool)
        .await
}

pub async fn add(pool: &sqlx::PgPool) -> sqlx::Result<()> {
    sqlx::query("insert into people (id, email, total_cents) values (uuid_generate_v4(), 'a'::citext, 1)")
        .execute(pool)
        .await?;
    Ok(())
}
"""
SETTINGS = """\
[[database]]
migrations = { path = "migrations", per = "tenant" }
services = ["orders"]
tenants = { layout = "database", urls = { acme = "env:ACME_URL", initech = "env:INITECH_URL" } }

[replay]
url = "env:SHOP_REPLAY_URL"
"""
Make = Callable[[str, str], Sequence[str]]


def extensions(home: str) -> str:
    """Statements that install them in the schema, in which names are looked for from then on."""
    installed = "".join(f'create extension "{name}" schema {home};\n' for name in EXTENSIONS)
    return f"create schema if not exists {home};\n{installed}set search_path = public, {home};\n"


@pytest.fixture
def make(shop: Shop, monkeypatch: pytest.MonkeyPatch, scratch: ScratchServer) -> Iterator[Make]:
    """Takes the schemas in which the migrations and the tenants have their extensions; writes the migrations, makes the
    databases of two tenants, and gives their conninfos."""
    monkeypatch.setenv("SHOP_REPLAY_URL", scratch.conninfo("postgres"))
    for path in ("migrations/0001_orders.sql", "migrations/0002_orders_note.sql", f"{SOURCES}/models.rs"):
        (shop.root / path).unlink()
    shop.edit(f"{SOURCES}/main.rs", "mod models;\n", "")
    shop.write("errorbudget.toml", SETTINGS)
    shop.write(f"{SOURCES}/queries.rs", QUERIES)
    with ExitStack() as stack:

        def made(of_migrations: str, of_tenants: str) -> Sequence[str]:
            written = extensions(of_migrations) + PEOPLE
            shop.write("migrations/0001_people.sql", written)
            urls = [stack.enter_context(scratch.database()) for _ in range(2)]
            for name, conninfo in zip(("ACME", "INITECH"), urls, strict=True):
                run(conninfo, of_tenants, extensions(of_tenants), PEOPLE, LEDGER)
                with psycopg.connect(conninfo, autocommit=True) as connection:
                    connection.execute(
                        "insert into _sqlx_migrations (version, success, checksum) values (1, true, sha384(%s))",
                        (written.encode(),),
                    )
                monkeypatch.setenv(f"{name}_URL", conninfo)
            return urls

        yield made


def run(conninfo: str, home: str, *statements: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(sql.SQL("set search_path = public, {}").format(sql.Identifier(home)))
        for statement in statements:
            connection.execute(statement.encode())


def unchecked(shop: Shop) -> list[Any]:
    found: list[Any] = log_of(shop)["unchecked"]
    return found


_HOMES = pytest.mark.parametrize(
    ("of_migrations", "of_tenants"),
    [("public", "public"), ("public", "ext"), ("ext", "public"), ("ext", "ext"), ("ext", "more")],
)


@_HOMES
def test_where_an_extension_is_installed_is_no_difference(
    shop: Shop, make: Make, of_migrations: str, of_tenants: str
) -> None:
    make(of_migrations, of_tenants)
    shop.run()
    assert told(shop) == []
    assert unchecked(shop) == []


DRIFTED = """\
alter table people add nick citext default 'a'::citext, add token uuid default uuid_generate_v1mc(),
    alter emails drop default, alter emails type text[], alter emails set default '{}',
    alter key set default uuid_nil();
alter domain address set default 'somebody';
create table more (name citext[] default array['a'::citext], key uuid default uuid_generate_v4());
create index more_key_idx on more (uuid_generate_v5(uuid_ns_url(), key::text));
"""
_TOLD = [
    (
        "column-type",
        "the domain `address` is `public.citext default 'somebody'::public.citext check (VALUE <> 'x'::public.citext)` "
        "in tenants acme and initech, and `public.citext default 'nobody'::public.citext check "
        "(VALUE <> 'x'::public.citext)` in migration 1",
    ),
    ("column-type", "`people.emails` is `text[]` in tenants acme and initech, and `public.citext[]` in migration 1"),
    (
        "column-default",
        "`people.emails` has the default `'{}'::text[]` in tenants acme and initech; in migration 1 it has the default "
        "`ARRAY['a'::public.citext]`",
    ),
    (
        "column-default",
        "`people.key` has the default `uuid_nil()` in tenants acme and initech; in migration 1 it has the default "
        "`uuid_generate_v5(uuid_ns_dns(), 'a'::text)`",
    ),
    (
        "column-unexpected",
        "tenants acme and initech have a column `people.nick` (`public.citext`) that migration 1 does not have",
    ),
    (
        "column-unexpected",
        "tenants acme and initech have a column `people.token` (`uuid`) that migration 1 does not have",
    ),
    ("table-unexpected", "tenants acme and initech have a table `more` that migration 1 does not have"),
]


@_HOMES
def test_a_tenant_that_differs_is_rebuilt_with_its_extensions(
    shop: Shop, make: Make, of_migrations: str, of_tenants: str
) -> None:
    """What differs is told in the same words wherever the extensions are, and queries are typed in its schema."""
    for conninfo in make(of_migrations, of_tenants):
        run(conninfo, of_tenants, DRIFTED)
    shop.run()
    assert told(shop) == _TOLD
    assert unchecked(shop) == []


QUALIFIED = """\
pub async fn people(pool: &sqlx::PgPool) -> sqlx::Result<Vec<(String,)>> {
    sqlx::query_as("select id from people where id <> ext.uuid_nil() and email = 'a'::ext.citext").fetch_all(pool).await
}

pub async fn more(pool: &sqlx::PgPool) -> sqlx::Result<Vec<(uuid::Uuid,)>> {
    sqlx::query_as("select ext.uuid_null()").fetch_all(pool).await
}

pub async fn many(pool: &sqlx::PgPool) -> sqlx::Result<Vec<(uuid::Uuid,)>> {
    sqlx::query_as("select other.uuid_nil()").fetch_all(pool).await
}
"""


def test_a_query_may_name_the_schema_of_an_extension(shop: Shop, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The migrations make none of these schemas, the tenants have one of them; the file of tenants knows too."""
    make("public", "ext")
    shop.write(f"{SOURCES}/queries.rs", QUALIFIED)
    shop.run("--errorbudget-update")
    before = told(shop)
    assert before == [
        (
            "query-fails",
            "both tenants: the query of `more` fails: function ext.uuid_null() does not exist (SQLSTATE 42883)",
        ),
        ("row-type", "both tenants: `people` reads `people.id`, which is `uuid`, into `String`"),
    ]
    reason = "no migration makes the schema `other`; with the extensions in it PostgreSQL takes the query"
    assert {one["reason"] for one in unchecked(shop)} == {reason}
    assert 'extension-schemas = [\n    "ext",\n]\n' in (shop.root / "errorbudget.tenants.toml").read_text("utf-8")
    monkeypatch.delenv("ACME_URL")
    monkeypatch.delenv("INITECH_URL")
    shop.run()
    assert told(shop) == before
