"""The aggregation against the same exact answer written by hand for DuckDB, in one run.

    python benchmarks/aggregation.py [ROUNDS]

1.2 million rows of 12 tenants over 4 shards, with copies, some of which disagree. Prints medians and ratios; the
comparators deduplicate, choose the copy that counts and count disagreements, as ours do. Rounds alternate, so that a
busy machine slows all of them alike. PostgreSQL and Spark count the same rows once each, where they are: their
processor time is that of other processes, and is not seen.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import duckdb
import psycopg

from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource, ReplaySettings
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import Recounting, no_recount, recount
from pytest_errorbudget.readers.scratch import scratch_server

WINDOW_US = 300_000_000
AS_OF_US = 4_102_444_800_000_000
THREADS = 2
TENANTS = tuple(f"tenant-{number:02}" for number in range(12))
SOURCE = EventSource(
    name="requests",
    format=EventFormat.PARQUET,
    paths=("*.parquet",),
    columns=EventColumns(replica="shard"),
    lateness_us=0,
    span=Span("errorbudget.toml", 1),
)

GENERATE = """
create table events as
select md5('id' || i)::uuid as event_id, printf('tenant-%02d', i % 12) as tenant_id,
    make_timestamptz(1767225600000000 + i * 2085517) as occurred_at, (hash(i) % 4)::varchar as shard,
    case when hash(i, 1) % 500 = 0 then 500 else 200 end::int as status, (hash(i, 2) % 400)::int as latency_ms,
    case when hash(i, 3) % 20 = 0 then '/health' else '/api' end as route
from range(1160000) numbers(i);
insert into events
select event_id, tenant_id, occurred_at, ((shard::int + 1) % 4)::varchar,
    case when hash(event_id) % 29 = 0 and hash(event_id, 1) % 130 = 0 then 503 else status end, latency_ms, route
from events where hash(event_id) % 29 = 0;
copy (select * from events order by occurred_at) to '{path}' (format parquet, compression zstd);
"""
PLAIN = """
select tenant_id, epoch_us(occurred_at) // {w} as w, count(*), count(*) filter (status >= 500) from {f} group by all
"""
RANKED = """
with placed as (
    select *, epoch_us(occurred_at) as t, row_number() over copies as place
    from {f} window copies as (partition by tenant_id, event_id order by occurred_at, latency_ms, route, status)
), disagreeing as (
    select tenant_id, event_id from placed group by all
    having count(distinct (t, latency_ms, route, status)) > 1
)
select tenant_id, t - ((t % {w}) + {w}) % {w} as w, count(*),
    count(*) filter (route <> '/health') as valid, count(*) filter (route <> '/health' and status >= 500) as bad,
    count(*) filter (route <> '/health' and status < 500) as valid_fast,
    count(*) filter (route <> '/health' and status < 500 and latency_ms > 300) as slow,
    (select count(*) from disagreeing) as disagreeing
from placed where place = 1 group by all
"""
TWO_LEVEL = """
with grouped as materialized (
    select tenant_id, event_id, count(*) as copies, min(epoch_us(occurred_at)) as t,
        min((route <> '/health')::int *
            (1 + (status >= 500)::int * 2 + (status < 500 and latency_ms > 300)::int * 4)) as b
    from {f} where occurred_at < timestamptz '2100-01-01' group by all
), ranked as (
    select tenant_id, event_id, epoch_us(occurred_at) as t, status, latency_ms, route,
        row_number() over copies as place, count(*) over (partition by tenant_id, event_id) as kinds
    from (
        select distinct tenant_id, event_id, occurred_at, status, latency_ms, route
        from {f} semi join (from grouped where copies > 1) using (tenant_id, event_id)
    ) window copies as (partition by tenant_id, event_id order by occurred_at, latency_ms, route, status)
), chosen as (
    select tenant_id, t, b, 0 as disagrees from grouped where copies = 1
    union all
    select tenant_id, t,
        (route <> '/health')::int * (1 + (status >= 500)::int * 2 + (status < 500 and latency_ms > 300)::int * 4),
        (kinds > 1)::int from ranked where place = 1
)
select tenant_id, t - ((t % {w}) + {w}) % {w} as w, count(*), count(*) filter (b & 1 = 1),
    count(*) filter (b & 2 = 2), count(*) filter (b & 3 = 1), count(*) filter (b & 4 = 4), sum(disagrees)::bigint
