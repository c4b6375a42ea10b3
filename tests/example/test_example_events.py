"""``events.py``: the same rows for the same seed, and the story's numbers exactly."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

GROWTH = ("globex", "hooli", "initech", "soylent", "stark-labs")
OUTLIERS = {"hooli", "soylent"}
EVERYTHING = "(event_id, tenant_id, occurred_at, service, route, status, latency_ms, error_code)"


@pytest.fixture(scope="module")
def events(script: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("events")
    printed = script("events.py", "--out", str(folder))
    assert printed == "1200000 rows in 4 shards: 36000 copies, 312 disagree\n"
    return folder


@pytest.fixture(scope="module")
def rows(events: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"create view events as select * from '{events}/*.parquet'")
        connection.execute(
            "create table distinct_events as select distinct on (event_id) * from events order by event_id, status"
        )
        yield connection


def one(rows: duckdb.DuckDBPyConnection, query: str) -> tuple[object, ...]:
    row = rows.execute(query).fetchone()
    assert row is not None
    return row


def test_there_are_as_many_rows_and_events_as_documented(rows: duckdb.DuckDBPyConnection) -> None:
    assert one(rows, "select count(*), count(distinct event_id) from events") == (1_200_000, 1_164_000)


def test_exactly_312_events_have_copies_that_disagree(rows: duckdb.DuckDBPyConnection) -> None:
    query = f"select event_id from events group by event_id having count(distinct {EVERYTHING}) > 1"
    assert one(rows, f"select count(*) from ({query})") == (312,)


def test_the_rows_cover_28_days_to_the_end_of_october(rows: duckdb.DuckDBPyConnection) -> None:
    query = "select min(occurred_at) >= '2026-10-04 00:00Z', max(occurred_at) < '2026-11-01 00:00Z' from events"
    assert one(rows, query) == (True, True)


def test_no_shard_falls_silent_before_the_last_window(rows: duckdb.DuckDBPyConnection) -> None:
    query = "select shard from events group by shard having max(occurred_at) >= '2026-10-31 23:55Z' order by shard"
    assert [shard for (shard,) in rows.execute(query).fetchall()] == [f"replica-{number}" for number in range(4)]


def test_a_replica_writes_events_later_than_others_but_within_the_allowed_ten_minutes(
    rows: duckdb.DuckDBPyConnection, events: Path
) -> None:
    query = f"""
        select max(newest - occurred_at) between interval 8 minutes and interval 10 minutes from (
            select occurred_at, max(occurred_at) over (partition by shard order by file_row_number) as newest
            from read_parquet('{events}/*.parquet', file_row_number = true))
    """
    assert one(rows, query) == (True,)


def test_every_tenant_has_traffic_in_every_hour(rows: duckdb.DuckDBPyConnection) -> None:
    hours = "count(distinct date_trunc('hour', occurred_at))"
    query = f"select distinct {hours} from distinct_events where route <> '/health' group by tenant_id"
    assert rows.execute(query).fetchall() == [(28 * 24,)]


@pytest.mark.parametrize(
    ("valid", "bad", "budget"),
    [
        ("route <> '/health'", "status >= 500", 0.005),
        ("route <> '/health' and status < 500", "latency_ms > 300", 0.01),
    ],
    ids=["availability", "latency"],
)
def test_only_the_two_outliers_have_spent_their_budget(
    rows: duckdb.DuckDBPyConnection, valid: str, bad: str, budget: float
) -> None:
    query = f"select tenant_id, avg(({bad})::int) from distinct_events where {valid} group by tenant_id"
    ratios = dict(rows.execute(query).fetchall())
    assert {tenant for tenant, ratio in ratios.items() if ratio > budget} == OUTLIERS
    logs = {tenant: math.log(ratios[tenant]) for tenant in GROWTH}
    median = statistics.median(logs.values())
    scaled = 1.4826 * statistics.median(abs(log - median) for log in logs.values())
    assert {tenant for tenant, log in logs.items() if abs(log - median) > 3 * scaled} == OUTLIERS


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_files_and_another_seed_others(script: Callable[..., str], tmp_path: Path) -> None:
    for name, seed in (("first", "1"), ("again", "1"), ("other", "2")):
        script("events.py", "--rows", "5000", "--seed", seed, "--out", str(tmp_path / name))
    assert contents(tmp_path / "first") == contents(tmp_path / "again")
    assert contents(tmp_path / "first") != contents(tmp_path / "other")
    assert list(contents(tmp_path / "first")) == [f"replica-{number}.parquet" for number in range(4)]
