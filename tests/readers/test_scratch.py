"""The server for a run's own databases: there when it is asked for, and gone on every way out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import psutil
import psycopg
import pytest

from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.readers.scratch import ScratchServer, scratch_server
from pytest_errorbudget.readers.scratch.binaries import embedded_binaries
from pytest_errorbudget.readers.scratch.leftovers import SERVER_PID, remove_leftovers

_OWNER = """
import sys
from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.readers.scratch import scratch_server
with scratch_server(ReplaySettings()) as server:
    print(server.host, flush=True)
    sys.stdin.read()
"""
_WAIT_S = 20.0


@contextmanager
def _owner(*options: str) -> Iterator[tuple[subprocess.Popen[str], Path, int]]:
    """Another process with a server of its own: the process, the server's folder and its pid."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", *options, "-c", _OWNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"},
    )
    with process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        yield process, folder, int((folder / SERVER_PID).read_text())
        if process.poll() is None:
            process.kill()


def _gone(folder: Path, pid: int) -> bool:
    deadline = time.monotonic() + _WAIT_S
    while time.monotonic() < deadline:
        if not folder.exists() and not _alive(pid):
            return True
        time.sleep(0.02)
    return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def test_databases_are_made_from_a_counter_and_dropped(scratch: ScratchServer) -> None:
    with scratch.database() as first, scratch.database() as second:
        names = []
        for conninfo in (first, second):
            with psycopg.connect(conninfo) as connection:
                names.append(connection.info.dbname)
    prefix, number = names[0].rsplit("_", 1)
    assert names == [f"errorbudget_{number}", f"errorbudget_{int(number) + 1}"]
    assert prefix == "errorbudget"
    with psycopg.connect(scratch.conninfo("postgres")) as connection:
        assert connection.execute("select 1 from pg_database where datname = any(%s)", (names,)).fetchall() == []


def test_a_database_can_be_a_copy_of_another(scratch: ScratchServer) -> None:
    with scratch.database() as original:
        with psycopg.connect(original) as connection:
            connection.execute("create table t (id int)")
            template = connection.info.dbname
        with scratch.database(template) as copy, psycopg.connect(copy) as connection:
            assert connection.execute("select count(*) from t").fetchone() == (0,)


