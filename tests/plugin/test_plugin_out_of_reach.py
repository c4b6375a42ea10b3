"""What cannot be read is one message (what, where, why, what to do); the other steps go on, and the log says so."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from shop import RUST, SETTINGS, SOURCES, Shop

from pytest_errorbudget.readers.scratch import ScratchServer

QUICK = ("-k", "not determinism")


def log_of(shop: Shop) -> Any:
    return json.loads((shop.root / ".errorbudget/execution-log.json").read_text(encoding="utf-8"))


def rules(shop: Shop) -> set[str]:
    return {finding["rule"] for finding in log_of(shop)["findings"]}


def passed(result: pytest.RunResult) -> list[str]:
    return [line.split()[0] for line in result.outlines if " PASSED " in line]


def test_a_server_that_does_not_answer(running_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DATABASE_URL", "postgresql://reader@127.0.0.1:1/shop")
    result = running_shop.run("-v")
    result.assert_outcomes(failed=1, skipped=3, passed=9)
    result.stdout.fnmatch_lines(
        [
            "error[[]server-unreachable]: cannot connect to reader@127.0.0.1:1/shop: *refused*",
            "*= note: Nothing that needs this server was checked.",
            "*= help: See that the server runs, that the URL is right and that the role may log in.",
            "FAILED errorbudget.toml::tenants*",
        ]
    )
    assert "migrations/0001_orders.sql::replay" in passed(result)
    assert log_of(running_shop)["status"] == "failed"


def test_a_variable_that_is_not_set(running_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_DATABASE_URL")
    result = running_shop.run()
    result.assert_outcomes(failed=1, skipped=3, passed=9)
    result.stdout.fnmatch_lines(["error[[]server-unreachable]: the environment variable SHOP_DATABASE_URL is not set"])


def test_no_server_for_the_replay(running_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_REPLAY_URL", "postgresql://reader@127.0.0.1:1/shop")
    result = running_shop.run("-v")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["error[[]server-unreachable]: cannot connect to reader@127.0.0.1:1/shop: *"])
    assert f"{SOURCES}/boundary.rs::ffi.meter_orders" in passed(result)


def test_a_password_is_never_shown(running_shop: Shop, monkeypatch: pytest.MonkeyPatch, scratch: ScratchServer) -> None:
    """The server trusts its socket's users, so the role is one that does not exist."""
    secret = "s3cret-p4ssw0rd"
    monkeypatch.setenv(
        "SHOP_DATABASE_URL", make_conninfo(scratch.conninfo("postgres"), user="nobody_of_that_name", password=secret)
    )
    result = running_shop.run("-vv", "--junitxml=report.xml", "--errorbudget-facts=facts.json", "-ra")
    result.stdout.fnmatch_lines(["error[[]server-unreachable]: cannot connect to nobody_of_that_name@*"])
    written = [path.read_text(encoding="utf-8") for path in running_shop.root.rglob("*.*") if path.is_file()]
    assert secret not in "".join((result.stdout.str(), result.stderr.str(), *written))


