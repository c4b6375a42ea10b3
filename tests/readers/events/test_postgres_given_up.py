"""A server that gives up while events are counted: a lock, a read replica that must catch up, an end. What is said."""

from __future__ import annotations

import pwd
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from naive_events import FIVE, slo
from sqlglot import exp

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.events.aggregation.query import aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import Reading, Recounted, recount
from pytest_errorbudget.readers.scratch.binaries import Binaries, embedded_binaries

SLO = slo("ok", "code < 500")
EVENTS = b"""
create table events as select n as id, 'a' as tenant, timestamptz 'epoch' + n * interval '1 s' as at, n % 600 as code
from generate_series(1, 1000) n;
create view slow as select events.* from events, lateral (select pg_sleep(600) where events.id is not null) s;
"""


def ask(table: str, conninfo: str, **more: Any) -> tuple[Counts | None, tuple[Problem, ...]]:
    source = EventSource(
        name="requests",
        format=EventFormat.POSTGRES,
        paths=(table,),
        columns=EventColumns(id="id", tenant="tenant", time="at"),
        lateness_us=0,
        span=Span("errorbudget.toml", 7),
        url=conninfo,
    )
    given = {"as_of_us": 100 * FIVE, "recounting": recount, **more}
    return count_events(Path(), (source,), (SLO,), ("a",), window_us=FIVE, **given)


def given_up(table: str, conninfo: str) -> tuple[str, str]:
    counts, problems = ask(table, conninfo)
    assert counts is None
    (problem,) = problems
    assert problem.rule.id == "events-unreadable"
    return problem.message, problem.help


@contextmanager
def while_counting(conninfo: str, act: Callable[[psycopg.Connection[Any], int], None]) -> Iterator[None]:
    """Does something as soon as a query of ours sleeps, with its process id."""

    def wait() -> None:
        with psycopg.connect(conninfo, autocommit=True) as watching:
            asked = b"select pid from pg_stat_activity where wait_event = 'PgSleep'"
            while (sleeping := watching.execute(asked).fetchone()) is None:
                time.sleep(0.01)
            act(watching, sleeping[0])

    acting = threading.Thread(target=wait, daemon=True)
    acting.start()
    yield
    acting.join()


@pytest.fixture
def events(connection: psycopg.Connection[Any], database: str) -> str:
    connection.execute(EVENTS)
    return database


def test_a_table_that_a_migration_locks(events: str) -> None:
    with psycopg.connect(events) as altering:
        altering.execute(b"alter table events add column more int")
        assert given_up("slow", events) == (
            "counting the events `requests` in `slow` was given up: canceling statement due to lock timeout",
            "something holds a lock on the table, such as a migration that alters it: run again when it has ended",
        )


@pytest.mark.parametrize(
    ("ended", "message"),
    [
        ("pg_terminate_backend", "terminating connection due to administrator command"),
        ("pg_cancel_backend", "canceling statement due to user request"),
    ],
)
def test_a_count_that_is_ended(ended: str, message: str, events: str) -> None:
    def end(watching: psycopg.Connection[Any], process: int) -> None:
        watching.execute(f"select {ended}({process})".encode())

    with while_counting(events, end):
        said, _ = given_up("slow", events)
    assert said == f"counting the events `requests` in `slow` was given up: {message}"


