"""CSV and NDJSON: the answer is that of all rows in one table, however they lie in files and whatever was kept."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, HOUR_US, MINUTE_US
from pytest_errorbudget.readers.events.aggregation.query import aggregation
from pytest_errorbudget.readers.events.ask import ask
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.files.columns import columns_of, quoted
from pytest_errorbudget.readers.events.reading import no_recount, recount
from pytest_errorbudget.readers.events.session import session
from pytest_errorbudget.readers.events.tally import Tally, render, tally

FIVE = 5 * MINUTE_US
AS_OF_US = 4_000_000_000_000_000
TENANTS = ("a", "b", "007")
SOURCE = EventSource(
    name="requests",
    format=EventFormat.CSV,
    paths=("**/*.csv",),
    columns=EventColumns(id="id", tenant="tenant", time="at"),
    lateness_us=0,
    span=Span("errorbudget.toml", 7),
)
LINES = replace(SOURCE, format=EventFormat.NDJSON, paths=("**/*.ndjson",))
OK = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(30 * DAY_US),
    span=Span("slo.yaml", 3),
)
READ = replace(OK, name="read", sli=replace(OK.sli, good="route <> '/write'"))
HEADER = "id,tenant,at,status\n"
Row = tuple[Any, ...]


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def count(folder: Path, source: EventSource = SOURCE, slos: Sequence[Slo] = (OK,), **more: Any) -> Any:
    given = {"threads": 2, "recounting": no_recount, "as_of_us": AS_OF_US, **more}
    return count_events(folder, (source,), slos, TENANTS, window_us=FIVE, **given)


def counted(folder: Path, *given: Any, **more: Any) -> Counts:
    found, problems = count(folder, *given, **more)
    assert problems == ()
    assert isinstance(found, Counts)
    return found


def numbers(found: Counts) -> list[tuple[str, tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
    return [(one.tenant, one.starts_us, one.valid, one.bad) for one in found.series]


def problem(folder: Path, *given: Any, **more: Any) -> Problem:
    _, problems = count(folder, *given, **more)
    (only,) = problems
    assert isinstance(only, Problem)
    return only


# --- the law -------------------------------------------------------------------------

TIMES = st.sampled_from(
    ["", "1970-01-02", "1970-01-02T03:04:05Z", "1970-01-02 03:04:05.999999", "1970-01-02T03:04:05.9+02:00", "soon"]
)
MICROS = st.sampled_from(["", "0", "-1", "300000000", "18446744073709551615"])
ROUTES = st.sampled_from(["/read", "/write", "", "NULL", 'a "quoted"\nroute, with all', "é", "true", "7"])
STATUS = st.sampled_from(["", "200", "500", "499.5", "NaN", "1e3", "9223372036854775808"])
IDS = st.sampled_from(["1", "2", "01", "x", "", "1.0", "NULL"])


def rows_of(times: st.SearchStrategy[str], status: st.SearchStrategy[str]) -> st.SearchStrategy[list[Row]]:
    row = st.tuples(IDS, st.sampled_from(["a", "b", "7", "007", ""]), times, status, ROUTES)
    first = st.tuples(
        st.just("first"), st.just("a"), times.filter(_is_there), status.filter(_is_there), st.just("/read")
    )
    return st.tuples(first, st.lists(row, min_size=1, max_size=12)).map(lambda rows: [rows[0], *rows[1]])


def _is_there(cell: Any) -> bool:
    """A column without any value is another case."""
    return bool(cell != "")


def as_csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("id", "tenant", "at", "status", "route"), *rows])
    return text.getvalue()


def as_ndjson(rows: Sequence[Row]) -> str:
    names = ("id", "tenant", "at", "status", "route")
    objects = [{name: cell for name, cell in zip(names, row, strict=True) if cell != ""} for row in rows]
    # keys come in another order in every other object
    lines = (json.dumps(dict(sorted(one.items(), reverse=place % 2 == 0))) for place, one in enumerate(objects))
    return "".join(f"{line}\n" for line in lines)


def as_one_table(path: Path, source: EventSource) -> Tally:
    """The specification: one file with all rows, and the types that DuckDB finds in all of them."""
    reader = "read_csv" if source.format is EventFormat.CSV else "read_ndjson"
    header = ", header = true" if source.format is EventFormat.CSV else ""
    with session(1) as opened:
        described = opened.execute(f"describe from {reader}({quoted(str(path))}, sample_size = -1{header})").fetchall()
        kinds = {
            name: "VARCHAR" if name in {"id", "tenant"} or kind == "JSON" else kind for name, kind, *_ in described
        }
        types = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in kinds.items())
        opened.execute(f"create view t as from {reader}({quoted(str(path))}, columns = {{{types}}}{header})")
        question, problems = ask(source, (OK, READ), TENANTS, columns_of(opened, "t"), FIVE)
        assert problems == ()
        return tally(question, opened.execute(render(aggregation(question, "t", AS_OF_US))).fetchall())


def same_as_one_table(rows: list[Row], cuts: list[int], source: EventSource, written: Any) -> None:
    suffix = source.format.value
    edges = sorted({0, *(cut for cut in cuts if cut < len(rows)), len(rows)})
    parts = [rows[begin:end] for begin, end in pairwise(edges)]
    with TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, {f"whole.{suffix}": written(rows)})
        expected = as_one_table(folder / f"whole.{suffix}", source)
        write(folder, {f"parts/{number}.{suffix}": written(part) for number, part in enumerate(parts)})
        apart = replace(source, paths=(f"parts/*.{suffix}",))
        kept = folder / "kept"
        # what an earlier run has kept of some of the files must not matter
        counted(folder, replace(apart, paths=(f"parts/0.{suffix}",)), (OK, READ), kept=kept)
        for more in ({"threads": 1}, {"kept": kept}):
            found = counted(folder, apart, (OK, READ), **more)
            assert sorted(found.series, key=str) == sorted(expected.series, key=str)
            (total,) = found.totals
            assert (total.events, total.events + total.duplicates) == (expected.events, expected.copies)
            assert (total.disagreeing, total.disagreeing_examples) == (expected.disagreeing, expected.examples)
            assert total.invalid == expected.invalid


@settings(max_examples=15, deadline=None)
@given(st.one_of(rows_of(TIMES, STATUS), rows_of(MICROS, STATUS)), st.lists(st.integers(1, 12), max_size=3))
def test_csv_files_count_as_one_table_of_all_rows(rows: list[Row], cuts: list[int]) -> None:
    same_as_one_table(rows, cuts, SOURCE, as_csv)


def _number(cell: str) -> Any:
    return "" if cell == "" else json.loads(cell)


@settings(max_examples=15, deadline=None)
@given(
    st.one_of(rows_of(TIMES, STATUS.map(_number)), rows_of(MICROS.map(_number), STATUS.map(_number))),
    st.lists(st.integers(1, 12), max_size=3),
)
def test_ndjson_files_count_as_one_table_of_all_rows(rows: list[Row], cuts: list[int]) -> None:
    same_as_one_table(rows, cuts, LINES, as_ndjson)


# --- hard cases ----------------------------------------------------------------------

A = "1,a,0,200\n"
TWO = [("a", (0,), (2,), (1,))]


@pytest.mark.parametrize(
    "files",
    [
        {"x.csv": HEADER + A + "2,a,0,500\n"},
        {"x.csv": HEADER + A, "y.csv": HEADER + "2,a,0,500\n"},
        {"x.csv": HEADER + A, "y.csv": "status,more,at,tenant,id\n500,?,0,a,2\n"},
        {"x.csv": HEADER + A, "y.csv": "ID,Tenant,AT,Status\n2,a,0,500\n"},
        {"x.csv": HEADER + A, "y.csv": "id;tenant;at;status\n2;a;0;500\n"},
        {"x.csv": HEADER + A, "y.csv": "id\ttenant\tat\tstatus\n2\ta\t0\t500.5\n"},
        {"x.csv": ("\ufeff" + HEADER + A + "2,a,0,500\n").replace("\n", "\r\n")},
        {"x.csv": (HEADER + A + "2,a,0,500").replace("\n", "\r")},
        {"x.csv": "\n\n" + HEADER + "\n" + A + "\n2,a,0,500\n\n"},
        {"x.csv": "", "y.csv": HEADER, "z.csv": HEADER + A + "2,a,0,500\n"},
        {"x.csv": HEADER + '"1\n,""x""","a","0","200"\n2,a,0,"500"\n'},
        {"x.csv": HEADER + A, "y.csv": HEADER + "2,a,1970-01-01T00:00:00Z,500\n3,a,never,500\n"},
        {"x.csv": HEADER + "1,a,1970-01-01 00:00:00,200\n2,a,1970-01-01T02:00:00.000000001+02:00,500\n"},
        {"x.csv": HEADER + "1,a,0,+200\n".replace("+", "") + "2,a,0,99999999999999999999\n"},
        {"x.csv": "id,tenant,at,status,Status\n1,a,0,200,900\n2,a,0,500,1\n"},
    ],
    ids=[
        "one file",
        "two files",
        "columns in another order",
        "columns in another case",
        "semicolons in one",
        "tabs in one",
        "a byte order mark and CR LF",
        "CR, and no end of the last line",
        "blank lines",
        "nothing in one, a header in another",
        "quoted",
        "moments in one: numbers are none",
        "zones and nanoseconds",
        "more than 64 bits",
        "a column twice",
    ],
)
def test_hard_cases_of_csv(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)
    found = numbers(counted(tmp_path, recounting=recount))
    numbers_are_no_moments = [("a", (0,), (1,), (1,))]
    assert found == (numbers_are_no_moments if "never" in "".join(files.values()) else TWO)


