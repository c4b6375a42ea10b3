"""Reads beside DDL without a pause, in each layout: torn schemas, DDL that waited for us, how many states were seen.

    python benchmarks/live_reads.py [--reads 1000]

Needs nothing but the package: the tenants live on the embedded server. Each read must equal one committed state, and
no statement of the other session, which waits 200 ms for a lock and no longer, may time out. A database of a tenant's
own is read until two looks agree, up to five times, and told as not read where they never do: there the other session
rests for 0.2 s after each round, and a tenth as many reads are made.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from pytest_errorbudget.model.settings import Database, ReplaySettings
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema, Layout, Tenant
from pytest_errorbudget.readers.catalog import read_snapshot
from pytest_errorbudget.readers.scratch import scratch_server

Connection = psycopg.Connection[tuple[Any, ...]]

LEDGER = "create table {0}_sqlx_migrations (version bigint primary key, success boolean not null, checksum bytea);"
OWN_START = (
    "create schema acme; create type acme.state as enum ('new', 'paid'); "
    "create table acme.items (id bigint primary key); "
    "create table acme.invoices (id bigserial primary key, amount int, "
    "state acme.state not null default 'new', item bigint references acme.items (id));"
)
OWN_STEPS = (
    "alter table acme.invoices add column note text default 'n'",
    "create index by_note on acme.invoices (lower(note)); alter table acme.invoices rename column amount to net",
    "alter type acme.state rename to condition; alter type acme.condition rename value 'new' to 'open'",
    "alter table acme.invoices alter column net type numeric(12,2); alter table acme.items rename to lines",
    "drop schema acme cascade; " + OWN_START,
)
PART_START = (
    "create table events (tenant text not null, id bigint, amount int, primary key (tenant, id)) "
    "partition by list (tenant); create table events_acme partition of events for values in ('acme');"
)
PART_STEPS = (
    "alter table events add column note text default 'n'; alter table events rename column amount to net",
    "create index by_note on events (lower(note))",
    "alter table events detach partition events_acme",
    "alter table events attach partition events_acme for values in ('acme'); alter table events_acme rename to acme",
    "drop table events; " + PART_START,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How the tenant ``acme`` lives, and what is done to it meanwhile, and the rest after each round in s."""

    layout: Callable[[str], Layout]
    start: str
    steps: tuple[str, ...]
    rest: float = 0.0


CASES: Mapping[str, Case] = {
    "schema": Case(layout=lambda _: InSchema("acme"), start=OWN_START + LEDGER.format("public."), steps=OWN_STEPS),
    "partition": Case(
        layout=lambda _: InPartition("tenant", "acme", ("events",)),
        start=PART_START + LEDGER.format(""),
        steps=PART_STEPS,
    ),
    "database": Case(layout=InDatabase, start=OWN_START + LEDGER.format(""), steps=OWN_STEPS, rest=0.2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``unread`` are reads that found the database changed each time that they looked, and said so."""

    reads: int
    torn: int
    unread: int
    states: int
    rounds: int
    delayed: int
    seconds: float


def measure(conninfo: str, case: Case, reads: int) -> Outcome:
    layout = case.layout(conninfo)
    database = Database(
        name="core",
        url=None if isinstance(layout, InDatabase) else conninfo,
        migrations=None,
        services=(),
        tenants=(Tenant("acme", "core", None, layout),),
        span=Span("errorbudget.toml", 1),
    )

    def read() -> tuple[str | None, str]:
        snapshot = read_snapshot(database, "public", "_sqlx_migrations", {})
        (state,) = snapshot.tenants
        return state.unread, f"{state.partitions} {state.shape}"

    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(case.start.encode())
        committed = set()
        for step in case.steps:
            committed.add(read()[1])
            connection.execute(step.encode())
        connection.execute("set lock_timeout = '200ms'")
        done, migrated = threading.Event(), Migrated()
        thread = threading.Thread(target=migrated.run, args=(connection, case, done))
        thread.start()
        began = time.perf_counter()
        found = [read() for _ in range(reads)]
        seconds = time.perf_counter() - began
        done.set()
        thread.join()
    told = [state for unread, state in found if unread is None]
    return Outcome(
        reads=reads,
        torn=sum(state not in committed for state in told),
        unread=reads - len(told),
        states=len(set(told)),
        rounds=migrated.rounds,
        delayed=migrated.delayed,
        seconds=seconds,
    )


@dataclass
class Migrated:
    """What the other session did."""

    rounds: int = 0
    delayed: int = 0

    def run(self, connection: Connection, case: Case, done: threading.Event) -> None:
        while not done.wait(case.rest):
            for step in case.steps:
                while not self._done(connection, step):
                    self.delayed += 1
            self.rounds += 1

    @staticmethod
    def _done(connection: Connection, step: str) -> bool:
        """A statement that timed out changed nothing, with all that came with it, and is tried again."""
        try:
            connection.execute(step.encode())
        except psycopg.errors.LockNotAvailable:
            return False
        return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reads", type=int, default=1000)
    reads = parser.parse_args().reads
    sys.stdout.write("layout      reads  torn  not told  states  rounds of DDL  DDL delayed     s\n")
    wrong = 0
    with scratch_server(ReplaySettings()) as server:
        for name, case in CASES.items():
            with server.database() as conninfo:
                one = measure(conninfo, case, reads // 10 if name == "database" else reads)
            wrong += one.torn + one.delayed
            sys.stdout.write(
                f"{name:10}  {one.reads:5}  {one.torn:4}  {one.unread:8}  {one.states:6}  {one.rounds:13}  "
                f"{one.delayed:11}  {one.seconds:5.1f}\n"
            )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