from chosen group by all
"""


# What a person who measured it would add: the tenants' places in the place of their names.
PLACED = TWO_LEVEL.replace("select tenant_id, event_id, count(*)", "select {place} as tenant_id, event_id, count(*)")
PLACED = PLACED.replace("select distinct tenant_id, event_id", "select distinct {place} as tenant_id, event_id")
PLACED = PLACED.replace(
    "from {f} semi join (from grouped where copies > 1) using (tenant_id, event_id)",
    """from {f} e
        semi join (from grouped where copies > 1) g on g.tenant_id = {place} and g.event_id = e.event_id""",
)
PLACED = PLACED.replace("{place}", f"list_position({list(TENANTS)}, tenant_id)::smallint", 2)
PLACED = PLACED.replace("{place}", f"list_position({list(TENANTS)}, e.tenant_id)::smallint")


def slo(name: str, good: str, where: str) -> Slo:
    return Slo(
        name=name,
        service="api",
        sli=Sli(events="requests", good=good, where=where, kind=SliKind.AVAILABILITY),
        objective=Fraction(999, 1000),
        period=Rolling(28 * 86_400_000_000),
        span=Span("slo.yaml", 1),
    )


SLOS = (
    slo("availability", "status < 500", "route <> '/health'"),
    slo("latency", "latency_ms <= 300", "route <> '/health' and status < 500"),
)


def by_hand(query: str, path: Path) -> Callable[[], object]:
    """A comparator: a session of its own, the query, and its rows in Python."""

    def run() -> object:
        with duckdb.connect(":memory:", config={"threads": THREADS}) as session:
            session.execute("set enable_progress_bar = false")
            return session.execute(query.format(w=WINDOW_US, f=f"read_parquet('{path}')")).fetchall()

    return run


def ours(folder: Path, recounting: Recounting) -> Callable[[], object]:
    def run() -> object:
        counts, problems = count_events(
            folder,
            (SOURCE,),
            SLOS,
            TENANTS,
            window_us=WINDOW_US,
            as_of_us=AS_OF_US,
            threads=THREADS,
            recounting=recounting,
        )
        if counts is None or problems:
            raise SystemExit("\n".join(map(str, problems)))
        return counts

    return run


def on_postgres(folder: Path) -> float:
    """Seconds for our count of the same rows in a table of an embedded PostgreSQL."""
    with scratch_server(ReplaySettings()) as server, server.database() as conninfo:
        with duckdb.connect() as session:
            session.execute(f"copy (from '{folder}/requests.parquet') to '{folder}/requests.csv' (format csv, header)")
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

    with duckdb.connect() as session:  # Spark refuses Parquet's UUID
        rows = f"select * replace (event_id::varchar as event_id) from '{folder}/requests.parquet'"
        session.execute(f"copy ({rows}) to '{folder}/text.parq' (format parquet)")
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
        Path(), (source,), SLOS, TENANTS, window_us=WINDOW_US, as_of_us=AS_OF_US, threads=THREADS, recounting=no_recount
    )
    if counts is None or problems:
        raise SystemExit("\n".join(map(str, problems)))
    return time.perf_counter() - began


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name), Path(name) / "requests.parquet"
        with duckdb.connect() as session:
            session.execute(GENERATE.format(path=path))
        forms = {
            "scan and count, not deduplicated": by_hand(PLAIN, path),
            "by hand: two levels": by_hand(TWO_LEVEL, path),
            "by hand: two levels, places": by_hand(PLACED, path),
            "by hand: row_number": by_hand(RANKED, path),
            "ours": ours(folder, no_recount),
            "ours, and three recounts": ours(folder, recount),
        }
        walls: dict[str, list[float]] = {form: [] for form in forms}
        cpus: dict[str, list[float]] = {form: [] for form in forms}
        for _ in range(rounds):
            for form, run in forms.items():
                began, busy = time.perf_counter(), time.process_time()
                run()
                walls[form].append(time.perf_counter() - began)
                cpus[form].append(time.process_time() - busy)
        elsewhere = {"ours on PostgreSQL, in place": on_postgres(folder), "ours on Spark, in place": on_spark(folder)}
    for form in forms:
        wall, cpu = (
            median(ours / hand for ours, hand in zip(taken[form], taken["by hand: two levels"], strict=True))
            for taken in (walls, cpus)
        )
        times = f"{median(walls[form]):6.3f} s wall, {median(cpus[form]):6.3f} s cpu"
        sys.stdout.write(f"{form:<34}{times}: {wall:5.2f} and {cpu:5.2f} times the exact query by hand\n")
    for form, seconds in elsewhere.items():
        told = "not measured: no Java or no pyspark" if seconds is None else f"{seconds:6.3f} s wall, once"
        sys.stdout.write(f"{form:<34}{told}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