@pytest.mark.parametrize(
    "files",
    [
        {"x.ndjson": '{"id":1,"tenant":"a","at":0,"status":200}\n{"status":500,"at":0,"tenant":"a","id":2}'},
        {"x.ndjson": '{"id":1,"tenant":"a","at":0,"status":200}\r\n\r\n{"status":500,"at":0,"tenant":"a","id":2}'},
        {"x.ndjson": '{"id":1,"tenant":"a","at":0,"status":200}\n{"at":0}', "y.ndjson": "", "z.ndjson": '{"STATUS":1}'},
        {"x.ndjson": '{"id":1,"tenant":"a","at":0,"status":null}\n{"id":3,"tenant":"a","at":0}'},
    ],
    ids=["another order of keys", "CR LF and blank lines", "missing keys", "nulls"],
)
def test_hard_cases_of_ndjson(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, {**files, "last.ndjson": '{"id":"2","tenant":"a","at":0,"status":500,"x":[1,{"y":2}]}\n'})
    found = counted(tmp_path, LINES, recounting=recount)
    assert (found.totals[0].events, numbers(found)[0][3]) == (2 + ("null" in str(files)), (1,))


def test_text_in_one_file_is_the_text_of_all(tmp_path: Path) -> None:
    """`7` is a number in one file and text beside `x` in the other: the column is text, in whichever order."""
    slo = replace(OK, sli=replace(OK.sli, good="status <> '7'"))
    for order in ("xy", "yx"):
        write(tmp_path, {f"{order[0]}.csv": HEADER + "1,a,0,7\n", f"{order[1]}.csv": HEADER + "2,a,0,x\n"})
        assert numbers(counted(tmp_path, SOURCE, (slo,))) == TWO


