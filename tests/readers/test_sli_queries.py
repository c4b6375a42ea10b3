"""A team's own SLI queries: what is seen in them, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.sli_query import SliQuery, UseKind
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.sli_files import list_sli_files
from pytest_errorbudget.readers.sli_queries import read_sli_queries

# The query of the sales page.
PAGE = """\
-- Tenant-specific SLI query (prone to schema drift)
SELECT tenant_id, COUNT(*) as errors
FROM logs WHERE timestamp > NOW() - INTERVAL 5 MINUTE
GROUP BY tenant_id HAVING COUNT(*) > ?;
"""


def read(folder: Path, text: str) -> tuple[SliQuery, ...]:
    (folder / "sli").mkdir(exist_ok=True)
    (folder / "sli" / "a.sql").write_text(text)
    queries, problems = read_sli_queries(folder, ["sli/*.sql"])
    assert problems == ()
    return queries


def test_the_query_of_the_page(tmp_path: Path) -> None:
    (query,) = read(tmp_path, PAGE)
    assert (query.relation, query.compared, query.grouped, query.time) == (
        "logs",
        ("timestamp",),
        ("tenant_id",),
        "timestamp",
    )
    assert {(use.kind, use.text, str(use.span)) for use in query.uses} == {
        (UseKind.ROWS, "COUNT(*)", "sli/a.sql:2:19"),
        (UseKind.INTERVAL, "INTERVAL '5 MINUTE'", "sli/a.sql:3:29"),
        (UseKind.CLOCK, "CURRENT_TIMESTAMP", "sli/a.sql:3:29"),
        (UseKind.UNTYPED, "COUNT(*) > ?", "sli/a.sql:4:27"),
        (UseKind.ROWS, "COUNT(*)", "sli/a.sql:4:27"),
    }
    assert query.prepared is not None
    assert query.prepared.endswith("HAVING COUNT(*) > $1")


@pytest.mark.parametrize(
    ("sql", "kind", "text"),
    [
        ("select now()", UseKind.CLOCK, "CURRENT_TIMESTAMP"),
        ("select clock_timestamp()", UseKind.CLOCK, "CLOCK_TIMESTAMP()"),
        ("select current_date", UseKind.CLOCK, "CURRENT_DATE"),
        ("select localtimestamp", UseKind.CLOCK, "LOCALTIMESTAMP"),
        ("select count(1) from t", UseKind.ROWS, "COUNT(1)"),
        ("select sum(ms) from t", UseKind.SUM, "SUM(ms)"),
        ("select avg(ms) from t", UseKind.SUM, "AVG(ms)"),
        ("select a / b from t", UseKind.DIVISION, "a / b"),
        ("select * from t", UseKind.STAR, "*"),
        ("select date_trunc('day', at) from t", UseKind.DAY, "DATE_TRUNC('DAY', at)"),
        ("select at::date from t", UseKind.DAY, "CAST(at AS DATE)"),
        ("select a from t having count(distinct id) > $1", UseKind.UNTYPED, "COUNT(DISTINCT id) > $1"),
    ],
)
def test_a_use_alone(tmp_path: Path, sql: str, kind: UseKind, text: str) -> None:
    (query,) = read(tmp_path, sql)
    assert [(use.kind, use.text) for use in query.uses] == [(kind, text)]


@pytest.mark.parametrize(
    "sql",
    [
        "select count(distinct id) from t where at >= $1 and at < $2",
        "select count(id) from t",
        "select a / 2.5 from t",
        "select a::numeric / b from t",
        "select date_trunc('day', at, 'UTC') from t",
        "select tenant from t group by tenant having count(distinct id) > $1::bigint",
    ],
)
def test_nothing_to_say(tmp_path: Path, sql: str) -> None:
    (query,) = read(tmp_path, sql)
    assert query.uses == ()


@pytest.mark.parametrize(
    ("interval", "seconds"),
    [("'7 minutes'", 420), ("'1 hour'", 3_600), ("'2' day", 172_800), ("'1 month'", None), ("'1h 5m'", None)],
)
def test_the_length_of_an_interval(tmp_path: Path, interval: str, seconds: int | None) -> None:
    (query,) = read(tmp_path, f"select 1 from t where at > $1 - interval {interval}")
    assert [use.seconds for use in query.uses] == [seconds]


@pytest.mark.parametrize(
    ("sql", "columns", "summed"),
    [
        ("t.a / t.b", ("a", "b"), ()),
        ("sum(a) / b", ("b",), ("a",)),
        ("count(distinct id) / count(*)", (), ()),
    ],
)
def test_what_a_division_divides(tmp_path: Path, sql: str, columns: tuple[str, ...], summed: tuple[str, ...]) -> None:
    (query,) = read(tmp_path, f"select {sql} from t")
    (division,) = (use for use in query.uses if use.kind is UseKind.DIVISION)
    assert (division.columns, division.summed) == (columns, summed)


def test_what_is_not_a_select_is_said(tmp_path: Path) -> None:
    assert [(query.number, query.unread) for query in read(tmp_path, "select 1; delete from t")] == [
        (1, None),
        (2, "not a SELECT"),
    ]


def test_what_is_not_sql_is_said_with_its_place(tmp_path: Path) -> None:
    (query,) = read(tmp_path, "select 1\nfrom t where (")
    assert query.span.path == "sli/a.sql"
    assert query.span.line == 2
    assert query.unread is not None


def test_a_glob_that_matches_nothing_is_a_problem(tmp_path: Path) -> None:
    queries, problems = read_sli_queries(tmp_path, ["sli/*.sql"])
    assert queries == ()
    assert [(one.span, one.message) for one in problems] == [
        (Span("errorbudget.toml", 1), "`sli-queries` names `sli/*.sql`, which matches no file")
    ]


def test_files_are_listed_without_reading_them(tmp_path: Path) -> None:
    read(tmp_path, "not even SQL")
    assert list_sli_files(tmp_path, ["sli/*.sql", "**/a.sql"]) == ("sli/a.sql",)
