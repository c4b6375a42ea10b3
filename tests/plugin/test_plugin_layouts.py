"""Partition per tenant, database per tenant, and two databases in one settings file, from the settings to the items."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from psycopg import sql
from shop import MIGRATIONS, SOURCES, Shop

from pytest_errorbudget.readers.scratch import ScratchServer

REPLAY = '\n[replay]\nurl = "env:SHOP_REPLAY_URL"\n'
PARTITIONED = {
    "migrations/0001_orders.sql": (
        "create table orders (\n    tenant_id text not null,\n    id bigint,\n    total_cents bigint not null,\n"
        "    note text,\n    primary key (tenant_id, id)\n) partition by list (tenant_id);\n"
    ),
    "migrations/0002_orders_note.sql": (
        "create index orders_note_idx on orders (note);\n"
        "create table notes (tenant_id text not null, note text) partition by list (tenant_id);\n"
        "create table notes_rest partition of notes default;\n"
    ),
}
PARTITION_SETTINGS = """\
[[database]]
url = "env:SHOP_DATABASE_URL"
migrations = { path = "migrations", per = "shared" }
services = ["orders"]
tenants = { layout = "partition", key = "tenant_id", names = [
    "acme",
    "globex",
    "initech",
] }
"""
LEDGER = """
create table _sqlx_migrations (version bigint primary key, description text not null default '',
    installed_on timestamptz not null default now(), success boolean not null, checksum bytea not null default '',
    execution_time bigint not null default 0);
"""
APPLIED = "insert into _sqlx_migrations (version, success, checksum) values ({0}, true, sha384({1}))"
Ddl = Callable[..., None]


def log_of(shop: Shop) -> Any:
    return json.loads((shop.root / ".errorbudget/execution-log.json").read_text(encoding="utf-8"))


def told(shop: Shop) -> list[tuple[str, str]]:
    return [(finding["rule"], finding["message"]) for finding in log_of(shop)["findings"]]


def migrate(conninfo: str, files: dict[str, str], *more: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for text in (*files.values(), LEDGER):
            connection.execute(text.encode())
        for version, text in enumerate(files.values(), start=1):
            row = sql.SQL(APPLIED).format(sql.Literal(version), sql.Literal(text.encode()))
            connection.execute(row)
        for statement in more:
            connection.execute(statement.encode())


@pytest.fixture
def ddl(shop: Shop, monkeypatch: pytest.MonkeyPatch, scratch: ScratchServer) -> Iterator[Ddl]:
    """A shop whose three tenants have partitions: makes them, and runs statements on the database."""
    for path, text in PARTITIONED.items():
        shop.write(path, text)
    shop.write("errorbudget.toml", PARTITION_SETTINGS + REPLAY)
    with scratch.database() as conninfo:
        monkeypatch.setenv("SHOP_DATABASE_URL", conninfo)
        monkeypatch.setenv("SHOP_REPLAY_URL", scratch.conninfo("postgres"))
        parts = [
            f"create table {table}_{name} partition of {table} for values in ('{name}')"
            for table in ("orders", "notes")
            for name in ("acme", "globex", "initech")
        ]
        migrate(conninfo, PARTITIONED, *parts)

        def run(*statements: str) -> None:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                for statement in statements:
                    connection.execute(statement.encode())

        yield run


@pytest.mark.usefixtures("ddl")
def test_tenants_with_partitions_of_every_table(shop: Shop) -> None:
    result = shop.run("-v")
    result.assert_outcomes(passed=13)
    assert told(shop) == []
    result.stdout.fnmatch_lines(["errorbudget.toml::schema[[]globex[]] PASSED*"])


def test_a_partition_that_is_not_there(shop: Shop, ddl: Ddl) -> None:
    ddl("drop table orders_initech", "drop table notes_acme", "drop table notes_globex")
    result = shop.run()
    result.assert_outcomes(passed=12, failed=1)
    assert told(shop) == [
        ("partition-missing", "tenant initech has no partition of `orders`, which has no default partition either"),
        (
            "partition-default",
            "tenants acme and globex have no partition of `notes`: the default partition `notes_rest` takes the rows",
        ),
    ]
    result.stdout.fnmatch_lines(
        [
            "error[[]partition-missing]: tenant initech has no partition of `orders`, which has no default *",
            " --> migrations/0001_orders.sql:1:14",
            "*create table orders (",
            "* `orders` is made here",
            "  = note: Every INSERT of these tenants into `orders` fails with 23514 (no partition of relation found *",
            "FAILED errorbudget.toml::schema[[]initech[]]*",
        ]
    )


def test_what_is_said_of_the_rows_is_so(shop: Shop, ddl: Ddl) -> None:
    """The server refuses the row that no partition takes, and the partition whose rows the default one has."""
    ddl("drop table orders_initech", "drop table notes_globex", "insert into notes values ('globex', 'a')")
    shop.run()
    assert [rule for rule, _ in told(shop)] == ["partition-missing", "partition-default"]
    with pytest.raises(psycopg.errors.CheckViolation, match="no partition of relation"):
        ddl("insert into orders values ('initech', 1, 1)")
    with pytest.raises(psycopg.errors.CheckViolation, match="would be violated"):
        ddl("create table notes_globex partition of notes for values in ('globex')")


def test_a_partition_on_its_way_out(shop: Shop, ddl: Ddl) -> None:
    """As a DETACH ... CONCURRENTLY leaves it that is interrupted between its two transactions."""
    ddl("update pg_inherits set inhdetachpending = true where inhrelid = 'orders_globex'::regclass")
    shop.run().assert_outcomes(passed=12, failed=1)
    assert told(shop) == [
        (
            "partition-detaching",
            "the partition `orders_globex` of `orders` is being detached: it takes the rows of tenant globex",
        )
    ]
    with pytest.raises(psycopg.errors.CheckViolation, match="no partition of relation"):
        ddl("insert into orders values ('globex', 1, 1)")
    ddl("alter table orders detach partition orders_globex finalize")
    shop.run()
    assert [rule for rule, _ in told(shop)] == ["partition-missing"]


def test_a_tenant_without_partitions_points_at_its_own_line(shop: Shop, ddl: Ddl) -> None:
    ddl("drop table orders_initech, notes_initech")
    result = shop.run()
    result.assert_outcomes(passed=11, failed=2)
    result.stdout.fnmatch_lines(
        [
            "error[[]tenant-missing]: tenant initech is listed and not in database default: no partition *",
            " --> errorbudget.toml:8:5",
            '8 |     "initech",',
            "  |     ^^^^^^^^^ it is listed here",
        ]
    )


TWO = """\
[[database]]
name = "core"
url = "env:SHOP_DATABASE_URL"
migrations = { path = "migrations", per = "tenant" }
services = ["orders"]
tenants = { layout = "schema", names = { acme = "acme_prod", globex = "globex", hooli = "initech" } }

