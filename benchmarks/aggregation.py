"""The aggregation against the same exact answer written by hand for DuckDB, in one run.

    python benchmarks/aggregation.py [ROUNDS]

1.2 million rows of 12 tenants over 4 shards, with copies, some of which disagree. Prints medians and ratios; the
comparators deduplicate, choose the copy that counts and count disagreements, as ours do. Rounds alternate, so that a
busy machine slows all of them alike.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import median

import duckdb

from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import Recounting, no_recount, recount

WINDOW_US = 300_000_000
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
            as_of_us=4_102_444_800_000_000,
            threads=THREADS,
            recounting=recounting,
        )
        if counts is None or problems:
            raise SystemExit("\n".join(map(str, problems)))
        return counts

    return run


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name), Path(name) / "requests.parquet"
        with duckdb.connect() as session:
            session.execute(GENERATE.format(path=path))
        forms = {
            "scan and count, not deduplicated": by_hand(PLAIN, path),
            "by hand: two levels": by_hand(TWO_LEVEL, path),
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
    for form in forms:
        wall, cpu = (
            median(ours / hand for ours, hand in zip(taken[form], taken["by hand: two levels"], strict=True))
            for taken in (walls, cpus)
        )
        times = f"{median(walls[form]):6.3f} s wall, {median(cpus[form]):6.3f} s cpu"
        sys.stdout.write(f"{form:<34}{times}: {wall:5.2f} and {cpu:5.2f} times the exact query by hand\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