def test_digits_that_are_compared_with_text_are_text_in_csv(tmp_path: Path) -> None:
    slo = replace(OK, sli=replace(OK.sli, good="status <> '7'"))
    write(tmp_path, {"x.csv": HEADER + "1,a,0,7\n2,a,0,8\n"})
    assert numbers(counted(tmp_path, SOURCE, (slo,))) == TWO


def test_a_column_without_a_value_makes_events_invalid_and_not_the_slo(tmp_path: Path) -> None:
    write(tmp_path, {"x.csv": HEADER + "1,a,0,\n2,a,0,\n"})
    for good in ("status < 500", "status = 'x'", "not status"):
        found = counted(tmp_path, SOURCE, (replace(OK, sli=replace(OK.sli, good=good)),))
        assert (found.series, found.totals[0].invalid) == ((), (("ok", 2),))


def test_a_row_without_a_time_is_counted_as_one(tmp_path: Path) -> None:
    write(tmp_path, {"x.csv": HEADER + A + "2,a,infinity,200\n3,a,25/01/2026,200\n4,a,,200\n"})
    (total,) = counted(tmp_path).totals
    assert (total.rows, total.events, total.without_time) == (4, 0, 4)
    write(tmp_path, {"x.csv": HEADER + A + "2,a,,200\n"})
    assert counted(tmp_path).totals[0].without_time == 1