def test_a_materialized_view_that_holds_nothing_yet(events: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(b"create materialized view later as select * from events with no data")
    assert given_up("later", events) == (
        'counting the events `requests` in `later` was given up: materialized view "later" has not been populated',
        "refresh the materialized view, or count what it is made of",
    )


def test_a_role_that_may_not_spill_as_much(events: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(f"alter database {connection.info.dbname} set temp_file_limit = '64kB'".encode())
    connection.execute(
        b"create view wide as select e.id, tenant, at, code, other from events e, generate_series(1, 2000) other "
        b"order by random()"
    )
    message, help = given_up("wide", events)
    assert message == (
        'counting the events `requests` in `wide` was given up: temporary file size exceeds "temp_file_limit" (64kB)'
    )
    assert help == "count a view over fixed days, a replica without other work, or a table of counts"


LATE = (
    b"insert into events select 5000 + n, 'a', timestamptz 'epoch' + n * interval '1 s', 599 "
    b"from generate_series(1, 700) n"
)


def test_rows_that_come_between_two_counts_make_no_way_of_counting_wrong(
    events: str, connection: psycopg.Connection[Any]
) -> None:
    """The ways of counting again see one state, and are held against what the first way finds in it."""

    def later(reading: Reading, as_of_us: int) -> Recounted:
        connection.execute(LATE)
        return reading.again(as_of_us)

    counts, problems = ask("events", events, recounting=later)
    assert problems == ()
    assert counts is not None
    assert [(one.windows, one.equal) for one in counts.recounts] == [(4, 4), (4, 4)]
    assert (counts.totals[0].events, counts.race_conditions) == (1000, 3)


def test_rows_that_come_before_they_are_counted_are_rows(events: str, connection: psycopg.Connection[Any]) -> None:
    """The moment of the run is found in one look at the table, and the counts in the next."""
    inserted = iter([LATE])

    def later(question: Question, table: str, as_of_us: int) -> exp.Query:
        for rows in inserted:
            connection.execute(rows)
        return aggregation(question, table, as_of_us)

    counts, _ = ask("events", events, aggregation=later)
    assert counts is not None
    (total,) = counts.totals
    assert (total.rows, total.events, total.duplicates, total.after_as_of) == (1700, 1700, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicated:
    """The conninfo of a primary server and of a hot standby that follows it."""

    primary: str
    standby: str


def _run(binaries: Binaries, folder: Path) -> dict[str, Any]:
    if binaries.user is None:
        return {"cwd": folder}
    user = pwd.getpwnam(binaries.user)
    return {"cwd": folder, "user": binaries.user, "group": user.pw_gid, "extra_groups": ()}


@contextmanager
def _server(binaries: Binaries, folder: Path, name: str, port: int) -> Iterator[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "port": port,
        "fsync": "off",
        "wal_level": "replica",
        "max_wal_senders": 4,
        "autovacuum": "off",
        "hot_standby": "on",
        "max_standby_streaming_delay": 0,
        "dynamic_shared_memory_type": "mmap",
    }
    arguments = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    with (folder / f"{name}.log").open("wb") as log:
        started = subprocess.Popen(
            [binaries.program("postgres"), "-D", str(folder / name), *arguments],
            stdout=log,
            stderr=log,
            **_run(binaries, folder),
        )
        conninfo = f"host={folder} port={port} user=postgres dbname=postgres"
        try:
            while True:
                assert started.poll() is None, (folder / f"{name}.log").read_text()
                try:
                    psycopg.connect(conninfo).close()
                    break
                except psycopg.OperationalError:
                    time.sleep(0.02)
            yield conninfo
        finally:
            started.terminate()
            started.wait()


@pytest.fixture(scope="module")
def replicated() -> Iterator[Replicated]:
    """Two real servers: the second is a base backup of the first, and replays what happens there."""
    binaries = embedded_binaries()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pytest-errorbudget-replica-")))
        if binaries.user is not None:
            shutil.chown(folder, user=binaries.user)
        by_user = _run(binaries, folder)
        first = ["initdb", "-D", "primary", "--no-sync", "--no-locale", "-E", "UTF8", "--auth=trust", "-U", "postgres"]
        subprocess.run([binaries.program(first[0]), *first[1:]], check=True, capture_output=True, **by_user)
        primary = stack.enter_context(_server(binaries, folder, "primary", 5501))
        backup = ["-h", str(folder), "-p", "5501", "-U", "postgres", "-D", "standby", "-R", "-c", "fast", "--no-sync"]
        subprocess.run([binaries.program("pg_basebackup"), *backup], check=True, capture_output=True, **by_user)
        standby = stack.enter_context(_server(binaries, folder, "standby", 5502))
        yield Replicated(primary=primary, standby=standby)


def caught_up(replicated: Replicated) -> None:
    with psycopg.connect(replicated.primary) as first, psycopg.connect(replicated.standby, autocommit=True) as second:
        written = first.execute(b"select pg_current_wal_lsn()").fetchone()
        assert written is not None
        replayed = f"select pg_last_wal_replay_lsn() >= '{written[0]}'".encode()
        while second.execute(replayed).fetchone() != (True,):
            time.sleep(0.01)


@pytest.fixture
def on_primary(replicated: Replicated) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(replicated.primary, autocommit=True) as connection:
        connection.execute(EVENTS)
        caught_up(replicated)
        yield connection
        connection.execute(b"drop table events cascade")


@pytest.mark.usefixtures("on_primary")
def test_a_hot_standby_counts_as_its_primary_does(replicated: Replicated) -> None:
    counts, problems = ask("events", replicated.standby)
    assert problems == ()
    assert counts is not None
    assert all(way.windows == way.equal > 0 for way in counts.recounts)
    assert counts == ask("events", replicated.primary)[0]


def test_a_hot_standby_that_must_remove_rows_which_are_counted(
    replicated: Replicated, on_primary: psycopg.Connection[Any]
) -> None:
    def vacuum(_: psycopg.Connection[Any], __: int) -> None:
        on_primary.execute(b"delete from events")
        on_primary.execute(b"vacuum events")

    with while_counting(replicated.standby, vacuum):
        assert given_up("slow", replicated.standby) == (
            "counting the events `requests` in `slow` was given up: canceling statement due to conflict with recovery",
            "the read replica needed to remove rows that were being counted: raise max_standby_streaming_delay or set "
            "hot_standby_feedback = on there, count a table of counts, or run again",
        )


@pytest.mark.usefixtures("on_primary")
def test_a_hot_standby_whose_primary_alters_the_table(replicated: Replicated) -> None:
    with psycopg.connect(replicated.primary) as altering:
        altering.execute(b"lock table events in access exclusive mode")
        altering.execute(b"select pg_current_xact_id(), pg_switch_wal()")
        caught_up(replicated)
        message, _ = given_up("events", replicated.standby)
    assert message == "counting the events `requests` in `events` was given up: canceling statement due to lock timeout"
