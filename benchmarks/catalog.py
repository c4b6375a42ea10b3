"""Reading 200 tenants' schemas, against other ways to read them, in one run.

    python benchmarks/catalog.py [ROUNDS] [--sqlalchemy PYTHON] [--reads NUMBER]

200 schemas x 70 tables x 5 columns and a primary key on a server of its own: all alike, all different in one table,
and all different in every table. Prints medians and ratios. Rounds alternate, so that a busy machine slows all of them
alike. ``--sqlalchemy`` names a Python that has SQLAlchemy and psycopg: they are no dependencies of ours. ``--reads``
counts reads of one tenant among DDL without a pause, and the schemas that no committed state was equal to.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import psycopg

from pytest_errorbudget.model.settings import Database, ReplaySettings
from pytest_errorbudget.model.snapshot import Snapshot
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InSchema, Tenant
from pytest_errorbudget.readers.catalog import read_snapshot
from pytest_errorbudget.readers.scratch import ScratchServer, scratch_server
from pytest_errorbudget.readers.scratch.binaries import embedded_binaries

Way = Callable[[], float]  # seconds

TENANTS, TABLES = 200, 70
SHAPES: dict[str, Callable[[int, int], bool]] = {  # whether a tenant's table has a column like no other
    "all alike": lambda _tenant, _table: False,
    "all different, in one table": lambda tenant, table: table == tenant % TABLES,
    "all different, in every table": lambda _tenant, _table: True,
}
NAMES = tuple(f"tenant_{number:03}" for number in range(TENANTS))
BOOKKEEPING = "_sqlx_migrations"

RAW = (
    "select oid, nspname from pg_namespace",
    "select c.oid, c.relname, c.relnamespace, c.relkind::text from pg_class c "
    "join pg_namespace n on n.oid = c.relnamespace where n.nspname = any(%(s)s) and c.relkind in ('r','p','v','m','f')",
    "select a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef from pg_attribute a "
    "join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace "
    "where n.nspname = any(%(s)s) and c.relkind in ('r','p','v','m','f') and a.attnum > 0 and not a.attisdropped",
    "select i.indexrelid, i.indrelid, i.indkey::text, i.indisunique, i.indisprimary, x.relname from pg_index i "
    "join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace "
    "join pg_class x on x.oid = i.indexrelid where n.nspname = any(%(s)s)",
    "select k.oid, k.conrelid, k.conname, k.contype::text, k.conkey, k.confrelid, k.confkey from pg_constraint k "
    "join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = any(%(s)s)",
)
SQLALCHEMY = """
import sys, time, psycopg, sqlalchemy
engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(sys.argv[1]))
started = time.perf_counter()
inspector = sqlalchemy.inspect(engine)
for schema in sys.argv[2].split(","):
    inspector.get_multi_columns(schema=schema)
    inspector.get_multi_indexes(schema=schema)
    inspector.get_multi_pk_constraint(schema=schema)
print(time.perf_counter() - started)
"""
TABLE = (
    "create table tenant_000.table_00 (id bigint primary key, name varchar(80) not null, amount numeric(12,2) not null)"
)
STEPS = (
    "alter table tenant_000.table_00 add column note text default 'n', add column paid boolean not null default false",
    "create index by_note on tenant_000.table_00 (lower(note)); alter table tenant_000.table_00 rename name to title",
    "alter table tenant_000.table_00 alter column amount type bigint; drop index tenant_000.by_note",
    "alter table tenant_000.table_00 drop column note, drop column paid, alter column amount type numeric(12,2); "
    "alter table tenant_000.table_00 rename title to name",
    # A dropped column still counts to the 1,600 that a table may have.
    f"drop table tenant_000.table_00; {TABLE}",
)


def create(conninfo: str, own_column: Callable[[int, int], bool]) -> None:
    """``own_column`` says of a tenant and a table whether the last column has a name that no other tenant has."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for number, name in enumerate(NAMES):
            tables = (
                f"create table table_{table:02} (id bigint primary key, name varchar(80) not null, "
                f"amount numeric(12,2) not null, at timestamptz, "
                f"{f'own_{number}' if own_column(number, table) else 'plain'} boolean);"
                for table in range(TABLES)
            )
            connection.execute(f"create schema {name}; set local search_path = {name}; {''.join(tables)}".encode())
        connection.execute("analyze")


