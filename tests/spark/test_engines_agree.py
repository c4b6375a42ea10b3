"""DuckDB, PostgreSQL and Spark count the same events alike, to the same digest. Needs Java: ``make test-spark``."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pytest_errorbudget.model.counts import Counts, Series, Unjudged
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.engines.postgres_again import PostgresAgain
from pytest_errorbudget.readers.events.engines.spark import SparkAgain
from pytest_errorbudget.readers.events.reading import no_recount, recount
from pytest_errorbudget.readers.scratch import ScratchServer

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
    ['0.1', '0.3', '0.30000001', '-0.0', '0', 'nan', 'inf', null][1 + n % 11 % 8]::float as latency,
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


def windows(found: Counts) -> int:
    """Those that hold any event, also where none can be judged: all of them are compared."""
    told: tuple[Series | Unjudged, ...] = (*found.series, *found.unjudged)
    return len({(one.tenant, one.slo, at) for one in told for at in one.starts_us})


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("events")
    with duckdb.connect() as session:
        session.execute("set TimeZone = 'UTC'")
        session.execute(f"copy ({ROWS}) to '{folder}/events.parquet' (format parquet)")
    return folder


@pytest.fixture(scope="module")
def file(root: Path) -> Counts:
    return counted(root, source(EventFormat.PARQUET, "events.parquet"))


@pytest.fixture(scope="module")
def spark_table(root: Path, spark: Any) -> str:
    spark.read.parquet(str(root / "events.parquet")).createOrReplaceTempView("events")
    return "events"


def test_spark_counts_its_table_as_duckdb_counts_the_file(root: Path, spark_table: str, file: Counts) -> None:
    table = counted(root, source(EventFormat.SPARK, spark_table), recounting=recount)
    assert (table.series, table.digest, table.totals) == (file.series, file.digest, file.totals)
    assert table.unjudged == file.unjudged
    assert [(one.way, one.windows == one.equal == windows(file)) for one in table.recounts] == [
        ("Spark, other partitions", True),
        ("Spark, sorted and not hashed", True),
    ]


@pytest.mark.usefixtures("spark")
def test_files_are_counted_again_on_both(root: Path, scratch: ScratchServer, file: Counts) -> None:
    read = source(EventFormat.PARQUET, "events.parquet")
    again = counted(root, read, recounting=recount, further=(PostgresAgain(scratch.database), SparkAgain()))
    assert [(one.way, one.equal) for one in again.recounts[-2:]] == [
        ("postgres", windows(file)),
        ("spark", windows(file)),
    ]
    assert again.digest == file.digest


@pytest.mark.usefixtures("spark")
def test_a_table_that_is_not_there(root: Path) -> None:
    _, problems = count_events(
        root, (source(EventFormat.SPARK, "nowhere"),), SLOS, ("a",), window_us=FIVE, recounting=no_recount
    )
    assert [problem.message for problem in problems] == [
        "the events `requests` cannot be counted on Spark: [TABLE_OR_VIEW_NOT_FOUND] The table or view `nowhere` "
        "cannot be found. Verify the spelling and correctness of the schema and catalog."
    ]