[[database]]
name = "sovereign"
migrations = { path = "migrations", per = "tenant" }
services = ["orders"]
tenants = { layout = "database", urls = { acme = "env:ACME_URL", initech = "env:INITECH_URL" } }

[cohorts.all]
tenants = "others"
"""


@pytest.fixture
def two(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, scratch: ScratchServer, shop_database: str
) -> Iterator[dict[str, str]]:
    """A shop with two databases; the conninfo of each tenant that has a database of its own."""
    shop.write("errorbudget.toml", TWO + REPLAY)
    monkeypatch.setenv("SHOP_DATABASE_URL", shop_database)
    monkeypatch.setenv("SHOP_REPLAY_URL", scratch.conninfo("postgres"))
    with ExitStack() as stack:
        urls = {name: stack.enter_context(scratch.database()) for name in ("acme", "initech")}
        for name, conninfo in urls.items():
            migrate(conninfo, MIGRATIONS)
            monkeypatch.setenv(f"{name.upper()}_URL", conninfo)
        yield urls


def test_two_databases_write_their_name_before_their_tenants(shop: Shop, two: dict[str, str]) -> None:
    with psycopg.connect(two["acme"], autocommit=True) as connection:
        connection.execute("alter table orders alter column total_cents type integer")
    result = shop.run("-v")
    names = ("core/acme", "core/globex", "core/hooli", "sovereign/acme", "sovereign/initech")
    expected = [f"errorbudget.toml::schema[[]{name}[]] {_outcome(name)}*" for name in names]
    expected += [f"{SOURCES}/models.rs::Order[[]{name}[]] {_outcome(name)}*" for name in names]
    for line in expected:
        result.stdout.fnmatch_lines([line])
    assert [finding for finding in told(shop) if finding[0] == "column-type"] == [
        ("column-type", "`orders.total_cents` is `integer` in tenant sovereign/acme, and `bigint` in migration 2")
    ]
    assert {tuple(finding["tenants"]) for finding in log_of(shop)["findings"]} == {("sovereign/acme",)}
    chosen = shop.run("-k", "sovereign/initech", "--collect-only", "-q")
    assert all("sovereign/initech" in line for line in chosen.outlines if "::" in line)


def _outcome(name: str) -> str:
    return "FAILED" if name == "sovereign/acme" else "PASSED"


def test_a_tenant_out_of_reach_is_taken_from_the_file(
    shop: Shop, two: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are read; what is told of the one is what it was when the file was written."""
    with psycopg.connect(two["initech"], autocommit=True) as connection:
        connection.execute("drop index orders_note_idx")
    shop.run("--errorbudget-update")
    before = told(shop)
    assert [rule for rule, _ in before] == ["index-missing"]
    monkeypatch.delenv("INITECH_URL")
    result = shop.run("-v")
    assert told(shop) == before
    assert result.parseoutcomes().get("skipped", 0) == 0
    result.stdout.fnmatch_lines(
        [
            "*taken from errorbudget.tenants.toml, as it was on 2*: the environment variable INITECH_URL is not set*",
        ]
    )


def test_a_file_that_the_server_has_left_behind(shop: Shop, two: dict[str, str]) -> None:
    shop.run("--errorbudget-update")
    assert told(shop) == []
    with psycopg.connect(two["initech"], autocommit=True) as connection:
        connection.execute("delete from _sqlx_migrations where version = 2")
        connection.execute("drop index orders_note_idx")
    with psycopg.connect(two["acme"], autocommit=True) as connection:
        connection.execute("create table extra (id int)")
    result = shop.run()
    result.assert_outcomes(passed=19)
    result.stdout.fnmatch_lines(
        [
            "warning[[]tenants-file-stale] sovereign: `errorbudget.tenants.toml`, written on 2*, is out of date for "
            "tenant sovereign/acme: another schema now than in the file*",
            "warning[[]tenants-file-stale] sovereign: `errorbudget.tenants.toml`, written on 2*, is out of date for "
            "tenant sovereign/initech: at migration 1 now, at migration 2 in the file*",
        ]
    )
    shop.run("--errorbudget-update")
    assert "tenants-file-stale" not in {rule for rule, _ in told(shop)}
