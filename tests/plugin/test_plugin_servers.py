"""The servers of a run: other programs or another server for the replay, and a role whose password is wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from shop import SETTINGS, Shop, provision

from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.readers.scratch import scratch_server
from pytest_errorbudget.readers.scratch.binaries import embedded_binaries

# Debian's packages of any major, where this machine has some; the embedded programs' own folder everywhere.
PROGRAMS = (embedded_binaries().folder, *sorted(Path("/usr/lib/postgresql").glob("*/bin")))
SECRET = "s3cret-p4ssw0rd"


@pytest.fixture(params=PROGRAMS, ids=lambda folder: folder.parent.name)
def programs(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def major_of(shop: Shop) -> int:
    facts: Any = json.loads((shop.root / "facts.json").read_text(encoding="utf-8"))
    return int(facts["databases"][0]["server_version"]) // 10000


def major_in(programs: Path) -> int:
    with scratch_server(ReplaySettings(binaries=str(programs))) as server:
        return server.server_version // 10000


def test_the_replay_on_programs_of_ones_own(running_shop: Shop, programs: Path) -> None:
    """The tenants live on the embedded server: schemas compare across majors."""
    settings = SETTINGS.replace('url = "env:SHOP_REPLAY_URL"', f'binaries = "{programs}"')
    running_shop.write("errorbudget.toml", settings)
    result = running_shop.run("--errorbudget-facts=facts.json")
    result.assert_outcomes(passed=13)
    assert major_of(running_shop) == major_in(programs)


def test_the_replay_and_the_tenants_on_another_server(
    running_shop: Shop, monkeypatch: pytest.MonkeyPatch, programs: Path
) -> None:
    with scratch_server(ReplaySettings(binaries=str(programs))) as server, server.database() as conninfo:
        provision(conninfo)
        monkeypatch.setenv("SHOP_REPLAY_URL", server.conninfo("postgres"))
        monkeypatch.setenv("SHOP_DATABASE_URL", conninfo)
        running_shop.narrow_total()
        result = running_shop.run("--errorbudget-facts=facts.json")
        with psycopg.connect(server.conninfo("postgres")) as connection:
            left = connection.execute("select datname from pg_database where datname like 'errorbudget%'").fetchall()
    result.assert_outcomes(failed=3, passed=10)
    assert major_of(running_shop) == server.server_version // 10000
    assert len(left) == 1  # the tenants' own


def test_a_role_without_the_right_to_make_databases(running_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch_server(ReplaySettings()) as server:
        with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
            connection.execute("create role reader login")
        monkeypatch.setenv("SHOP_REPLAY_URL", make_conninfo(server.conninfo("postgres"), user="reader"))
        result = running_shop.run()
    result.stdout.fnmatch_lines(
        ["error[[]server-unreachable]: the role reader of the replay server may not make databases: *"]
    )
    assert "Traceback" not in result.stdout.str()


@pytest.fixture
def guarded() -> Iterator[str]:
    """A server that asks the role ``reader`` for its password."""
    with scratch_server(ReplaySettings()) as server:
        with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
            connection.execute("create role reader login password 'right'")
            rules = Path(server.host) / "data" / "pg_hba.conf"
            rules.write_text("local all postgres trust\nlocal all reader scram-sha-256\n")
            connection.execute("select pg_reload_conf()")
            time.sleep(0.1)
        yield server.conninfo("postgres")


def test_a_wrong_password_of_a_role_that_is_there(
    running_shop: Shop, monkeypatch: pytest.MonkeyPatch, guarded: str
) -> None:
    """It is in nothing that the run shows or writes, and the other steps go on."""
    url = make_conninfo(guarded, user="reader", password=SECRET)
    monkeypatch.setenv("SHOP_DATABASE_URL", url)
    result = running_shop.run("-vv", "--junitxml=report.xml", "--errorbudget-facts=facts.json", "-ra")
    result.assert_outcomes(failed=1, skipped=3, passed=9)
    result.stdout.fnmatch_lines(
        [
            "error[[]server-unreachable]: cannot connect to reader@*: password authentication failed for user "
            '"reader"*',
            "*= help: See that the server runs, that the URL is right and that the role may log in.",
        ]
    )
    written = [path.read_text(encoding="utf-8") for path in running_shop.root.rglob("*.*") if path.is_file()]
    assert SECRET not in "".join((result.stdout.str(), result.stderr.str(), *written))
