"""Odd files as teams have them: each counts right, or says what is wrong with it and where."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from base64 import b85decode
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import recount

SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(30 * DAY_US),
    span=Span("slo.yaml", 3),
)
SOURCE = EventSource(
    name="requests",
    format=EventFormat.PARQUET,
    paths=("*.*",),
    columns=EventColumns(id="id", tenant="tenant", time="at"),
    lateness_us=0,
    span=Span("errorbudget.toml", 7),
)
CSV = replace(SOURCE, format=EventFormat.CSV)
LINES = replace(SOURCE, format=EventFormat.NDJSON)
HEADER = "id,tenant,at,status\n"
ROW = "1,a,0,200\n"
JSON_ROW = '{"id":1,"tenant":"a","at":0,"status":200}\n'
FIVE = 5 * MINUTE_US

NAN_OF_ARROW = (
    "c-jka3^EjD5LFOW&=F+;GT21fWEdD2n1Gmtkr7B5f(RqLN)o{YP)0{o2a6I0G=Q#9f&(I+>40E~F=${B6%<4>G}8e>|EL#bk&H2A"
    "kYFoL&PdHo6y;zL<xyplV9HEUW$*zx1<YkDNzF^lD}f2IfK()wFo<%2<cdoYOG=9w#8@O{Bz@EvWJGx+RoNIML1u^oMaA62+|)Qc"
    "Wkf;lXJW7cs$-K>V_*Rqgrpd116+e2P7N$j(-R?zgT#W=rZ6H@Ya*-Vf*KBSB3S(@Mj%pq#%M!Q=t*LlFV?{<#-hdnq!=_53KEM7"
    "OH)g9lM4!T6N`%S%N5E}i;6Sz^AwEC^bGV2B|!lPM+~LFXb1o%AOKALL$v"
)
"""Two rows, 200.0 and NaN, as pyarrow 26 writes them: its statistics say that every status is 200."""


def asked(folder: Path, source: EventSource, **more: Any) -> Any:
    given = {"window_us": FIVE, "as_of_us": DAY_US, "threads": 2, "recounting": recount, **more}
    return count_events(folder, (source,), (SLO,), ("a", "b"), **given)


def counts(folder: Path, source: EventSource) -> list[tuple[str, tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
    found, problems = asked(folder, source)
    assert problems == ()
    assert all(one.equal == one.windows for one in found.recounts)
    return [(one.tenant, one.starts_us, one.valid, one.bad) for one in found.series]


def message(folder: Path, source: EventSource, **more: Any) -> tuple[str, str]:
    _, problems = asked(folder, source, **more)
    (only,) = problems
    assert isinstance(only, Problem)
    return only.message, only.help


def parquet(folder: Path, files: Mapping[str, str]) -> None:
    """Each file holds the rows of a query."""
    with duckdb.connect() as session:
        session.execute("set TimeZone = 'UTC'")
        for name, rows in files.items():
            session.execute(f"copy ({rows}) to '{folder / name}' (format parquet)")


def test_nan_is_more_than_any_number_whatever_the_statistics_of_the_file_say(tmp_path: Path) -> None:
    """A comparison that the least and greatest value of a column seem to decide is made for every row."""
    (tmp_path / "x.parquet").write_bytes(zlib.decompress(b85decode("".join(NAN_OF_ARROW))))
    assert counts(tmp_path, SOURCE) == [("a", (0,), (2,), (1,))]


@pytest.mark.parametrize("kind", ["timestamp_ns", "timestamptz_ns"])
@pytest.mark.parametrize("other", ["", "make_timestamp(300000000)", "make_timestamptz(300000000)"])
def test_nanoseconds_are_floored_with_and_without_a_zone(tmp_path: Path, kind: str, other: str) -> None:
    """A cast would round the last nanosecond of a window into the next, also where other files hold microseconds."""
    at = f"make_timestamp_ns(unnest([-1, 299999999999, 300000000000]))::{kind}"
    parquet(tmp_path, {"x.parquet": f"select unnest(['1', '2', '3']) as id, 'a' as tenant, {at} as at, 200 as status"})
    if other:
        parquet(tmp_path, {"y.parquet": f"select '4' as id, 'a' as tenant, {other} as at, 200 as status"})
    assert counts(tmp_path, SOURCE) == [("a", (-FIVE, 0, FIVE), (1, 1, 2 if other else 1), (0, 0, 0))]


EVENT = "select '1' as id, 'a' as tenant, 0::bigint as at, 200 as status"


def test_a_broken_file_among_others_is_named(tmp_path: Path) -> None:
    parquet(tmp_path, {f"{name}.parquet": EVENT for name in "xyz"})
    whole = (tmp_path / "y.parquet").read_bytes()
    (tmp_path / "y.parquet").write_bytes(whole[:4] + bytes(60) + whole[64:])
    said, help = message(tmp_path, SOURCE)
    assert said.startswith("the events `requests` cannot be read: `y.parquet`: ")
    assert help == "check that every file below `*.*` is whole and is parquet"


TWICE = "write each column once, or call the others something else (case does not tell columns apart)"


def test_a_column_of_parquet_that_is_there_twice(tmp_path: Path) -> None:
    """DuckDB writes no such file: the name of another column, of the same length, is changed in its bytes."""
    parquet(tmp_path, {"x.parquet": f"select 900 as Xtatus, * from ({EVENT})"})
    written = (tmp_path / "x.parquet").read_bytes()
    for name in ("Status", "status"):
        (tmp_path / "x.parquet").write_bytes(written.replace(b"Xtatus", name.encode()))
        assert message(tmp_path, SOURCE) == (
            f"the events `requests` have the column `status` 2 times in `x.parquet`: `{name}`, `status`",
            TWICE,
        )
    (tmp_path / "x.parquet").write_bytes(written.replace(b"status", b"STATUS").replace(b"Xtatus", b"status"))
    assert counts(tmp_path, SOURCE) == [("a", (0,), (1,), (1,))]
    parquet(tmp_path, {"x.parquet": f"select {{'status': 1, 'at': 2}} as http, [1] as status_1, * from ({EVENT})"})
    assert counts(tmp_path, SOURCE) == [("a", (0,), (1,), (0,))]


@pytest.mark.parametrize("header", ["status,status", "Status,status", "STATUS,Status", " status,status"])
def test_a_column_of_csv_that_is_there_twice(tmp_path: Path, header: str) -> None:
    (tmp_path / "x.csv").write_text(f"id,tenant,at,{header}\n1,a,0,200,500\n")
    both = ", ".join(f"`{one}`" for one in header.split(","))
    assert message(tmp_path, CSV) == (
        f"the events `requests` have the column `status` 2 times in `x.csv`: {both}",
        TWICE,
    )


def test_ids_do_not_become_floats(tmp_path: Path) -> None:
    """2^53 + 1 would be 2^53, and two events one."""
    parquet(
        tmp_path,
        {
            "x.parquet": EVENT.replace("'1'", "9007199254740993"),
            "y.parquet": EVENT.replace("'1'", "9007199254740992::double"),
        },
    )
    assert message(tmp_path, SOURCE) == (
        "the column `id` of the events `requests` is BIGINT in `x.parquet` and DOUBLE in `y.parquet`",
        "write every file with the same types, or read them as two sources under [[events]]",
    )


UNPACK = "unpack it, or write it with gzip or Zstandard under a name that ends in `.gz` or `.zst`"


@pytest.mark.parametrize("source", [CSV, LINES])
@pytest.mark.parametrize(
    ("pack", "what", "help"),
    [
        (gzip.compress, "compressed with gzip", "let its name end in `.gz`: files are unpacked by their names"),
        (bz2.compress, "compressed with bzip2, which is not read", UNPACK),
        (lzma.compress, "compressed with xz, which is not read", UNPACK),
        (lambda text: text.decode().encode("utf-16"), "UTF-16", "write it in UTF-8"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(
    tmp_path: Path, source: EventSource, pack: Any, what: str, help: str
) -> None:
    text = HEADER + ROW if source is CSV else JSON_ROW
    (tmp_path / "x.txt").write_bytes(pack((text * 50).encode()))
    assert message(tmp_path, source) == (f"the events `requests` cannot be read: `x.txt`: it is {what}", help)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            JSON_ROW + JSON_ROW.replace("1", '"\\ud83d"', 1),
            "line 2: the half of a surrogate pair, which is no character",
        ),
        (f"{JSON_ROW}[{JSON_ROW.strip()}]\n", "line 2: not an object"),
    ],
    ids=["half of a pair", "an array"],
)
def test_lines_that_json_takes_and_events_do_not(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "x.ndjson").write_text(text)
    assert message(tmp_path, LINES)[0] == f"the events `requests` cannot be read: `x.ndjson`, {place}"


def test_a_line_that_is_too_long(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(f"{HEADER.strip()},note\n{ROW.strip()},{'x' * 2_500_000}\n")
    assert message(tmp_path, CSV)[0] == (
        "the events `requests` cannot be read: `x.csv`: a line is longer than 2 MB, or a quote in it does not end"
    )


# --- names of files and of directories -------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "tenant=zz/here/tenant={}/x.parquet",
        "status=900/here/tenant={}/x.parquet",
        "here/tenant=zz/tenant={}/x.parquet",
        "here/ten%61nt={}/x.parquet",
        "here/tenant={}/day=a=b/x.parquet",
        "here/tenant={}/day=/x.parquet",
    ],
    ids=["the key above", "a column above", "a key twice", "a key with escapes", "a second sign", "no value"],
)
def test_directories_are_columns_below_the_settings_file_alone(tmp_path: Path, path: str) -> None:
    """DuckDB takes columns from the whole path, and the first value of a key that comes twice: not the innermost."""
    for tenant, status in (("a", 200), ("b", 500)):
        file = tmp_path / path.format(tenant)
        file.parent.mkdir(parents=True)
        rows = f"select '1' as id, 0::bigint as at, {status}::{'integer' if tenant == 'a' else 'bigint'} as status"
        parquet(file.parent, {file.name: rows})
    root = next(folder for folder in (tmp_path, *tmp_path.iterdir()) if (folder / "here").is_dir()) / "here"
    source = replace(SOURCE, paths=("**/*.parquet",))
    for _ in range(2):
        assert counts(root, source) == [("a", (0,), (1,), (0,)), ("b", (0,), (1,), (1,))]


@pytest.mark.parametrize(
    ("glob", "names"),
    [
        ("[x] y.csv", ["[x] y.csv"]),
        ("*.csv", ["a b.csv", "x=%20'q\".csv", "ü\n.csv", "star*.csv", "q?.csv", "[1].csv"]),
        ("below/**", ["below/deep/er/x.csv", "below/x.csv"]),
        ("**/x.csv", ["below/deep/er/x.csv", "x.csv"]),
    ],
)
def test_names_that_are_hard_to_write(tmp_path: Path, glob: str, names: list[str]) -> None:
    for number, name in enumerate(names):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(HEADER + ROW.replace("1", str(number), 1))
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "gone.csv").symlink_to("nowhere.csv")
    assert counts(tmp_path, replace(CSV, paths=(glob,))) == [("a", (0,), (len(names),), (0,))]


@pytest.mark.parametrize("glob", ["/", ".", "./", "*.csv", "~/x.csv", "s3://bucket/*.csv"])
def test_a_glob_that_matches_no_file(tmp_path: Path, glob: str) -> None:
    assert message(tmp_path, replace(CSV, paths=(glob,))) == (
        f"the events `requests` have no file: `{glob}` matches nothing below {tmp_path.name}",
        "write the files first, or correct the path under [[events]]; it is relative to the settings file",
    )


def test_what_is_no_glob(tmp_path: Path) -> None:
    assert message(tmp_path, replace(CSV, paths=("a**b.csv",))) in (
        (  # before Python 3.13
            "the events `requests` have no file: `a**b.csv` is no glob",
            "write `**` between slashes, as in `exports/**/*.parquet`",
        ),
        (
            f"the events `requests` have no file: `a**b.csv` matches nothing below {tmp_path.name}",
            "write the files first, or correct the path under [[events]]; it is relative to the settings file",
        ),
    )


# --- times that are none of a calendar -------------------------------------------------


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("1764000000000000000", "after the year 9999"),
        ("-8000000000000000000", "before the year 1"),
        ("253402300800000000", "after the year 9999"),
        ("-62135596800000001", "before the year 1"),
    ],
)
def test_a_watermark_outside_of_the_calendar_is_no_moment_of_a_run(tmp_path: Path, at: str, said: str) -> None:
    (tmp_path / "x.csv").write_text(HEADER + f"1,a,{at},200\n")
    assert message(tmp_path, CSV, as_of_us=None) == (
        f"the newest event of `requests` is {said}: its times in `at` are not whole microseconds",
        "write the times as timestamps, or as whole microseconds since 1970 (nanoseconds divided by 1,000), or give "
        "`--errorbudget-as-of`",
    )


@pytest.mark.parametrize("at", ["253402300799999999", "-62135596800000000"])
def test_the_ends_of_the_calendar_are_moments(tmp_path: Path, at: str) -> None:
    (tmp_path / "x.csv").write_text(HEADER + f"1,a,{at},200\n")
    found, problems = asked(tmp_path, CSV, as_of_us=None)
    assert problems == ()
    assert found.as_of_us == int(at) // FIVE * FIVE