@pytest.mark.parametrize("url", ["postgresql://reader:s3cret@[nonsense/shop", "s3cret is not a URL"])
def test_a_url_that_is_none_is_not_repeated(running_shop: Shop, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SHOP_DATABASE_URL", url)
    result = running_shop.run()
    result.stdout.fnmatch_lines(["error[[]server-unreachable]: the URL of * is not a PostgreSQL URL"])
    assert "s3cret" not in result.stdout.str()


def test_a_schema_that_is_not_there(running_shop: Shop) -> None:
    running_shop.edit("errorbudget.toml", 'initech = "initech"', 'initech = "initec"')
    result = running_shop.run()
    result.assert_outcomes(failed=2, passed=11)
    result.stdout.fnmatch_lines(
        [
            "error[[]tenant-missing]*",
            "FAILED errorbudget.toml::tenants*",
            "FAILED errorbudget.toml::schema[[]initech]*",
        ]
    )


def test_a_schema_that_may_not_be_read(running_shop: Shop, monkeypatch: pytest.MonkeyPatch, shop_database: str) -> None:
    with psycopg.connect(shop_database, autocommit=True) as connection:
        connection.execute("drop role if exists shop_reader")
        connection.execute(sql.SQL("create role shop_reader login"))
    monkeypatch.setenv("SHOP_DATABASE_URL", make_conninfo(shop_database, user="shop_reader"))
    result = running_shop.run()
    assert result.ret == pytest.ExitCode.OK, result.outlines
    result.stdout.fnmatch_lines(["acme-prod *unknown *"])


def test_an_event_file_that_is_not_there(running_shop: Shop) -> None:
    running_shop.count_events()
    (running_shop.root / "events/requests.csv").unlink()
    result = running_shop.run("-v")
    result.stdout.fnmatch_lines(
        ["error[[]events-unreadable]: *", "FAILED errorbudget.toml::determinism[[]availability]*"]
    )
    assert result.parseoutcomes()["failed"] == 2
    assert "errorbudget.toml::schema[acme-prod]" in passed(result)
    log = log_of(running_shop)
    assert log["status"] == "failed"
    assert [step["step"] for step in log["execution_log"]][2] == "sli_burn_rate_computation"


@pytest.mark.parametrize("column", ["event_id", "tenant_id", "occurred_at", "status"])
def test_a_column_that_is_not_there(running_shop: Shop, column: str) -> None:
    running_shop.count_events()
    running_shop.edit("events/requests.csv", f"{column}", f"{column}x")
    result = running_shop.run()
    result.stdout.fnmatch_lines([f"error[[]events-unreadable]: *{column}*", "FAILED *::determinism[[]availability]*"])
    assert result.parseoutcomes()["failed"] == 2


def test_an_event_file_that_is_none(running_shop: Shop) -> None:
    running_shop.count_events()
    running_shop.edit("errorbudget.toml", 'csv = "events/*.csv"', 'parquet = "events/*.csv"')
    result = running_shop.run()
    result.stdout.fnmatch_lines(["error[[]events-unreadable]: *"])
    assert result.parseoutcomes()["failed"] == 2


def test_unreadable_events_fail_also_where_the_laws_are_left_out(running_shop: Shop) -> None:
    running_shop.count_events()
    (running_shop.root / "events/requests.csv").unlink()
    result = running_shop.run(*QUICK)
    result.stdout.fnmatch_lines(["error[[]events-unreadable]: *", "FAILED errorbudget.toml::tenants*"])
    assert result.parseoutcomes()["failed"] == 1


def test_no_event_at_all(running_shop: Shop) -> None:
    running_shop.count_events()
    running_shop.write("events/requests.csv", "event_id,tenant_id,occurred_at,status\n")
    result = running_shop.run(*QUICK)
    assert result.ret in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    assert len(log_of(running_shop)["execution_log"]) == 5


def test_no_rust(running_shop: Shop) -> None:
    for path in RUST:
        (running_shop.root / path).unlink()
    result = running_shop.run()
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["warning[[]rust-not-found] Cargo.toml: there is no Cargo manifest `Cargo.toml`"])


def test_rust_that_does_not_parse(running_shop: Shop) -> None:
    running_shop.write(f"{SOURCES}/meter.rs", "pub fn broken( {\n")
    result = running_shop.run("-v")
    result.stdout.fnmatch_lines(["error[[]rust-unparsed]: *", f"*--> {SOURCES}/meter.rs:1:*"])
    assert f"{SOURCES}/models.rs::Order[acme-prod]" in passed(result)
    assert any(finding["rule"] == "rust-unparsed" for finding in log_of(running_shop)["findings"])


def test_rust_of_a_hundred_thousand_brackets(running_shop: Shop) -> None:
    running_shop.write(f"{SOURCES}/meter.rs", "const X: i32 = " + "(" * 100_000 + "1" + ")" * 100_000 + ";\n")
    result = running_shop.run("-v")
    assert f"{SOURCES}/models.rs::Order[acme-prod]" in passed(result)
    assert "Traceback" not in result.stdout.str()


def test_a_migration_that_fails(running_shop: Shop) -> None:
    running_shop.write("migrations/0003_broken.sql", "alter table orders add column note int;\n")
    running_shop.write("migrations/0004_after.sql", "create table later (id int);\n")
    result = running_shop.run("-v")
    result.stdout.fnmatch_lines(
        [
            "migrations/0003_broken.sql::replay FAILED*",
            "migrations/0004_after.sql::replay SKIPPED*",
            "error[[]migration-failed]: PostgreSQL refuses this migration: *",
            "*--> migrations/0003_broken.sql:1:*",
        ]
    )
    assert "migrations/0002_orders_note.sql::replay" in passed(result)
    assert "migration-failed" in rules(running_shop)


def test_a_folder_of_migrations_that_is_not_there(running_shop: Shop) -> None:
    running_shop.write("errorbudget.toml", SETTINGS.replace('"migrations"', '"migration"'))
    result = running_shop.run("-v")
    result.stdout.fnmatch_lines(["error[[]migrations-unreadable]: *", "FAILED errorbudget.toml::tenants*"])
    assert f"{SOURCES}/boundary.rs::ffi.meter_orders" in passed(result)


def test_code_without_any_schema_is_skipped_and_not_passed(shop: Shop) -> None:
    for file in shop.root.glob("migrations/*"):
        file.unlink()
    (shop.root / "errorbudget.toml").unlink()
    result = shop.run("-v", "-rs")
    result.assert_outcomes(skipped=2, passed=1)
    result.stdout.fnmatch_lines(
        [
            "not checked: 2 contracts (no migrations and no database to compare it with)",
            "SKIPPED*not checked: no migrations and no database to compare it with",
        ]
    )
    assert [line for line in passed(result) if "ffi." not in line] == []