def settings(conninfo: str, names: Sequence[str]) -> Database:
    return Database(
        name="core",
        url=conninfo,
        migrations=None,
        services=(),
        tenants=tuple(Tenant(name, "core", None, InSchema(name)) for name in names),
        span=Span("errorbudget.toml", 1),
    )


def ours(conninfo: str) -> Snapshot:
    return read_snapshot(settings(conninfo, NAMES), "public", BOOKKEEPING, {})


def raw(conninfo: str) -> int:
    """The five catalogues that a schema is made of, whole, as rows."""
    with psycopg.connect(conninfo) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return sum(len(connection.execute(query.encode(), {"s": list(NAMES)}).fetchall()) for query in RAW)


def pg_dump(program: str, conninfo: str) -> None:
    subprocess.run([program, "-s", "-d", conninfo], check=True, stdout=subprocess.DEVNULL)


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def sqlalchemy(python: str, conninfo: str) -> float:
    """Its own clock: starting Python is not counted."""
    done = subprocess.run(
        [python, "-c", SQLALCHEMY, conninfo, ",".join(NAMES)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def show(title: str, rounds: int, ways: dict[str, Way]) -> None:
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(way())
    medians = {name: median(found) for name, found in times.items()}
    own = medians["ours"]
    say(f"\n| {title} | median s | of raw | as often as ours |\n|---|---|---|---|")
    for name, value in medians.items():
        say(f"| {name} | {value:.3f} | {value / medians['raw']:.2f} | {value / own:.2f} |")


@contextmanager
def migrating(conninfo: str, failures: list[psycopg.Error]) -> Iterator[None]:
    """DDL without a pause, which gives up after 200 ms of waiting for a lock."""
    done = threading.Event()

    def run() -> None:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("set lock_timeout = '200ms'")
            while not done.is_set():
                for step in STEPS:
                    try:
                        connection.execute(step.encode())
                    except psycopg.errors.LockNotAvailable as error:
                        failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def torn(server: ScratchServer, reads: int) -> None:
    with server.database() as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(f"create schema tenant_000; {TABLE}".encode())
            one = settings(conninfo, NAMES[:1])
            committed = []
            for step in STEPS:
                committed.append(read_snapshot(one, "public", BOOKKEEPING, {}).tenants[0].shape)
                connection.execute(step.encode())
        failures: list[psycopg.Error] = []
        with migrating(conninfo, failures):
            found = [read_snapshot(one, "public", BOOKKEEPING, {}).tenants[0].shape for _ in range(reads)]
        seen = len(set(found))
        strange = sum(shape not in committed for shape in found)
        say(f"\n{reads} reads among DDL: {seen} states seen, {strange} torn, {len(failures)} statements delayed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    parser.add_argument("--sqlalchemy", metavar="PYTHON")
    parser.add_argument("--reads", type=int, default=1000)
    arguments = parser.parse_args()
    program = Path(embedded_binaries().program("pg_dump"))
    with scratch_server(ReplaySettings()) as server:
        torn(server, arguments.reads)
        for title, own_column in SHAPES.items():
            with server.database() as conninfo:
                create(conninfo, own_column)
                show(title, arguments.rounds, ways(conninfo, others(program, arguments.sqlalchemy, title, conninfo)))
        if not program.exists():
            say(f"\npg_dump was not measured: there is none at {program}")


def ways(conninfo: str, more: dict[str, Way]) -> dict[str, Way]:
    return {"raw": partial(timed, partial(raw, conninfo)), "ours": partial(timed, partial(ours, conninfo)), **more}


def others(program: Path, python: str | None, title: str, conninfo: str) -> dict[str, Way]:
    """Slow, and no quicker where tenants differ: measured once."""
    found: dict[str, Way] = {}
    if title == "all alike" and program.exists():
        found["pg_dump -s"] = partial(timed, partial(pg_dump, str(program), conninfo))
    if title == "all alike" and python:
        found["SQLAlchemy"] = partial(sqlalchemy, python, conninfo)
    return found


if __name__ == "__main__":
    main()
