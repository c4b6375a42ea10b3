"""Slices of time and what is kept of them: the answer is that of all files at once, and nothing is read twice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US
from pytest_errorbudget.readers.events.aggregation.query import aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import no_recount, recount
from pytest_errorbudget.readers.events.slices.slices import FileSpan, slices_of

FIVE = 5 * MINUTE_US
AS_OF_US = 1_767_441_600_000_000
"""2026-01-03 12:00 UTC: 60 hours after the first event."""
SOURCE = EventSource(
    name="requests",
    format=EventFormat.PARQUET,
    paths=("day=*/*.parquet",),
    columns=EventColumns(replica="shard"),
    lateness_us=0,
    span=Span("errorbudget.toml", 7),
)
SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(30 * DAY_US),
    span=Span("slo.yaml", 3),
)
# One event a minute for 60 hours, each third in another shard too; every 50th copy is `apart` hours later there.
ROWS = """
with events as (select n, timestamptz '2026-01-01 00:00:00+00' + to_minutes(n) as occurred_at from range(3600) r(n))
select 'e' || n as event_id, ['a', 'b'][1 + n % 2] as tenant_id, occurred_at, '0' as shard,
    case when n % 7 = 0 then 500 else 200 end as status
from events
union all
select 'e' || n, ['a', 'b'][1 + n % 2], occurred_at + to_hours(case when n % 50 = 0 then {apart} else 0 end), '1',
    case when n % 70 = 0 then 503 when n % 7 = 0 then 500 else 200 end