@pytest.mark.parametrize(("source", "name"), [(SOURCE, "x.csv.gz"), (LINES, "x.ndjson.gz")])
def test_compressed_files(tmp_path: Path, source: EventSource, name: str) -> None:
    rows = [("1", "a", 0, 200, "/"), ("2", "a", 0, 500, "/")]
    text = as_csv(rows) if source is SOURCE else as_ndjson(rows)
    write(tmp_path, {name: gzip.compress(text.encode())})
    assert numbers(counted(tmp_path, replace(source, paths=("*.gz",)))) == TWO


# --- what cannot be read -------------------------------------------------------------

JSON_ROW = '{"id":1,"tenant":"a","at":0,"status":200}\n'


@pytest.mark.parametrize(
    ("source", "text", "message"),
    [
        (
            SOURCE,
            HEADER + A + "2,a,0\n3,a,0,5,7\n\n4\n" + A + "5\n",
            "line 3: 3 columns, and 4 in the header; line 4: 5 columns, and 4 in the header; line 6: 1 columns, and 4 "
            "in the header; and 1 more",
        ),
        (
            SOURCE,
            HEADER + '"1\n",a,0,200\n2,"a,0,500\n3,a,0,500\n',
            "line 4: a quoted value that does not end as one (a quote within it is written twice)",
        ),
        (SOURCE, HEADER.encode() + b"1,a,0,200\n2,\xff,0,200\n", "line 3: not UTF-8"),
        (
            SOURCE,
            HEADER.replace("\n", "\r\n") + A + "2,a,0,500\r\n",
            "line 2: ends with LF, and the header with CR LF",
        ),
        (
            LINES,
            JSON_ROW + '{"id":\n[1]\n\n7\n{"id":1,"at":2,"id":2}\n' + JSON_ROW,
            "line 2: no JSON: expecting value in column 7; line 3: not an object; line 5: not an object; and 1 more",
        ),
        (LINES, JSON_ROW + '{"id":1,"at":2\r\n' + JSON_ROW, "line 2: no JSON: expecting ',' delimiter in column 15"),
        (LINES, "\ufeff" + JSON_ROW, "line 1: begins with a byte order mark, which JSON does not have"),
        (LINES, JSON_ROW.encode() + b'{"id":"\xff"}\n', "line 2: not UTF-8"),
        (LINES, JSON_ROW * 2 + JSON_ROW[:-1] + JSON_ROW, "line 3: no JSON: extra data in column 42"),
    ],
    ids=[
        "columns",
        "quotes",
        "bytes",
        "line ends",
        "objects",
        "an object that does not end",
        "a byte order mark",
        "bytes of JSON",
        "two in a line",
    ],
)
def test_rows_that_cannot_be_read_are_named(
    tmp_path: Path, source: EventSource, text: str | bytes, message: str
) -> None:
    suffix = source.format.value
    write(tmp_path, {f"x/good.{suffix}": HEADER + A if source is SOURCE else JSON_ROW, f"x/bad.{suffix}": text})
    found = problem(tmp_path, source)
    assert found.message == f"the events `requests` cannot be read: `x/bad.{suffix}`, {message}"
    assert found.help == (
        "correct or remove these rows; none of the file's rows is counted until it can be read as a whole"
    )


def test_a_file_that_is_cut_off(tmp_path: Path) -> None:
    write(tmp_path, {"x.csv.gz": gzip.compress((HEADER + A).encode())[:-6]})
    found = problem(tmp_path, replace(SOURCE, paths=("*.gz",)))
    assert found.message == (
        "the events `requests` cannot be read: `x.csv.gz`: IO Error: Unexpected end of GZIP stream: x.csv.gz"
    )


