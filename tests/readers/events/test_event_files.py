"""Files as people keep them: in partitions, of several types, found twice, and of several sources."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import recount

FIVE = 5 * MINUTE_US
TENANTS = ("a", "b", "007")
FORMATS = (EventFormat.PARQUET, EventFormat.CSV, EventFormat.NDJSON)
SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(30 * DAY_US),
    span=Span("slo.yaml", 3),
)
EVENT = "select '1' as id, 'a' as tenant, 0::bigint as at, 200 as status"


def source(kind: EventFormat, glob: str = "**/*.", name: str = "requests", **more: Any) -> EventSource:
    return EventSource(
        name=name,
        format=kind,
        paths=(f"{glob}{kind.value}" if glob.endswith(".") else glob,),
        columns=EventColumns(id="id", tenant="tenant", time="at"),
        lateness_us=0,
        span=Span("errorbudget.toml", 7),
        **more,
    )


def write(path: Path, rows: str) -> None:
    """The rows of a query, in the format that the name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    form = {".parquet": "parquet", ".csv": "csv", ".ndjson": "json"}[path.suffix]
    with duckdb.connect() as session:
        session.execute("set TimeZone = 'UTC'")
        session.execute(f"copy ({rows}) to '{path}' (format {form})")


def ask(folder: Path, *sources: EventSource, slos: tuple[Slo, ...] = (SLO,), **more: Any) -> Any:
    given = {"threads": 2, "recounting": recount, "as_of_us": 10 * DAY_US, **more}
    return count_events(folder, sources, slos, TENANTS, window_us=FIVE, **given)


def counted(folder: Path, *sources: EventSource, **more: Any) -> Counts:
    found, problems = ask(folder, *sources, **more)
    assert problems == ()
    assert isinstance(found, Counts)
    assert all(one.equal == one.windows for one in found.recounts)
    return found


def valid(found: Counts) -> dict[str, int]:
    return {one.tenant: sum(one.valid) for one in found.series}


def problem(folder: Path, *sources: EventSource, **more: Any) -> Problem:
    _, problems = ask(folder, *sources, **more)
    (only,) = problems
    assert isinstance(only, Problem)
    return only


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("kept", [False, True])
def test_a_tenant_may_be_the_name_of_a_directory(tmp_path: Path, kind: EventFormat, kept: bool) -> None:
    """The same bytes in three directories are three tenants' rows, and ``007`` is no number."""
    for tenant in ("a", "b", "007", "z%20z"):
        write(tmp_path / f"tenant={tenant}" / f"x.{kind.value}", "select '1' as id, 0::bigint as at, 200 as status")
    folder = tmp_path / "kept" if kept else None
    for _ in range(2):
        found = counted(tmp_path, source(kind), kept=folder)
        assert valid(found) == {"a": 1, "b": 1, "007": 1}
        assert found.totals[0].unknown_tenants == ("z z",)
    (tmp_path / "tenant=b").rename(tmp_path / "tenant=y")
    assert valid(counted(tmp_path, source(kind), kept=folder)) == {"a": 1, "007": 1}


@pytest.mark.parametrize("kind", FORMATS)
def test_partitions_are_sliced_with_the_types_of_all(tmp_path: Path, kind: EventFormat) -> None:
    """A slice holds the files of one tenant, whose name alone would be a number."""
    for number, tenant in enumerate(("007", "a", "007", "b")):
        rows = f"select 'e{number}-' || i as id, {number * DAY_US} + i * {MINUTE_US} as at, 200 as status"
        rows += " from range(1440) r(i)"
        write(tmp_path / f"tenant={tenant}" / f"{number}.{kind.value}", rows)
    assert valid(counted(tmp_path, source(kind), slice_rows=300)) == {"007": 2880, "a": 1440, "b": 1440}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_day_may_be_the_name_of_a_directory(tmp_path: Path, kind: EventFormat) -> None:
    for number in (1, 2):
        rows = f"select unnest(['x', 'y{number}']) as id, 'a' as tenant, 200 as status"
        write(tmp_path / f"at=1970-01-0{number}" / f"x.{kind.value}", rows)
    (series,) = counted(tmp_path, source(kind)).series
    assert (series.starts_us, series.valid) == ((0, DAY_US), (2, 1))