def test_nothing_is_kept_safe_that_is_thrown_away(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    names = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit", "listen_addresses")
    shown = connection.execute("select name, setting from pg_settings where name = any(%s)", (list(names),)).fetchall()
    assert dict(cast("list[tuple[str, str]]", shown)) == {**dict.fromkeys(names, "off"), "listen_addresses": ""}


@pytest.mark.parametrize("extension", ["uuid-ossp", "pgcrypto", "citext", "pg_trgm", "hstore", "ltree", "btree_gist"])
def test_extensions_of_real_migrations_can_be_created(
    connection: psycopg.Connection[tuple[object, ...]], extension: str
) -> None:
    connection.execute(f'create extension "{extension}"'.encode())
    assert connection.execute("select 1 from pg_extension where extname = %s", (extension,)).fetchone() == (1,)


def test_stand_ins_give_values_of_the_right_type(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute('create extension "uuid-ossp"; create extension pgcrypto')
    row = connection.execute(
        """
        select pg_typeof(uuid_generate_v4())::text, pg_typeof(uuid_generate_v5(uuid_ns_dns(), 'a'))::text,
               pg_typeof(crypt('secret', gen_salt('bf', 8)))::text, octet_length(gen_random_bytes(33)),
               pg_typeof(pgp_sym_decrypt(pgp_sym_encrypt('a', 'k'), 'k'))::text, pg_typeof(digest('a', 'sha256'))::text
        """
    ).fetchone()
    assert row == ("uuid", "uuid", "text", 33, "text", "bytea")


def test_a_copied_run_leaves_nothing_behind() -> None:
    with scratch_server(ReplaySettings()) as server:
        folder = Path(server.host)
        pid = int((folder / SERVER_PID).read_text())
        assert _alive(pid)
    assert not folder.exists()
    assert not _alive(pid)


def test_an_exception_ends_the_server_too() -> None:
    found: list[tuple[Path, int]] = []

    def fail() -> None:
        with scratch_server(ReplaySettings()) as server:
            folder = Path(server.host)
            found.append((folder, int((folder / SERVER_PID).read_text())))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _gone(*found[0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name)
def test_a_signal_to_the_owner_ends_the_server(number: signal.Signals) -> None:
    with _owner() as (process, folder, pid):
        assert _alive(pid)
        process.send_signal(number)
        process.wait(_WAIT_S)
        assert _gone(folder, pid)


def test_a_run_that_was_killed_with_its_watchdog_is_cleaned_up_by_the_next() -> None:
    with _owner() as (process, folder, pid):
        for watchdog in psutil.Process(process.pid).children():
            if "errorbudget-watchdog" in watchdog.cmdline():
                watchdog.kill()
        process.kill()
        process.wait(_WAIT_S)
        assert folder.exists()
        with scratch_server(ReplaySettings()) as server, psycopg.connect(server.conninfo("postgres")):
            assert _gone(folder, pid)


def test_a_living_run_is_left_alone() -> None:
    with _owner() as (_, folder, pid):
        remove_leftovers()
        assert folder.exists()
        assert _alive(pid)


def test_a_folder_of_programs_gives_a_server(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.symlink_to(embedded_binaries().folder, target_is_directory=True)
    with (
        scratch_server(ReplaySettings(binaries=str(programs))) as server,
        psycopg.connect(server.conninfo("postgres")) as connection,
    ):
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_folder_without_postgresql_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught, scratch_server(ReplaySettings(binaries=str(tmp_path))):
        pass
    problem = caught.value.problem
    assert problem.rule is Rule.SERVER_UNREACHABLE
    assert str(problem) == (
        f"there is no PostgreSQL in {tmp_path}\n"
        "  The migrations cannot be replayed for real, and queries cannot be prepared.\n"
        "  Give `[replay] binaries` the folder that holds `postgres` and `initdb`, or leave it out."
    )


def test_a_server_by_url_is_used_as_it_is(scratch: ScratchServer) -> None:
    env = {"REPLAY": scratch.conninfo("postgres")}
    with scratch_server(ReplaySettings(url="env:REPLAY"), env) as server, server.database() as conninfo:
        assert server.server_version == scratch.server_version
        with psycopg.connect(conninfo) as connection:
            assert connection.info.dbname.startswith("errorbudget_")


def test_a_name_that_is_taken_is_passed_over(scratch: ScratchServer) -> None:
    url = scratch.conninfo("postgres")
    with (
        scratch_server(ReplaySettings(url=url)) as first,
        scratch_server(ReplaySettings(url=url)) as second,
        first.database() as taken,
        second.database() as other,
    ):
        assert taken != other


def test_a_missing_variable_says_which() -> None:
    with pytest.raises(Unreadable) as caught, scratch_server(ReplaySettings(url="env:NO_SUCH_URL"), {}):
        pass
    assert str(caught.value.problem) == (
        "the environment variable NO_SUCH_URL is not set\n"
        "  [replay] reads its server's URL from NO_SUCH_URL, so nothing is known about that server.\n"
        "  Set NO_SUCH_URL to a PostgreSQL URL, such as postgresql://reader@db.internal/app."
    )


def test_a_server_out_of_reach_is_named_without_its_password() -> None:
    url = "postgresql://reader:hunter2@127.0.0.1:1/app"
    with pytest.raises(Unreadable) as caught, scratch_server(ReplaySettings(url=url)):
        pass
    assert str(caught.value.problem) == (
        "cannot connect to reader@127.0.0.1:1/app: Connection refused\n"
        "  Nothing that needs this server was checked.\n"
        "  See that the server runs, that the URL is right and that the role may log in."
    )


def test_a_wrong_password_is_never_printed() -> None:
    with scratch_server(ReplaySettings()) as server:
        with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
            connection.execute("create role reader login password 'right'")
        data = Path(server.host) / "data"
        (data / "pg_hba.conf").write_text("local all postgres trust\nlocal all reader scram-sha-256\n")
        with psycopg.connect(server.conninfo("postgres")) as connection:
            connection.execute("select pg_reload_conf()")
            time.sleep(0.1)
        url = f"host={server.host} user=reader password=hunter2 dbname=postgres"
        with pytest.raises(Unreadable) as caught, scratch_server(ReplaySettings(url=url)):
            pass
        assert str(caught.value.problem) == (
            f'cannot connect to reader@{server.host}:5432/postgres: password authentication failed for user "reader"\n'
            "  Nothing that needs this server was checked.\n"
            "  See that the server runs, that the URL is right and that the role may log in."
        )