@pytest.mark.parametrize(
    ("source", "text", "cell"),
    [
        (SOURCE, HEADER + '1,"a\n",0,200\n2,a,0,oops\n', "a cell in `x/bad.csv`, line 4"),
        (SOURCE, HEADER + A + "2,a,0,NULL\n", "a cell in `x/bad.csv`, line 3"),
        (LINES, JSON_ROW + '{"status":"500"}\n', "a cell in `x/bad.ndjson`, line 2"),
        (LINES, JSON_ROW + '{"status":{"code":5}}\n', "a cell in `x/bad.ndjson`, line 2"),
    ],
)
def test_the_line_of_a_cell_that_is_no_number_is_named_and_not_the_cell(
    tmp_path: Path, source: EventSource, text: str, cell: str
) -> None:
    suffix = source.format.value
    write(tmp_path, {f"a.{suffix}": HEADER + A if source is SOURCE else JSON_ROW, f"x/bad.{suffix}": text})
    assert problem(tmp_path, source).message == (
        "the SLO `ok` cannot be counted: the column `status` is text (VARCHAR) and is compared with 500: "
        f"{cell}, is no number"
    )


def test_a_file_that_lacks_a_column_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"a.csv": HEADER + A, "b.csv": "id,tenant,at\n1,a,0\n"})
    found = problem(tmp_path)
    assert found.message == "the events `requests` have no column `status` in `b.csv`, which `a.csv` has"
    assert found.help == "write every file with the same columns, or read them as two sources under [[events]]"


NO_HEADER = (
    "is the header missing? The first line of a CSV file names its columns, and what stands there begins with a digit "
    "or a sign: write a header, such as `event_id,tenant_id,occurred_at,status`"
)


@pytest.mark.parametrize(
    ("files", "message", "help"),
    [
        ({"a.csv": ""}, "`id`, which holds the event's id", "the files hold nothing, not even the names of columns"),
        (
            {"a.csv": "id,tenant,at,stat\n1,a,0,5\n"},
            "`status`, which the SLO `ok` reads in `status < 500`",
            "the nearest columns are `stat`",
        ),
        ({"a.csv": "e-1,acme,1762000000000000,200\n"}, "`id`, which holds the event's id", NO_HEADER),
        ({"a.csv": "e-1;acme;2026-11-01T00:00:00Z;200\n"}, "`id`, which holds the event's id", NO_HEADER),
    ],
)
def test_a_column_that_no_file_has(tmp_path: Path, files: dict[str, str], message: str, help: str) -> None:
    write(tmp_path, files)
    found = problem(tmp_path)
    assert (found.message, found.help) == (f"the events `requests` have no column {message}", help)


# --- what is kept --------------------------------------------------------------------


def day(number: int, *, bad_every: int = 7) -> str:
    rows = (
        (f"e{number}-{at}", "a", number * DAY_US + at * MINUTE_US, 500 if at % bad_every == 0 else 200)
        for at in range(1440)
    )
    return HEADER + "".join(f"{id},{tenant},{at},{status}\n" for id, tenant, at, status in rows)


class Told:
    """How many slices were counted, each time."""

    def __init__(self) -> None:
        self.slices: list[int] = []

    def __call__(self, number: int, of: int) -> None:
        self.slices += [of] if number == 0 else []


def rows_in(kept: Path) -> dict[str, int]:
    """The kept files' rows, and what says whether they were written again."""
    return {path.name: path.stat().st_ino for path in kept.glob("*.rows")}


@pytest.mark.parametrize("kept", [None, "kept"])
def test_text_is_counted_slice_by_slice(tmp_path: Path, kept: str | None) -> None:
    write(tmp_path, {f"{number}.csv": day(number) for number in range(4)})
    told = Told()
    sliced = counted(tmp_path, slice_rows=300, told=told, recounting=recount, kept=kept and tmp_path / kept)
    assert told.slices == [12]
    assert sliced == counted(tmp_path, slice_rows=1 << 40, recounting=recount)


