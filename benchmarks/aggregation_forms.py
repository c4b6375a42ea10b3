"""The forms in which the aggregation's benchmark counts: ours, and what a person would write by hand for DuckDB."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import aggregation_queries as queries
import duckdb
import psycopg

from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource, ReplaySettings
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.events.counting import MEMORY_MIB, count_events
from pytest_errorbudget.readers.events.reading import Recounting, no_recount, recount
from pytest_errorbudget.readers.scratch import scratch_server

AS_OF_US = 4_102_444_800_000_000
THREADS = 2
ROWS_A_PASS = 6_000_000
SOURCE = EventSource(
    name="requests",
    format=EventFormat.PARQUET,
    paths=("*.parquet",),
    columns=EventColumns(replica="shard"),
    lateness_us=0,
    span=Span("errorbudget.toml", 1),
)


def slo(name: str, good: str, where: str) -> Slo:
    return Slo(
        name=name,
        service="api",
        sli=Sli(events="requests", good=good, where=where, kind=SliKind.AVAILABILITY),
        objective=Fraction(999, 1000),
        period=Rolling(28 * queries.DAY_US),
        span=Span("slo.yaml", 1),
    )


SLOS = (
    slo("availability", "status < 500", "route <> '/health'"),
    slo("latency", "latency_ms <= 300", "route <> '/health' and status < 500"),
)
Form = Callable[[], object]


def session(memory_mib: int | None) -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect(":memory:", config={"threads": THREADS, "preserve_insertion_order": False})
    opened.execute("set enable_progress_bar = false")
    if memory_mib is not None:
        opened.execute(f"set memory_limit = '{memory_mib}MiB'")
    return opened


def written(query: str, files: str) -> str:
    return query.format(w=queries.WINDOW_US, f=f"read_parquet({files!r})")


def fetched(query: str, files: str, memory_mib: int | None = None) -> Form:
    """By hand: a session of its own, the query, and its rows in Python."""

    def run() -> object:
        with session(memory_mib) as opened:
            return opened.execute(written(query, files)).fetchall()

    return run


def left(query: str, files: str) -> Form:
    """By hand, with the answer left in the database: nothing of it is made an object of Python."""

    def run() -> object:
        with session(None) as opened:
            return opened.execute(f"create temp table answer as {written(query, files)}")

    return run


def in_slices(folder: Path) -> Form:
    """By hand, a file of a day at a time: first the hashes of all ids, which tell the events that have several rows and
    those that lie in several files, and then the counts, with the copies apart."""

    def run() -> object:
        with session(MEMORY_MIB) as opened, tempfile.TemporaryDirectory() as scratch:
            paths = sorted(map(str, folder.glob("*.parquet")))
            for number, path in enumerate(paths):
                hashes = queries.HASHES.format(slice=number, f=f"read_parquet({path!r})")
                opened.execute(f"copy ({hashes}) to '{scratch}/{number}.parquet' (compression uncompressed)")
            crossing = _repeated(opened, f"read_parquet('{scratch}/*.parquet')")
            if crossing:
                raise SystemExit(f"{crossing} events lie in several slices, which this form does not count")
            rows = []
            for number, path in enumerate(paths):
                query = queries.APART_IN_SLICE.format(w=queries.WINDOW_US, f=f"read_parquet({path!r})", slice=number)
                rows += opened.execute(query).fetchall()
            return rows

    return run


def _repeated(opened: duckdb.DuckDBPyConnection, hashes: str) -> int:
    """Fills the table ``repeated``; how many events lie in several slices."""
    opened.execute("create temp table repeated (event ubigint, slice smallint, crosses boolean)")
    (rows,) = opened.execute(f"select count(*) from {hashes}").fetchall()[0]
    passes = rows // ROWS_A_PASS + 1
    edges = [(1 << 64) * number // passes for number in range(passes + 1)]
    for first, after in pairwise(edges):
        query = queries.REPEATED.format(hashes=hashes, first=first, last=after - 1)
        opened.execute(f"insert into repeated {query}")
    (found,) = opened.execute("select count(*) from repeated where crosses").fetchall()[0]
    return int(found)


def ours(folder: Path, recounting: Recounting = no_recount, kept: Path | None = None) -> Form:
    def run() -> object:
        counts, problems = count_events(
            folder,
            (SOURCE,),
            SLOS,
            queries.TENANTS,
            window_us=queries.WINDOW_US,
            as_of_us=AS_OF_US,
            threads=THREADS,
            recounting=recounting,
            kept=kept,
        )
        if counts is None or problems:
            raise SystemExit("\n".join(map(str, problems)))
        return counts

    return run


def on_postgres(folder: Path) -> float:
    """Seconds for our count of the same rows in a table of an embedded PostgreSQL."""
    with scratch_server(ReplaySettings()) as server, server.database() as conninfo:
        with duckdb.connect() as opened:
            opened.execute(f"copy (from '{folder}/requests.parquet') to '{folder}/requests.csv' (format csv, header)")
        with psycopg.connect(conninfo) as connection:
            connection.execute(
                "create table requests (event_id uuid, tenant_id text, occurred_at timestamptz, shard text, "
                "status int, latency_ms int, route text)"
            )
            loading = b"copy requests from stdin (format csv, header)"
            with open(folder / "requests.csv", "rb") as rows, connection.cursor().copy(loading) as copy:
                while part := rows.read(1 << 20):
                    copy.write(part)
        return _seconds(replace(SOURCE, format=EventFormat.POSTGRES, paths=("public.requests",), url=conninfo))


def on_spark(folder: Path) -> float | None:
    """Seconds for the same on Spark in this machine, with its session there; ``None`` without pyspark or Java."""
    if shutil.which("java") is None or find_spec("pyspark") is None:
        return None
    from pyspark.sql import SparkSession

    with duckdb.connect() as opened:  # Spark refuses Parquet's UUID
        rows = f"select * replace (event_id::varchar as event_id) from '{folder}/requests.parquet'"
        opened.execute(f"copy ({rows}) to '{folder}/text.parq' (format parquet)")
    builder = SparkSession.builder.master(f"local[{THREADS}]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.sql.shuffle.partitions", 4).getOrCreate()
    try:
        spark.read.parquet(f"{folder}/text.parq").createOrReplaceTempView("requests")
        return _seconds(replace(SOURCE, format=EventFormat.SPARK, paths=("requests",)))
    finally:
        spark.stop()


def _seconds(source: EventSource) -> float:
    began = time.perf_counter()
    counts, problems = count_events(
        Path(),
        (source,),
        SLOS,
        queries.TENANTS,
        window_us=queries.WINDOW_US,
        as_of_us=AS_OF_US,
        threads=THREADS,
        recounting=no_recount,
    )
    if counts is None or problems:
        raise SystemExit("\n".join(map(str, problems)))
    return time.perf_counter() - began


def in_one_file(folder: Path) -> dict[str, Form]:
    path = f"{folder}/requests.parquet"
    return {
        "by hand: copies apart": fetched(queries.APART, path),
        "by hand: apart, left there": left(queries.APART, path),
        "by hand: one look": fetched(queries.ONE_LOOK, path),
        "by hand: two looks": fetched(queries.TWO_LOOKS, path),
        "by hand: row_number": fetched(queries.ROW_NUMBER, path),
        "scanned and counted, repeats too": fetched(queries.PLAIN, path),
        "ours": ours(folder),
        "ours, and three recounts": ours(folder, recount),
    }


def in_many_files(folder: Path) -> dict[str, Form]:
    path = f"{folder}/*.parquet"
    return {
        "by hand: apart, in slices": in_slices(folder),
        "by hand: apart, all at once": fetched(queries.APART, path, MEMORY_MIB),
        "scanned and counted, repeats too": fetched(queries.PLAIN, path, MEMORY_MIB),
        "ours": ours(folder),
        "ours, kept from now on": ours(folder, kept=folder / "kept"),
        "ours, behind one new hour": ours(folder, kept=folder / "kept"),
        "ours, nothing new": ours(folder, kept=folder / "kept"),
    }