from events where n % 3 = 0
"""


def write(folder: Path, rows: str) -> None:
    """A folder of files a day, as Hive names them."""
    how = "format parquet, partition_by (day), overwrite_or_ignore, filename_pattern 'x'"
    with duckdb.connect() as session:
        session.execute("set TimeZone = 'UTC'")
        dated = f"select *, strftime(occurred_at, '%d') as day from ({rows}) order by occurred_at"
        session.execute(f"copy ({dated}) to '{folder}' ({how})")


class Told:
    """How many slices were counted, each time."""

    def __init__(self) -> None:
        self.slices: list[int] = []

    def __call__(self, number: int, of: int) -> None:
        self.slices += [of] if number == 0 else []


def count(folder: Path, **more: Any) -> Counts:
    given = {"threads": 2, "recounting": no_recount, "slice_rows": 300, "as_of_us": AS_OF_US, **more}
    found, problems = count_events(folder, (SOURCE,), (SLO,), ("a", "b"), window_us=FIVE, **given)
    assert problems == ()
    assert found is not None
    return found


@pytest.mark.parametrize("apart", [0, 1, 30], ids=["one time", "an hour apart", "a day apart"])
@pytest.mark.parametrize("recounting", [no_recount, recount])
def test_slices_count_as_the_whole_does(tmp_path: Path, apart: int, recounting: Any) -> None:
    write(tmp_path, ROWS.format(apart=apart))
    told = Told()
    sliced = count(tmp_path, told=told, recounting=recounting)
    whole = count(tmp_path, slice_rows=1 << 40, recounting=recounting)
    assert told.slices == [15]
    assert (sliced.series, sliced.digest, sliced.recounts) == (whole.series, whole.digest, whole.recounts)
    assert (sliced.totals, sliced.unjudged) == (whole.totals, whole.unjudged)
    assert sliced.totals[0].events == 3600
    assert all(one.equal == one.windows == sliced.windows for one in sliced.recounts)


@pytest.mark.parametrize(("apart", "copies"), [(0, 180), (30, 162)], ids=["one time", "a day apart"])
@pytest.mark.parametrize(("slice_rows", "slices"), [(300, 8), (1 << 40, 1)], ids=["slices", "the whole"])
def test_few_copies_are_counted_apart_and_as_in_two_looks(
    tmp_path: Path, apart: int, copies: int, slice_rows: int, slices: int
) -> None:
    write(tmp_path, ROWS.format(apart=apart).replace("n % 3 = 0", "n % 20 = 0"))
    asked: list[str] = []

    def counted_apart(question: Question, table: str, as_of_us: int) -> exp.Query:
        asked.extend([table] if question.repeats else [])
        return aggregation(question, table, as_of_us)

    def in_two_looks(question: Question, table: str, as_of_us: int) -> exp.Query:
        return aggregation(replace(question, repeats=None), table, as_of_us)

    first = count(tmp_path, slice_rows=slice_rows, aggregation=counted_apart)
    assert asked == ["part"] * slices
    assert first.totals[0].duplicates == copies
    assert first == count(tmp_path, slice_rows=slice_rows, aggregation=in_two_looks)


@pytest.mark.parametrize("other", ["o1", "z"], ids=["before it", "after it"])
def test_an_event_whose_copies_disagree_is_named_once(tmp_path: Path, kept: Path, other: str) -> None:
    """Copies of `x` in the hours 1 and 50, where they disagree, in one window with another event's."""
    row = "select '{}' as event_id, 'a' as tenant_id, timestamptz '2026-01-01 00:00:00+00' + to_hours({}) as "
    row += "occurred_at, '{}' as shard, {} as status"
    rows = [row.format("x", 1, "0", 200), row.format("x", 50, "0", 200), row.format("x", 50, "1", 500)]
    rows += [row.format(other, 50, "0", 200), row.format(other, 50, "1", 500)]
    rows += [row.format(f"e{n}", n, "0", 200) for n in range(60)]
    write(tmp_path, " union all ".join(rows))
    whole = count(tmp_path, slice_rows=1 << 40)
    assert whole.totals[0].disagreeing_examples == ("a: x", f"a: {other}")
    for _ in range(2):
        for recounting in (no_recount, recount):
            sliced = count(tmp_path, slice_rows=5, kept=kept, recounting=recounting)
            assert (sliced.series, sliced.totals) == (whole.series, whole.totals)
            assert all(one.equal == one.windows for one in sliced.recounts)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def test_what_was_counted_is_not_read_again(tmp_path: Path, kept: Path) -> None:
    write(tmp_path, ROWS.format(apart=0))
    told = Told()
    first = count(tmp_path, kept=kept, told=told, recounting=recount)
    again = count(tmp_path, kept=kept, told=told, recounting=recount)
    assert again == first
    assert told.slices == [15]


@pytest.mark.parametrize("apart", [0, 30], ids=["no copy elsewhere", "copies of events that were counted before"])
def test_a_new_file_is_all_that_is_read(tmp_path: Path, kept: Path, apart: int) -> None:
    write(tmp_path, ROWS.format(apart=apart))
    told = Told()
    count(tmp_path, kept=kept, told=told)
    late = "select 'e' || n as event_id, ['a', 'b'][1 + n % 2] as tenant_id, timestamptz '2026-01-03 11:00:00+00' as "
    late += f"occurred_at, '1' as shard, 500 as status from range({3580 if apart == 0 else 3000}, 3620) r(n)"
    with duckdb.connect() as session:
        session.execute("set TimeZone = 'UTC'")
        session.execute(f"copy ({late}) to '{tmp_path}/day=03/late.parquet' (format parquet)")
    again = count(tmp_path, kept=kept, told=told)
    assert told.slices == [15, 1]
    assert again == count(tmp_path, slice_rows=1 << 40)


def test_a_file_that_is_written_anew_is_read_again(tmp_path: Path, kept: Path) -> None:
    write(tmp_path, ROWS.format(apart=0))
    before = count(tmp_path, kept=kept)
    write(tmp_path, ROWS.format(apart=0).replace("n % 7 = 0", "n % 5 = 0"))
    after = count(tmp_path, kept=kept)
    assert after != before
    assert after == count(tmp_path)


