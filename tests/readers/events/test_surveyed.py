"""The survey of a file: what its statistics leave out changes nothing that is made of it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from sqlglot import exp
from sqlglot.expressions import column

from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.files.columns import FileColumn
from pytest_errorbudget.readers.events.slices.surveyed import Surveyed
from pytest_errorbudget.readers.events.tally import Row

BEGIN_US = 1_767_225_600_000_000
MINUTE_US = 60_000_000
ROWS = 20_480
"""In row groups of 2,048."""
QUESTION = Question(
    id=column("event_id", quoted=True),
    tenant=column("tenant", quoted=True),
    time_us=exp.Anonymous(this="epoch_us", expressions=[column("at", quoted=True)]),
    replica=column("shard", quoted=True),
    mapped=(),
    predicates=(),
    tenants=(("a", "a"), ("b", "b")),
    window_us=5 * MINUTE_US,
)
TIMESTAMPTZ, TIMESTAMP = "TIMESTAMP WITH TIME ZONE", "TIMESTAMP"
NEWEST_US = BEGIN_US + (ROWS - 1) * MINUTE_US


def surveyed(folder: Path, columns: str, kind: str, *, order: str = "n", statistics: bool = True) -> list[Row]:
    """The rows by shard and tenant. ``columns`` stand in the place of some of the file's, by the row's ``n``."""
    path = folder / "events.parquet"
    with duckdb.connect(config={"threads": 2}) as session:
        session.execute("set TimeZone = 'UTC'")
        rows = (
            f"select n, 'e' || n as event_id, ['a', 'b'][1 + n % 2] as tenant, '0' as shard, "
            f'cast(make_timestamptz({BEGIN_US} + n * {MINUTE_US}) as {kind}) as "at" from range({ROWS}) r(n)'
        )
        session.execute(
            f"copy (select * exclude (n) from (select * replace ({columns}) from ({rows})) order by {order}) "
            f"to '{path}' (format parquet, row_group_size 2048)"
        )
        session.execute(f"create temp view one_file as from read_parquet('{path}')")
        time = FileColumn("at", kind) if statistics else None
        one = Surveyed(session=session, question=QUESTION, path=str(path), table="one_file", time=time)
        return sorted(one.rows(), key=lambda row: (str(row[0]), str(row[1])))


@pytest.mark.parametrize("kind", [TIMESTAMPTZ, TIMESTAMP])
def test_the_newest_times_are_found_among_the_newest_rows(tmp_path: Path, kind: str) -> None:
    assert surveyed(tmp_path, "n as n", kind) == [
        ("0", "a", ROWS // 2, ROWS // 2, ROWS // 2, NEWEST_US - MINUTE_US, BEGIN_US),
        ("0", "b", ROWS // 2, ROWS // 2, ROWS // 2, NEWEST_US, BEGIN_US),
    ]


def test_a_tenant_that_fell_silent_has_no_newest_time_where_its_shard_has_one(tmp_path: Path) -> None:
    rows = surveyed(tmp_path, "case when n = 7 then 'b' else 'a' end as tenant", TIMESTAMPTZ)

    assert [(row[1], row[2], row[5]) for row in rows] == [("a", ROWS - 1, NEWEST_US), ("b", 1, None)]


@pytest.mark.parametrize(
    ("columns", "order"),
    [
        pytest.param("case when n = 7 then '1' else '0' end as shard", "n", id="a shard fell silent"),
        pytest.param("case when n < 9000 then 'a' else 'x' end as tenant", "n", id="only unknown tenants are new"),
        pytest.param("n as n", "hash(n)", id="not by time"),
        pytest.param('case when n = 9000 then null else "at" end as "at"', "n", id="a row lacks a time"),
        pytest.param("case when n = 9000 then null else event_id end as event_id", "n", id="a row lacks an id"),
        pytest.param("case when n % 2 = 0 then null else shard end as shard", "n", id="rows without a shard"),
    ],
)
@pytest.mark.parametrize("kind", [TIMESTAMPTZ, TIMESTAMP])
def test_what_is_made_of_it_is_that_of_all_times(tmp_path: Path, columns: str, order: str, kind: str) -> None:
    without = surveyed(tmp_path, columns, kind, order=order, statistics=False)
    found = surveyed(tmp_path, columns, kind, order=order)

    assert [row[:5] for row in found] == [row[:5] for row in without]
    assert newest(found) == newest(without)
    assert min(row[6] for row in found) == min(row[6] for row in without)


def newest(rows: list[Row]) -> dict[str | None, int]:
    """By shard, of known tenants."""
    shards = {row[0] for row in rows if row[1] in {"a", "b"}}
    return {shard: max(row[5] or 0 for row in rows if row[0] == shard and row[1] in {"a", "b"}) for shard in shards}