@pytest.mark.parametrize("kind", FORMATS)
def test_predicates_read_partitions(tmp_path: Path, kind: EventFormat) -> None:
    for region in ("1", "eu", "__HIVE_DEFAULT_PARTITION__"):
        write(tmp_path / f"region={region}" / f"x.{kind.value}", EVENT.replace("'1'", f"'{region}'"))
    slo = replace(SLO, sli=replace(SLO.sli, where="region <> 'eu'"))
    found = counted(tmp_path, source(kind), slos=(slo,))
    assert (valid(found), found.totals[0].invalid) == ({"a": 1}, (("ok", 1),))


@pytest.mark.parametrize("kind", FORMATS)
def test_files_that_are_partitioned_otherwise_have_no_partitions(tmp_path: Path, kind: EventFormat) -> None:
    write(tmp_path / "tenant=a" / f"x.{kind.value}", "select '1' as id, 0::bigint as at, 200 as status")
    write(tmp_path / f"x.{kind.value}", "select '2' as id, 0::bigint as at, 200 as status")
    found = problem(tmp_path, source(kind))
    assert found.message == "the events `requests` have no column `tenant`, which holds the tenant"


TYPES = [
    ("1::smallint", "100000::bigint", {"a": (2, 1)}),
    ("1::bigint", "0.5::float", {"a": (2, 0)}),
    ("1::ubigint", "-1::bigint", {"a": (2, 0)}),
    ("1.25::decimal(5, 2)", "600::integer", {"a": (2, 1)}),
]


@pytest.mark.parametrize(("one", "other", "expected"), TYPES)
@pytest.mark.parametrize("order", [1, -1])
def test_parquet_files_of_several_types_have_one(
    tmp_path: Path, one: str, other: str, expected: dict[str, tuple[int, int]], order: int
) -> None:
    for number, value in enumerate((one, other)[::order]):
        write(tmp_path / f"{number}.parquet", EVENT.replace("'1'", f"'{number}'").replace("200", value))
    found = counted(tmp_path, source(EventFormat.PARQUET))
    assert {series.tenant: (sum(series.valid), sum(series.bad)) for series in found.series} == expected


@pytest.mark.parametrize("order", [1, -1])
def test_ids_are_one_id_whatever_their_type_in_a_file(tmp_path: Path, order: int) -> None:
    """Also where a slice holds none but the files in which they are numbers."""
    for number, id in enumerate(("'7'", "7")[::order]):
        rows = f"select case when i = 0 then {id} else i + {10_000 * (number + 1)} end as id, 'a' as tenant, "
        rows += f"200 as status, {number * DAY_US} + i * {MINUTE_US} as at from range(1440) r(i)"
        write(tmp_path / f"{number}.parquet", rows)
    (total,) = counted(tmp_path, source(EventFormat.PARQUET), slice_rows=300).totals
    assert (total.rows, total.duplicates, total.disagreeing) == (2880, 1, 1)


@pytest.mark.parametrize("order", [1, -1])
def test_parquet_files_that_no_type_unites(tmp_path: Path, order: int) -> None:
    moment = EVENT.replace("0::bigint", "timestamptz '1970-01-01 00:00:00+00'")
    for name, rows in zip(("x", "y"), (EVENT, moment)[::order], strict=True):
        write(tmp_path / f"{name}.parquet", rows)
    number, other = ("x", "y")[::order]
    assert problem(tmp_path, source(EventFormat.PARQUET)).message == (
        f"the column `at` of the events `requests` is BIGINT in `{number}.parquet` and TIMESTAMP WITH TIME ZONE in "
        f"`{other}.parquet`"
    )


def test_moments_in_a_zone_beside_other_types_of_other_columns(tmp_path: Path) -> None:
    """Whether types unite is asked without a value of theirs: Python has none for such moments by itself."""
    moment = EVENT.replace("0::bigint", "timestamptz '1970-01-01 00:00:00+00'")
    write(tmp_path / "x.parquet", moment)
    write(tmp_path / "y.parquet", moment.replace("'1'", "'2'").replace("200", "500::bigint"))
    assert valid(counted(tmp_path, source(EventFormat.PARQUET))) == {"a": 2}


