"""Counting events: every row is accounted for, every event counts once, whoever reads it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot import exp
from sqlglot.expressions import column

from pytest_errorbudget.model.counts import Counts, Recount, Series, Unjudged
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.aggregation.query import aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.aggregation.usable import floored
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import no_recount, recount

FIVE = 5 * MINUTE_US
SOURCE = EventSource(
    name="requests",
    format=EventFormat.NDJSON,
    paths=("*.ndjson",),
    columns=EventColumns(id="id", tenant="tenant", time="at", replica="shard"),
    lateness_us=0,
    span=Span("errorbudget.toml", 7),
)
OK = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where="route <> '/health'", kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(30 * DAY_US),
    span=Span("slo.yaml", 3),
)
FAST = replace(OK, name="fast", sli=replace(OK.sli, good="ms <= 300", where=None, kind=SliKind.LATENCY))
Row = dict[str, Any]


def row(id: str | None, at: int | None, tenant: str | None = "a", **more: Any) -> Row:
    return {"id": id, "tenant": tenant, "at": at, "shard": "0", "status": 200, "ms": 100, "route": "/api", **more}


def write(folder: Path, name: str, rows: Iterable[Row]) -> None:
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in rows))


def count(
    folder: Path,
    rows: Iterable[Row] | None = None,
    *,
    slos: tuple[Slo, ...] = (OK,),
    source: EventSource = SOURCE,
    as_of_us: int | None = 10 * FIVE,
    **more: Any,
) -> tuple[Counts | None, tuple[Problem, ...]]:
    if rows is not None:
        write(folder, "events.ndjson", rows)
    more = {"threads": 2, "recounting": no_recount, **more}
    return count_events(folder, (source,), slos, ("a", "b"), window_us=FIVE, as_of_us=as_of_us, **more)


def counted(folder: Path, rows: Iterable[Row] | None = None, **more: Any) -> Counts:
    counts, problems = count(folder, rows, **more)
    assert problems == ()
    assert counts is not None
    return counts


def series(starts: tuple[int, ...], valid: tuple[int, ...], bad: tuple[int, ...], **names: str) -> Series:
    return Series(**{"tenant": "a", "service": "api", "slo": "ok", **names}, starts_us=starts, valid=valid, bad=bad)


def unjudged(starts: tuple[int, ...], events: tuple[int, ...], **names: str) -> Unjudged:
    return Unjudged(**{"tenant": "a", "service": "api", "slo": "ok", **names}, starts_us=starts, events=events)


def test_events_at_the_edges_of_windows_on_both_sides_of_1970(tmp_path: Path) -> None:
    times = [-FIVE - 1, -FIVE, -FIVE + 1, -1, 0, 1, FIVE - 1, FIVE, FIVE + 1]
    counts = counted(tmp_path, [row(str(at), at) for at in times])
    assert counts.series == (series((-2 * FIVE, -FIVE, 0, FIVE), (1, 3, 3, 2), (0, 0, 0, 0)),)


def test_copies_of_an_event_count_once_whatever_their_shard(tmp_path: Path) -> None:
    rows = [row("1", 0), row("1", 0, shard="1"), row("1", 0, shard="2"), row("2", 0, status=500)]
    counts = counted(tmp_path, rows)
    assert counts.series == (series((0,), (2,), (1,)),)
    (total,) = counts.totals
    assert (total.rows, total.events, total.duplicates, total.disagreeing) == (4, 2, 2, 0)


def test_the_same_id_of_two_tenants_is_two_events(tmp_path: Path) -> None:
    counts = counted(tmp_path, [row("1", 0), row("1", 0, "b", status=500)])
    assert counts.series == (series((0,), (1,), (0,)), series((0,), (1,), (1,), tenant="b"))


@pytest.mark.parametrize(
    ("copies", "expected"),
    [
        ([row("1", FIVE, status=200), row("1", 0, status=500)], series((0,), (1,), (1,))),
        ([row("1", 0, status=500), row("1", 0, status=200)], series((0,), (1,), (0,))),
        ([row("1", 0, status=None), row("1", 0, status=503)], series((0,), (1,), (1,))),
        ([row("1", 0, route="b", status=200), row("1", 0, route="B", status=500)], series((0,), (1,), (1,))),
        ([row("1", 0, ms=1), row("1", 0, ms=2)], series((0,), (1,), (0,))),
    ],
    ids=["the earliest", "then the least column", "null is last", "text by its bytes", "a column that decides nothing"],
)
@pytest.mark.parametrize("order", [1, -1])
def test_of_copies_that_disagree_the_least_counts(
    tmp_path: Path, copies: list[Row], expected: Series, order: int
) -> None:
    counts = counted(tmp_path, [*copies[::order], row("2", 9 * FIVE, "b")], slos=(OK, FAST))
    assert counts.of("a", "ok") == expected
    assert counts.totals[0].disagreeing == 1
    assert counts.totals[0].disagreeing_examples == ("a: 1",)


def test_columns_that_no_slo_reads_may_differ(tmp_path: Path) -> None:
    counts = counted(tmp_path, [row("1", 0, ms=1), row("1", 0, ms=2)])
    assert counts.totals[0].disagreeing == 0


@pytest.mark.parametrize(
    ("fields", "valid", "bad", "invalid"),
    [
        ({"status": None}, 0, 0, 1),
        ({"route": None}, 0, 0, 1),
        ({"route": "/health"}, 0, 0, 0),
        ({"route": "/health", "status": None}, 0, 0, 0),
        ({"status": 500}, 1, 1, 0),
        ({"status": 499}, 1, 0, 0),
    ],
)
def test_an_event_whose_predicate_is_null_is_invalid(
    tmp_path: Path, fields: Row, valid: int, bad: int, invalid: int
) -> None:
    counts = counted(tmp_path, [row("1", 0, **fields), row("2", 0), row("3", 0, status=500)])
    assert counts.series == (series((0,), (2 + valid,), (1 + bad,)),)
    assert counts.totals[0].invalid == (("ok", invalid),)
    assert counts.unjudged == ((unjudged((0,), (1,)),) if invalid else ())


def test_events_that_cannot_be_judged_are_of_a_tenant_an_slo_and_a_window(tmp_path: Path) -> None:
    """A copy that says more is the one that counts; a window may have valid events and others."""
    rows = [
        *(row(f"a{n}", n * FIVE // 2, status=None) for n in range(4)),
        *(row("a1", FIVE // 2, shard="1", status=500), row("a9", FIVE)),
        *(
            row("b1", 0, "b", status=None, ms=None),
            row("b2", 7 * FIVE, "b", status=None),
            row("x", 0, "c", status=None),
        ),
    ]
    counts = counted(tmp_path, rows, slos=(OK, FAST))
    assert counts.series == (
        series((0, FIVE), (2, 3), (0, 0), slo="fast"),
        series((0, FIVE), (1, 1), (1, 0)),
        series((7 * FIVE,), (1,), (0,), tenant="b", slo="fast"),
    )
    assert counts.unjudged == (
        unjudged((0, FIVE), (1, 2)),
        unjudged((0,), (1,), tenant="b", slo="fast"),
        unjudged((0, 7 * FIVE), (1, 1), tenant="b"),
    )
    assert counts.totals[0].invalid == (("ok", 5), ("fast", 1))


def test_what_cannot_be_judged_is_counted_again_too(tmp_path: Path) -> None:
    """No digest is changed by it, and the score of determinism knows it."""
    judged = [row(str(n), n * FIVE) for n in range(3)]
    counts = counted(tmp_path, [*judged, row("x", 5 * FIVE, "b", status=None)], recounting=recount)
    assert counts.digest == counted(tmp_path, judged).digest
    assert counts.windows == 3
    assert {(one.windows, one.equal) for one in counts.recounts} == {(4, 4)}


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    rows = [
        row("1", 0),
        row("1", 0),
        row(None, 0),
        row(None, None, "z"),
        row("2", None),
        row("3", 0, "z"),
        row("4", 0, None),
        row("5", 10 * FIVE),
        row("6", 10 * FIVE - 1),
    ]
    (total,) = counted(tmp_path, rows).totals
    assert (total.events, total.duplicates, total.without_id, total.without_time) == (2, 1, 2, 1)
    assert (total.unknown_tenant, total.after_as_of, total.rows) == (2, 1, 9)
    assert total.unknown_tenants == ("z",)


@pytest.mark.parametrize("width", ["bigint", "decimal(38,0)"])
@pytest.mark.parametrize("far", [-(1 << 63), -(1 << 63) + 1, -(1 << 63) + FIVE])
def test_a_time_whose_window_64_bits_cannot_hold_is_none(tmp_path: Path, far: int, width: str) -> None:
    source = replace(SOURCE, format=EventFormat.PARQUET, paths=("x.parquet",))
    rows = ", ".join(f"('{id}', 'a', ({at})::{width}, '0', 200, '/api')" for id, at in (("1", far), ("2", 0)))
    with duckdb.connect() as session:
        columns = 'id, tenant, "at", shard, status, route'
        session.execute(f"copy (select * from (values {rows}) r({columns})) to '{tmp_path}/x.parquet' (format parquet)")
    counts = counted(tmp_path, source=source, recounting=recount)
    assert counts.series == (series((0,), (1,), (0,)),)
    (total,) = counts.totals
    assert (total.rows, total.events, total.without_time) == (2, 1, 1)


def test_the_watermark_is_that_of_the_slowest_shard_floored(tmp_path: Path) -> None:
    rows = [row("1", 0), row("2", 3 * FIVE + 7, shard="1"), row("3", 9 * FIVE), row("4", 90 * FIVE, "z", shard="1")]
    counts = counted(tmp_path, rows, as_of_us=None)
    assert counts.as_of_us == 3 * FIVE
    assert counts.totals[0].watermark_us == 3 * FIVE
    assert counts.totals[0].after_as_of == 2
    assert counts.series == (series((0,), (1,), (0,)),)


@pytest.mark.parametrize(
    ("latest", "ahead"),
    [
        ({"0": 3 * FIVE, "1": 4 * FIVE, "2": 9_000 * FIVE}, (("2", 9_000 * FIVE),)),
        ({"0": 3 * FIVE, "1": 9_000 * FIVE}, (("1", 9_000 * FIVE),)),
        ({"0": 3 * FIVE, "1": 9_000 * FIVE, "2": 9_001 * FIVE}, ()),
        ({"0": 9_000 * FIVE}, ()),
    ],
    ids=["one of three", "one of two", "one fell silent", "the only one"],
)
def test_a_row_from_the_far_future_moves_its_own_shard_only(
    tmp_path: Path, latest: dict[str, int], ahead: tuple[tuple[str, int], ...]
) -> None:
    rows = [row(shard, time, shard=shard) for shard, time in latest.items()]
    counts = counted(tmp_path, [row("x", 0), *rows], as_of_us=None)
    assert counts.as_of_us == min(latest.values())
    assert counts.totals[0].ahead == ahead


def test_open_windows_are_named_by_lateness(tmp_path: Path) -> None:
    late = replace(SOURCE, lateness_us=2 * FIVE)
    assert counted(tmp_path, [row("1", 0)], source=late).closed_until_us == 8 * FIVE


def test_values_of_the_tenant_column_are_mapped_to_names(tmp_path: Path) -> None:
    mapped = replace(SOURCE, tenants=(("acme_eu", "a"), ("acme_us", "a")))
    rows = [row("1", 0, "acme_eu"), row("1", 0, "acme_us"), row("2", 0, "b"), row("3", 0, "a")]
    counts = counted(tmp_path, rows, source=mapped)
    assert [(one.tenant, one.valid) for one in counts.series] == [("a", (1,)), ("b", (1,))]
    assert counts.totals[0].unknown_tenant == 1


def _shuffled(rows: list[Row]) -> list[Row]:
    mixed = rows.copy()
    random.Random(7).shuffle(mixed)
    return mixed


@pytest.mark.parametrize(
    "arrange",
    [
        lambda rows: [rows],
        lambda rows: [_shuffled(rows)],
        lambda rows: [rows[::-1][:50], rows[::-1][50:]],
        lambda rows: [[{**one, "shard": one["id"][-1]} for one in rows]],
        lambda rows: [rows, rows],
    ],
    ids=["as written", "shuffled", "in two files, backwards", "in other shards", "twice"],
)
@pytest.mark.parametrize("threads", [1, 8])
def test_order_sharding_and_duplication_leave_the_digest(
    tmp_path: Path, arrange: Callable[[list[Row]], list[list[Row]]], threads: int
) -> None:
    draw = random.Random(1)
    rows = [
        row(str(draw.randrange(80)), draw.randrange(9 * FIVE), draw.choice("ab"), status=draw.choice((200, 500, None)))
        for _ in range(200)
    ]
    write(tmp_path / ".", "expected.ndjson", rows)
    expected = counted(tmp_path, source=replace(SOURCE, paths=("expected.ndjson",)))
    for number, part in enumerate(arrange(rows)):
        write(tmp_path, f"part-{number}.ndjson", part)
    found = counted(tmp_path, source=replace(SOURCE, paths=("part-*.ndjson",)), threads=threads)
    assert (found.digest, found.series) == (expected.digest, expected.series)


ROWS = 'select * from (values {values}) rows (id, tenant, "at", shard, status, ms, route)'
COPY = f"copy ({ROWS}) to '{{path}}' (format {{format}})"


@pytest.mark.parametrize(
    "moment",
    [
        "timestamptz '1970-01-01 01:59:59.999999+02'",
        "timestamp '1969-12-31 23:59:59.999999'",
        "-1::bigint",
        "timestamp_ns '1969-12-31 23:59:59.999999999'",
    ],
)
@pytest.mark.parametrize("kind", [EventFormat.PARQUET, EventFormat.CSV])
def test_every_kind_of_time_is_whole_microseconds_in_utc(tmp_path: Path, moment: str, kind: EventFormat) -> None:
    path = tmp_path / f"events.{kind.value}"
    values = f"('1', 'a', {moment}, '0', 200, 1, '/')"
    duckdb.execute(COPY.format(values=values, path=path, format=kind.value))
    counts = counted(tmp_path, source=replace(SOURCE, format=kind, paths=(path.name,)))
    assert counts.series == (series((-FIVE,), (1,), (0,)),)


def test_ids_of_text_files_stay_text(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        "id,tenant,at,shard,status,ms,route\n007,a,1970-01-01T00:00:00Z,0,200,1,/\n7,a,1970-01-01T00:00:00Z,0,200,1,/\n"
    )
    counts = counted(tmp_path, source=replace(SOURCE, format=EventFormat.CSV, paths=("*.csv",)))
    assert counts.totals[0].events == 2


def test_the_way_of_measuring_determinism(tmp_path: Path) -> None:
    rows = [row(str(n), n * MINUTE_US, shard=str(n % 2)) for n in range(40)]
    counts = counted(tmp_path, rows + rows[:10], recounting=recount)
    assert counts.recounts == (
        Recount(way="permuted order", windows=8, equal=8),
        Recount(way="other sharding", windows=8, equal=8),
        Recount(way="1 thread", windows=8, equal=8),
    )
    assert counts.race_conditions == 0


def test_an_engine_that_deduplicates_within_a_shard_only_is_found_out(tmp_path: Path) -> None:
    """The deliberately wrong engine: its copies are those of one shard, so that dealing events out anew shows it."""

    def wrong(question: Question, table: str, as_of_us: int) -> exp.Query:
        assert question.replica is not None
        pair = exp.Concat(expressions=[question.id.copy(), question.replica.copy()], safe=False, coalesce=False)
        return aggregation(replace(question, id=pair), table, as_of_us)

    rows = [row(str(n), 0, shard="0") for n in range(6)] * 3
    counts = counted(tmp_path, rows, recounting=recount, aggregation=wrong)
    assert counts.recounts[1].way == "other sharding"
    assert (counts.recounts[1].windows, counts.recounts[1].equal) == (1, 0)


def test_files_that_change_between_two_readings_are_a_race(tmp_path: Path) -> None:
    def meanwhile(*asked: Any, **more: Any) -> Any:
        write(tmp_path, "late.ndjson", [row("9", 0)])
        write(tmp_path, "events.ndjson", [row("1", 0), row("2", 0), row("3", FIVE)])
        return recount(*asked, **more)

    counts = counted(tmp_path, [row("1", 0), row("3", FIVE)], recounting=meanwhile)
    assert counts.race_conditions == 1
    assert {(one.windows, one.equal) for one in counts.recounts} == {(2, 1)}


def test_a_query_of_many_slos_counts_each(tmp_path: Path) -> None:
    """More SLOs than fit into one integer of bits."""
    slos = tuple(
        replace(OK, name=f"below {limit}", sli=replace(OK.sli, good=f"ms <= {limit}", where=None))
        for limit in range(70)
    )
    counts = counted(tmp_path, [row(str(ms), 0, ms=ms) for ms in range(70)], slos=slos)
    bad = {one.slo: one.bad for one in counts.series}
    assert bad == {f"below {limit}": (69 - limit,) for limit in range(70)}


def _problem(folder: Path, **more: Any) -> Problem:
    counts, problems = count(folder, **more)
    assert counts is None
    (only,) = problems
    return only


def test_a_glob_that_matches_nothing(tmp_path: Path) -> None:
    problem = _problem(tmp_path)
    assert str(problem) == (
        f"errorbudget.toml:7:1: the events `requests` have no file: `*.ndjson` matches nothing below {tmp_path.name}\n"
        "  Burn rates and thresholds of its SLOs are not computed; the other sources go on.\n"
        "  write the files first, or correct the path under [[events]]; it is relative to the settings file"
    )


def test_a_missing_column_names_the_nearest(tmp_path: Path) -> None:
    problem = _problem(tmp_path, rows=[{"event_id": 1, "tenant": "a", "at": 0, "shard": 0, "ids": 1}])
    assert problem.message == "the events `requests` have no column `id`, which holds the event's id"
    assert problem.help == "the nearest columns are `ids`"


def test_a_file_that_is_no_parquet(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_text("not parquet at all, not at all")
    problem = _problem(tmp_path, source=replace(SOURCE, format=EventFormat.PARQUET, paths=("*.parquet",)))
    assert problem.message.startswith("the events `requests` cannot be read: Invalid Input Error: ")
    assert "broken.parquet" in problem.message
    assert str(tmp_path) not in problem.message


def test_a_time_that_is_a_float(tmp_path: Path) -> None:
    problem = _problem(tmp_path, rows=[row("1", 0) | {"at": 0.5}])
    assert problem.message == (
        "the time column `at` of the events `requests` is DOUBLE, which does not hold microseconds exactly"
    )


def test_no_row_that_can_count_and_no_as_of(tmp_path: Path) -> None:
    problem = _problem(tmp_path, rows=[row("1", 0, "z"), row(None, 0)], as_of_us=None)
    assert problem.message == (
        "the events `requests` hold no row that can be counted: 2 rows, of them 1 without id, 0 without time and "
        "1 of unknown tenants"
    )


def test_an_slo_that_cannot_be_counted_leaves_the_others(tmp_path: Path) -> None:
    good_at, where_at = Span("errorbudget.toml", 3, 5), Span("errorbudget.toml", 4, 5)
    clock = replace(OK, name="clock", sli=replace(OK.sli, good="at > now()"), good_at=good_at, where_at=where_at)
    valid = replace(OK, name="valid", sli=replace(OK.sli, where="1 / 2 = 0"), good_at=good_at, where_at=where_at)
    lost = replace(OK, name="lost", sli=replace(OK.sli, good="statuss < 500"))
    counts, problems = count(tmp_path, [row("1", 0)], slos=(clock, valid, lost, OK))
    assert counts is not None
    assert [one.slo for one in counts.series] == ["ok"]
    assert [problem.message for problem in problems] == [
        "the SLO `clock` cannot be counted: `at > now()` uses `currenttimestamp`, which engines may answer "
        "differently: use comparisons, AND, OR, NOT, IN, BETWEEN, LIKE",
        "the SLO `valid` cannot be counted: `1 / 2 = 0` divides, and engines round division differently: multiply the "
        "other side instead",
        "the events `requests` have no column `statuss`, which the SLO `lost` reads in `statuss < 500`",
    ]
    assert [problem.span for problem in problems[:2]] == [good_at, where_at]


def test_one_broken_source_leaves_the_others(tmp_path: Path) -> None:
    write(tmp_path, "events.ndjson", [row("1", 0)])
    other = replace(SOURCE, name="jobs", paths=("jobs/*.ndjson",))
    counts, problems = count_events(
        tmp_path, (other, SOURCE), (OK,), ("a",), window_us=FIVE, as_of_us=FIVE, recounting=no_recount
    )
    assert counts is not None
    assert [total.source for total in counts.totals] == ["requests"]
    assert [problem.place for problem in problems] == ["jobs"]


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_the_windows_floor_is_written_out_in_every_dialect(dialect: str) -> None:
    text = floored(column("moment"), FIVE).sql(dialect=dialect)
    assert text == "moment - ((((moment) % 300000000) + 300000000) % 300000000)"
