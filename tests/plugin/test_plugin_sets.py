"""Several sets of migrations in one database: what tenants share, and what each has of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from psycopg import sql
from shop import MIGRATIONS, SETTINGS, TENANTS, Shop

from pytest_errorbudget.readers.scratch import ScratchServer

SHARED = {
    "shared/0001_plans.sql": (
        "create schema catalogue;\ncreate type catalogue.tier as enum ('free', 'paid');\n"
        "create table catalogue.plans (\n    id bigint primary key,\n    tier catalogue.tier not null\n);\n"
    ),
    "shared/0002_countries.sql": "create table countries (code char(2) primary key);\n",
}
OWN = {
    **MIGRATIONS,
    "migrations/0003_plan.sql": (
        "alter table orders add column plan_id bigint references catalogue.plans (id);\n"
        "alter table orders add column country char(2) references countries (code);\n"
        "create index on orders (plan_id);\ncreate index on orders (country);\n"
    ),
}
SETS = '[{ path = "migrations", per = "tenant" }, { path = "shared", per = "shared" }]'
_LEDGER = (
    "create table _sqlx_migrations (version bigint primary key, description text not null, installed_on timestamptz "
    "not null default now(), success boolean not null, checksum bytea not null, execution_time bigint not null)"
)


def _migrate(connection: psycopg.Connection[Any], schema: str, files: Mapping[str, str]) -> None:
    connection.execute(sql.SQL("set search_path to {}, public").format(sql.Identifier(schema)))
    connection.execute(_LEDGER.encode())
    for version, text in enumerate(files.values(), start=1):
        connection.execute(text.encode())
        checksum = hashlib.sha384(text.encode()).digest()
        connection.execute("insert into _sqlx_migrations values (%s, '', now(), true, %s, 0)", (version, checksum))


@pytest.fixture
def conninfo(shop: Shop, monkeypatch: pytest.MonkeyPatch, scratch: ScratchServer) -> Iterator[str]:
    """The tenants, and what they share in schemas of its own and in ``public``; no search path is left behind."""
    for path, text in {**SHARED, **OWN}.items():
        shop.write(path, text)
    shop.write("errorbudget.toml", SETTINGS.replace('{ path = "migrations", per = "tenant" }', SETS))
    with scratch.database() as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            _migrate(connection, "public", SHARED)
            for schema in TENANTS.values():
                connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
                _migrate(connection, schema, OWN)
        monkeypatch.setenv("SHOP_DATABASE_URL", conninfo)
        monkeypatch.setenv("SHOP_REPLAY_URL", scratch.conninfo("postgres"))
        yield conninfo


def findings(shop: Shop) -> list[Any]:
    log = json.loads((shop.root / ".errorbudget/execution-log.json").read_text(encoding="utf-8"))
    return list(log["findings"])


def told(shop: Shop) -> list[tuple[str, str]]:
    return [(finding["rule"], finding["message"]) for finding in findings(shop)]


@pytest.mark.usefixtures("conninfo")
def test_every_file_of_every_set_is_an_item_and_nothing_is_wrong(shop: Shop) -> None:
    result = shop.run("-v", "--errorbudget-facts=facts.json")
    result.assert_outcomes(passed=16)
    result.stdout.fnmatch_lines(
        ["shared/0001_plans.sql::replay PASSED*", "shared/0002_countries.sql::replay PASSED*"], consecutive=False
    )
    assert told(shop) == []
    (database,) = json.loads((shop.root / "facts.json").read_text(encoding="utf-8"))["databases"]
    (shared,) = database["base"]
    assert [file["path"] for file in shared["migrations"]["files"]] == list(SHARED)
    assert shared["version"] == "2"
    assert [relation["name"] for relation in shared["replayed"]["relations"]] == ["plans", "countries"]
    assert shared["shape"]["relations"] == shared["replayed"]["relations"] or shared["shape"]["relations"]


def test_what_tenants_share_is_compared_once_for_all_of_them(shop: Shop, conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("alter table catalogue.plans add column price int; drop table countries cascade")
        connection.execute("alter table globex.orders alter column note set not null")
    result = shop.run()
    names = "tenants acme-prod, globex and initech"
    assert [finding for finding in told(shop) if finding[0] != "constraint-missing"] == [
        ("column-nullability", "`orders.note` is NOT NULL in tenant globex, and nullable in migration 3"),
        ("table-missing", f"{names} have no table `countries`, which migration 2 has"),
        (
            "column-unexpected",
            f"{names} have a column `catalogue.plans.price` (`integer`) that migration 2 does not have",
        ),
    ]
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    by_rule = {finding["rule"]: finding for finding in findings(shop)}
    assert by_rule["table-missing"]["tenants"] == list(TENANTS)


def test_each_set_has_its_own_version(shop: Shop, conninfo: str) -> None:
    shop.write("shared/0003_more.sql", "create table catalogue.more (id int);\n")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("delete from globex._sqlx_migrations where version = 3")
        connection.execute("alter table globex.orders drop column plan_id, drop column country")
        connection.execute("update public._sqlx_migrations set checksum = '\\x00' where version = 1")
    result = shop.run("-v")
    assert told(shop) == [
        (
            "migration-edited",
            "tenants acme-prod, globex and initech have applied another text of migration 1: the checksum is 00 there "
            f"and {hashlib.sha384(SHARED['shared/0001_plans.sql'].encode()).hexdigest()[:12]}… here",
        ),
        (
            "tenant-behind",
            "tenants acme-prod, globex and initech are 1 migration behind: 2 is applied, the newest is 3",
        ),
        ("tenant-behind", "tenant globex is 1 migration behind: 2 is applied, the newest is 3"),
    ]
    behind = [finding for finding in findings(shop) if finding["rule"] == "tenant-behind"]
    labels = [(label["path"], label["text"]) for finding in behind for label in finding["labels"]]
    lacked = "this is the first migration that they lack"
    assert labels == [("shared/0003_more.sql", lacked), ("migrations/0003_plan.sql", lacked)]
    result.stdout.fnmatch_lines(
        [
            "information[[]tenant-behind]*: tenant globex is 1 migration behind: 2 is applied, the newest is 3*",
        ]
    )


@pytest.mark.usefixtures("conninfo")
def test_a_name_that_both_sets_use_is_not_taken_for_a_fault(shop: Shop) -> None:
    """They are replayed in one schema, and live in two."""
    shop.write("shared/0003_orders.sql", "create table orders (id int);\n")
    result = shop.run("-v", "-rs")
    assert [rule for rule, _ in told(shop)] == ["tenant-behind"]
    result.stdout.fnmatch_lines(
        [
            "SKIPPED*already exists: the replay makes the tenants' own schema and what shared makes in `public` in one "
            "schema, and both make this*"
        ]
    )


@pytest.mark.usefixtures("conninfo")
def test_a_shared_set_that_fails_stops_the_tenants_own(shop: Shop) -> None:
    shop.write("shared/0003_broken.sql", "create table catalogue.plans (id int);\n")
    result = shop.run("-v", "-rs")
    result.stdout.fnmatch_lines(
        [
            "migrations/0001_orders.sql::replay SKIPPED (not checked: the replay *",
            "shared/0003_broken.sql::replay FAILED*",
        ]
    )
    assert [rule for rule, _ in told(shop)] == ["migration-failed"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("[]", "`migrations` lists no folder"),
        (
            '[{ path = "migrations" }, { path = "shared" }]',
            "two sets of migrations build the tenants' own schema: `migrations` is the first",
        ),
        (
            '[{ path = "shared", per = "shared" }, { path = "shared", per = "shared" }]',
            "the folder `shared` is listed twice",
        ),
        ('[{ path = "shared", per = "all" }]', "`all` is nothing that `per` may be"),
        ('[{ pat = "shared" }]', "unknown key `pat`"),
    ],
)
def test_sets_that_cannot_be_are_an_error_of_the_settings(shop: Shop, written: str, message: str) -> None:
    shop.write("errorbudget.toml", SETTINGS.replace('{ path = "migrations", per = "tenant" }', written))
    result = shop.run()
    result.stderr.fnmatch_lines([f"*errorbudget.toml:3:*{message}*"])