def test_a_parquet_file_that_lacks_a_column(tmp_path: Path) -> None:
    write(tmp_path / "x.parquet", EVENT)
    write(tmp_path / "y.parquet", "select '1' as id, 'a' as tenant, 0::bigint as at")
    assert problem(tmp_path, source(EventFormat.PARQUET)).message == (
        "the events `requests` have no column `status` in `y.parquet`, which `x.parquet` has"
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_that_two_globs_find_is_read_once(tmp_path: Path, kind: EventFormat) -> None:
    write(tmp_path / f"x.{kind.value}", EVENT)
    twice = replace(source(kind), paths=(f"x.{kind.value}", f"*.{kind.value}"))
    (total,) = counted(tmp_path, twice).totals
    assert (total.rows, total.events, total.duplicates) == (1, 1, 0)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_copy_of_a_file_holds_copies_of_its_events(tmp_path: Path, kind: EventFormat) -> None:
    for name in ("x", "y"):
        write(tmp_path / f"{name}.{kind.value}", EVENT)
    for folder in (None, tmp_path / "kept"):
        (total,) = counted(tmp_path, source(kind), kept=folder).totals
        assert (total.rows, total.events, total.duplicates, total.disagreeing) == (2, 1, 1, 0)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("kept", [False, True])
def test_two_sources_may_read_the_same_files(tmp_path: Path, kind: EventFormat, kept: bool) -> None:
    """Each reads the columns of its own SLOs; what one has kept is not the other's."""
    write(tmp_path / f"x.{kind.value}", f"{EVENT}, 900 as ms")
    fast = replace(SLO, name="fast", sli=replace(SLO.sli, events="latencies", good="ms <= 300", kind=SliKind.LATENCY))
    folder = tmp_path / "kept" if kept else None
    two = (source(kind), source(kind, name="latencies"))
    for _ in range(2):
        found = counted(tmp_path, *two, slos=(SLO, fast), kept=folder)
        assert [(one.slo, one.valid, one.bad) for one in found.series] == [("fast", (1,), (1,)), ("ok", (1,), (0,))]


@pytest.mark.parametrize("kind", FORMATS)
def test_tables_of_counts_in_files(tmp_path: Path, kind: EventFormat) -> None:
    slots = source(kind, slot_us=MINUTE_US)
    slots = replace(slots, columns=replace(slots.columns, good="ok", bad="failed"))
    rows = f"select i * {MINUTE_US} as at, 'a' as tenant, 9 as ok, i % 2 as failed from range(600) r(i)"
    for day in ("1", "2"):
        write(tmp_path / f"day={day}" / f"x.{kind.value}", rows.replace("i * ", f"{day} * {DAY_US} + i * "))
    slo = replace(SLO, sli=replace(SLO.sli, good="good"))
    for folder in (None, tmp_path / "kept", tmp_path / "kept"):
        found = counted(tmp_path, slots, slos=(slo,), slice_rows=200, kept=folder)
        assert [(sum(one.valid), sum(one.bad)) for one in found.series] == [(11_400, 600)]
    one_hour = replace(slots, slot_us=HOUR_US)
    assert counted(tmp_path, one_hour, slos=(slo,)).totals[0].invalid == (("ok", 1180),)


def test_counts_that_are_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("at,tenant,ok,failed\n0,a,9,1\n60000000,a,some,1\n")
    slots = source(EventFormat.CSV, slot_us=MINUTE_US)
    slots = replace(slots, columns=replace(slots.columns, good="ok", bad="failed"))
    slo = replace(SLO, sli=replace(SLO.sli, good="good"))
    assert problem(tmp_path, slots, slos=(slo,)).message == (
        "the SLO `ok` cannot be counted: the column `ok` counts events and is text (VARCHAR): a cell in `x.csv`, "
        "line 3, is no number"
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_replicas_are_text(tmp_path: Path, kind: EventFormat) -> None:
    """``01`` and ``1`` are two shards: the newer one is not the older one's watermark."""
    rows = "(values ('1', 'a', 0, '01', 200), ('2', 'a', 600000000, '1', 200)) r(id, tenant, \"at\", shard, status)"
    write(tmp_path / f"x.{kind.value}", f'select * replace ("at"::bigint as "at") from {rows}')
    sharded = replace(source(kind), columns=replace(source(kind).columns, replica="shard"))
    assert counted(tmp_path, sharded, as_of_us=None).as_of_us == 0


@pytest.mark.parametrize("kind", FORMATS)
def test_columns_in_another_case_are_those_of_the_settings(tmp_path: Path, kind: EventFormat) -> None:
    """And ids among them are text: ``007`` and ``7`` are two events."""
    write(
        tmp_path / f"x.{kind.value}", "select unnest(['007', '7']) as ID, 'a' as Tenant, 0::bigint as At, 200 as Status"
    )
    assert valid(counted(tmp_path, source(kind))) == {"a": 2}