@pytest.mark.parametrize("left", [0, 0.5], ids=["empty", "half"])
@pytest.mark.parametrize("suffix", [".counts", ".events"])
def test_a_table_of_which_a_stopped_machine_left_less_is_made_again(
    tmp_path: Path, kept: Path, suffix: str, left: float
) -> None:
    write(tmp_path, ROWS.format(apart=30))
    before = count(tmp_path, kept=kept)
    for path in kept.glob(f"*{suffix}"):
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * left)])
    assert count(tmp_path, kept=kept) == before


@pytest.mark.parametrize(
    "text", ["{", "null", "7", "[]", "[7]", "{}", '{"keys": 7, "kinds": {"at": "x"}, "file": null}']
)
def test_an_entry_that_is_lost_or_broken_is_read_again(tmp_path: Path, kept: Path, text: str) -> None:
    write(tmp_path, ROWS.format(apart=30))
    before = count(tmp_path, kept=kept, recounting=recount)
    for number, path in enumerate(sorted(kept.iterdir())):
        if path.suffix in {".survey", ".digest", ".crossing", ".agreed"}:
            path.write_text(text)
        elif number % 3 == 0:
            path.unlink()
    assert count(tmp_path, kept=kept, recounting=recount) == before


def span(path: str, rows: int, low: int | None, high: int | None) -> FileSpan:
    return FileSpan(path=path, digest=path, rows=rows, earliest_us=low, latest_us=high)


@pytest.mark.parametrize(
    ("files", "rows", "expected"),
    [
        ([span("a", 10, 0, 9 * HOUR_US)], 100, [(None, 20 * HOUR_US, "a")]),
        ([span("a", 10, None, None)], 1, []),
        ([span("a", 10, 21 * HOUR_US, 22 * HOUR_US)], 1, []),
        (
            [span("a", 100, 0, 2 * HOUR_US - 1), span("b", 100, HOUR_US, 3 * HOUR_US)],
            50,
            [
                (0, HOUR_US, "a"),
                (HOUR_US, 2 * HOUR_US, "ab"),
                (2 * HOUR_US, 3 * HOUR_US, "b"),
                (3 * HOUR_US, 4 * HOUR_US, "b"),
            ],
        ),
        (
            [span("a", 100, -1, 0), span("b", 100, 0, 90 * HOUR_US)],
            50,
            [
                (-8 * HOUR_US, 0, "a"),
                (0, 8 * HOUR_US, "ab"),
                (8 * HOUR_US, 16 * HOUR_US, "b"),
                (16 * HOUR_US, 20 * HOUR_US, "b"),
            ],
        ),
    ],
    ids=["few rows", "no row that can count", "after the moment", "hours", "on both sides of 1970"],
)
def test_slices_cover_the_files(files: list[FileSpan], rows: int, expected: list[tuple[Any, ...]]) -> None:
    found = slices_of(files, FIVE, 20 * HOUR_US, rows)
    assert [(one.from_us, one.to_us, "".join(file.path for file in one.files)) for one in found] == expected


@pytest.mark.parametrize("far", [-200_000, 200_000], ids=["long ago", "long from now"])
def test_a_time_far_from_all_others_makes_no_slices_by_the_thousand(far: int) -> None:
    at = far * 365 * DAY_US
    files = [span("a", 10_000, min(at, 0), max(at, 0))]
    found = slices_of(files, FIVE, DAY_US + max(at, 0), 10)
    assert [(one.from_us, one.to_us) for one in found] == [(None, DAY_US + max(at, 0))]


def test_times_whose_hours_do_not_fit_into_32_bits_are_not_sliced() -> None:
    far = 9_000_000_000_000_000_000
    found = slices_of([span("a", 10_000, 0, 1), span("b", 10_000, far, far)], FIVE, far + 1, 10)
    assert [(one.from_us, one.to_us) for one in found] == [(None, far + 1)]
