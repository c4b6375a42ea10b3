"""DuckDB, PostgreSQL and Spark count the same events alike, to the same digest. Needs Java: ``make test-spark``."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource, ReplaySettings
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.postgres_again import PostgresAgain
from pytest_errorbudget.readers.events.reading import no_recount, recount
from pytest_errorbudget.readers.events.spark import SparkAgain
from pytest_errorbudget.readers.scratch import scratch_server

FIVE = 5 * MINUTE_US
# Times before 1970 and 1 µs beside an edge, text of other alphabets, of quotes, line feeds, backslashes and of nothing,
# floats of 32 bits beside a decimal, nulls, and copies that disagree.
ROWS = """
select 'e' || (n % 97) as event_id,
    ['a', 'B', 'ä', 'unknown', null][1 + n % 5] as tenant_id,
    case when n % 41 <> 0 then timestamptz '1969-12-31 23:00:00+00' + to_microseconds(n % 89 * 187000001) end
        as occurred_at,
    (n % 3)::varchar as shard,
    [200, 404, 500, 503, null][1 + n % 7 % 5] as status,
    [0.1, 0.3, 0.30000001, 0.5, null][1 + n % 11 % 5]::float as latency,
    ['/api/x', '/health', '', 'a''b,"c', e'line\\nfeed', 'B', 'b', 'Ä', '\\N', null][1 + n % 13 % 10] as route,
    (n % 17 - 8) * 1000000000::bigint as size,
    n % 2 = 0 as cached
from range(3000) numbers(n)
"""
PREDICATES = (
    ("availability", "status < 500", "route <> '/health'"),
    ("speed", "latency <= 0.3", None),
    ("order", "route < 'b' or route = 'a''b,\"c'", None),
    ("listed", "coalesce(status, 500) in (200, 404) and not (route like '/ap_/%')", "cached"),
    ("exact", "size * 3 - 1 between -5 and 100000000000", "cached is not true"),
)
SLOS = tuple(
    Slo(
        name=name,
        service="api",
        sli=Sli(events="requests", good=good, where=where, kind=SliKind.AVAILABILITY),
        objective=Fraction(999, 1000),
        period=Rolling(30 * DAY_US),
        span=Span("slo.yaml", 3),
    )
    for name, good, where in PREDICATES
)


def source(kind: EventFormat, at: str, url: str | None = None) -> EventSource:
    return EventSource(
        name="requests",
        format=kind,
        paths=(at,),
        columns=EventColumns(replica="shard"),
        lateness_us=0,
        span=Span("errorbudget.toml", 7),
        url=url,
    )


def counted(root: Path, read: EventSource, **more: Any) -> Counts:
    given = {"as_of_us": 100 * FIVE, "recounting": no_recount, "threads": 2, **more}
    counts, problems = count_events(root, (read,), SLOS, ("a", "B", "ä"), window_us=FIVE, **given)
    assert [str(problem) for problem in problems] == []
    assert counts is not None
    return counts


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("events")
    with duckdb.connect() as session:
        session.execute("set TimeZone = 'UTC'")
        session.execute(f"copy ({ROWS}) to '{folder}/events.parquet' (format parquet)")
        session.execute(f"copy ({ROWS}) to '{folder}/events.csv' (format csv, force_quote *, nullstr '<null>')")
    return folder


@pytest.fixture(scope="module")
def file(root: Path) -> Counts:
    return counted(root, source(EventFormat.PARQUET, "events.parquet"))


@pytest.fixture(scope="module")
def database() -> Iterator[Any]:
    with scratch_server(ReplaySettings()) as server:
        yield server.database


@pytest.fixture(scope="module")
def spark_table(root: Path) -> Iterator[str]:
    """A table in a catalogue of its own: Spark in this process keeps its warehouse where the run is."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.warehouse.dir", str(root / "warehouse")).config(
        "spark.sql.shuffle.partitions", 2
    )
    session = builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    session.conf.set("spark.sql.session.timeZone", "Asia/Kathmandu")
    session.read.parquet(str(root / "events.parquet")).createOrReplaceTempView("events")
    yield "events"
    session.stop()


def test_spark_counts_its_table_as_duckdb_counts_the_file(root: Path, spark_table: str, file: Counts) -> None:
    table = counted(root, source(EventFormat.SPARK, spark_table), recounting=recount)
    assert (table.series, table.digest, table.totals) == (file.series, file.digest, file.totals)
    assert [(one.way, one.windows == one.equal == file.windows) for one in table.recounts] == [
        ("Spark, other partitions", True),
        ("Spark, sorted and not hashed", True),
    ]


def test_postgres_counts_its_table_as_duckdb_counts_the_file(root: Path, database: Any, file: Counts) -> None:
    with database() as conninfo:
        with psycopg.connect(conninfo) as connection:
            connection.execute(
                "create table events (event_id text, tenant_id text, occurred_at timestamptz, shard text, status int, "
                "latency real, route text, size bigint, cached boolean)"
            )
            loading = b"copy events from stdin (format csv, header, null '<null>')"
            with connection.cursor().copy(loading) as copy:
                copy.write((root / "events.csv").read_bytes())
        table = counted(root, source(EventFormat.POSTGRES, "public.events", conninfo))
    assert (table.series, table.digest, table.totals) == (file.series, file.digest, file.totals)


def test_files_are_counted_again_on_both(root: Path, spark_table: str, database: Any, file: Counts) -> None:
    assert spark_table
    read = source(EventFormat.PARQUET, "events.parquet")
    again = counted(root, read, recounting=recount, further=(PostgresAgain(database), SparkAgain()))
    assert [(one.way, one.equal) for one in again.recounts[-2:]] == [
        ("postgres", file.windows),
        ("spark", file.windows),
    ]
    assert again.digest == file.digest


def test_a_table_that_is_not_there(root: Path, spark_table: str) -> None:
    assert spark_table
    _, problems = count_events(
        root, (source(EventFormat.SPARK, "nowhere"),), SLOS, ("a",), window_us=FIVE, recounting=no_recount
    )
    assert [problem.message for problem in problems] == [
        "the events `requests` cannot be counted on Spark: [TABLE_OR_VIEW_NOT_FOUND] The table or view `nowhere` "
        "cannot be found. Verify the spelling and correctness of the schema and catalog."
    ]