def test_only_a_new_file_is_read(tmp_path: Path) -> None:
    kept, told = tmp_path / "kept", Told()
    asked = {"slice_rows": 300, "told": told, "kept": kept, "recounting": recount}
    write(tmp_path, {f"{number}.csv": day(number) for number in range(4)})
    first = counted(tmp_path, **asked)
    before = rows_in(kept)
    assert counted(tmp_path, **asked) == first
    assert (rows_in(kept), told.slices) == (before, [12])
    write(tmp_path, {"4.csv": "".join(day(4).splitlines(keepends=True)[:50])})
    found = counted(tmp_path, **asked)
    after = rows_in(kept)
    assert (len(before), len(after), before.items() <= after.items()) == (4, 5, True)
    assert told.slices == [12, 1]
    shutil.rmtree(kept)
    assert found == counted(tmp_path, slice_rows=300, recounting=recount)


def test_a_file_that_is_written_anew_is_read_again(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    write(tmp_path, {"0.csv": day(0), "1.csv": day(1)})
    before = counted(tmp_path, kept=kept)
    write(tmp_path, {"1.csv": day(1, bad_every=5)})
    after = counted(tmp_path, kept=kept)
    assert after != before
    assert after == counted(tmp_path)


def test_a_file_of_text_changes_the_types_of_files_that_were_kept_with_others(tmp_path: Path) -> None:
    """What was kept of a file as numbers is not what it is beside text, and is again when that is gone."""
    kept = tmp_path / "kept"
    slo = replace(OK, sli=replace(OK.sli, good="status <> 7"))
    write(tmp_path, {"0.csv": HEADER + "1,a,0,7.0\n"})
    assert numbers(counted(tmp_path, SOURCE, (slo,), kept=kept)) == [("a", (0,), (1,), (1,))]
    write(tmp_path, {"1.csv": HEADER + "2,a,0,x\n"})
    assert "is text" in problem(tmp_path, SOURCE, (slo,), kept=kept).message
    (tmp_path / "1.csv").unlink()
    assert numbers(counted(tmp_path, SOURCE, (slo,), kept=kept)) == [("a", (0,), (1,), (1,))]


@pytest.mark.parametrize(
    "text", ["{", "null", "7", "[]", "[7]", "{}", '{"keys": 7, "kinds": {"at": "x"}, "file": null}']
)
def test_an_entry_that_is_lost_or_broken_is_read_again(tmp_path: Path, text: str) -> None:
    kept = tmp_path / "kept"
    write(tmp_path, {"0.csv": day(0), "1.csv": day(1)})
    before = counted(tmp_path, kept=kept)
    for number, path in enumerate(sorted(kept.iterdir())):
        if path.suffix in {".kinds", ".digest", ".survey"}:
            path.write_text(text)
        elif number % 2:
            path.unlink()
    assert counted(tmp_path, kept=kept) == before


def test_a_row_that_is_written_between_two_readings_is_a_race(tmp_path: Path) -> None:
    write(tmp_path, {"0.csv": HEADER + A})

    def meanwhile(*asked: Any) -> Any:
        write(tmp_path, {"0.csv": HEADER + A + "2,a,0,500\n"})
        return recount(*asked)

    for kept in (None, tmp_path / "kept"):
        write(tmp_path, {"0.csv": HEADER + A})
        found = counted(tmp_path, recounting=meanwhile, kept=kept)
        assert (numbers(found), found.race_conditions) == ([("a", (0,), (1,), (0,))], 1)
        # and nothing of it is kept under a content that it was not read from
        assert numbers(counted(tmp_path, kept=kept)) == TWO


def test_memory_does_not_grow_with_the_files(tmp_path: Path) -> None:
    """Within a limit that the rows do not fit into."""
    for number in range(8):
        wide = "".join(f"e{number}-{at},a,{number * HOUR_US + at},200,{'x' * 400}\n" for at in range(30_000))
        write(tmp_path, {f"{number}.csv": "id,tenant,at,status,route\n" + wide})
    found = counted(tmp_path, SOURCE, (OK,), memory_mib=96, slice_rows=20_000)
    assert found.totals[0].events == 240_000
