"""A team's own SLI queries: what is seen in them, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.settings import Glob
from pytest_errorbudget.model.sli_query import SliQuery, SliSelect, TableName, UseKind
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.sli.files import list_sli_files
from pytest_errorbudget.readers.sli.queries import read_sli_queries

# The query of the sales page.
PAGE = """\
-- Tenant-specific SLI query (prone to schema drift)
SELECT tenant_id, COUNT(*) as errors
FROM logs WHERE timestamp > NOW() - INTERVAL 5 MINUTE
GROUP BY tenant_id HAVING COUNT(*) > ?;
"""


def glob(text: str) -> Glob:
    return Glob(text, Span("settings.toml", 7, 16))


def read(folder: Path, text: str) -> tuple[SliQuery, ...]:
    (folder / "sli").mkdir(exist_ok=True)
    (folder / "sli" / "a.sql").write_text(text)
    queries, problems = read_sli_queries(folder, [glob("sli/*.sql")])
    assert problems == ()
    return queries


def test_the_query_of_the_page(tmp_path: Path) -> None:
    (query,) = read(tmp_path, PAGE)
    assert query.selects == (
        SliSelect(
            span=Span("sli/a.sql", 2, 8),
            tables=(TableName(None, "logs"),),
            compared=("timestamp",),
            grouped=("tenant_id",),
            returned=("tenant_id",),
        ),
    )
    assert query.time == "timestamp"
    assert {(use.kind, use.text, str(use.span)) for use in query.uses} == {
        (UseKind.ROWS, "COUNT(*)", "sli/a.sql:2:19"),
        (UseKind.INTERVAL, "INTERVAL '5 MINUTE'", "sli/a.sql:3:37"),
        (UseKind.CLOCK, "NOW()", "sli/a.sql:3:29"),
        (UseKind.UNTYPED, "COUNT(*) > ?", "sli/a.sql:4:27"),
        (UseKind.ROWS, "COUNT(*)", "sli/a.sql:4:27"),
    }
    assert query.parameters == ("?",)
    assert query.written == (
        "SELECT tenant_id, COUNT(*) as errors\nFROM logs WHERE timestamp > NOW() - INTERVAL 5 MINUTE\n"
        "GROUP BY tenant_id HAVING COUNT(*) > $1"
    )
    assert query.meant == (
        "SELECT tenant_id, COUNT(*) AS errors FROM logs WHERE timestamp > CURRENT_TIMESTAMP - INTERVAL '5 MINUTE' "
        "GROUP BY tenant_id HAVING COUNT(*) > $1"
    )
    assert query.planned == query.meant.replace("CURRENT_TIMESTAMP", "CAST($2 AS TIMESTAMPTZ)")


@pytest.mark.parametrize(
    ("sql", "kind", "text"),
    [
        ("select now()", UseKind.CLOCK, "now()"),
        ("select clock_timestamp()", UseKind.CLOCK, "clock_timestamp()"),
        ("select current_date", UseKind.CLOCK, "current_date"),
        ("select localtimestamp", UseKind.CLOCK, "localtimestamp"),
        ("select count(1) from t", UseKind.ROWS, "COUNT(1)"),
        ("select count(id) from t", UseKind.ROWS, "COUNT(id)"),
        ("select count(*) from (select distinct a from t) x, u", UseKind.ROWS, "COUNT(*)"),
        ("select sum(case when a then 1 else 0 end) from t", UseKind.ROWS, "SUM(CASE WHEN a THEN 1 ELSE 0 END)"),
        ("select a from t where at < '2026-03-01'", UseKind.ZONELESS, "'2026-03-01'"),
        ("select a from t where at < $1::date + 1", UseKind.ZONELESS, "CAST($1 AS DATE) + 1"),
        ("select timestamptz '2026-03-01 00:00'", UseKind.ZONELESS, "CAST('2026-03-01 00:00' AS TIMESTAMPTZ)"),
        ("select random() from t", UseKind.ARBITRARY, "RANDOM()"),
        ("select a from t limit 3", UseKind.ARBITRARY, "LIMIT 3"),
        ("select distinct on (a) a, b from t", UseKind.ARBITRARY, "DISTINCT ON (a)"),
        ("select t.* from t", UseKind.STAR, "t.*"),
        ("select * from (select * from t) x", UseKind.STAR, "*"),
        ("select extract(hour from at) from t", UseKind.DAY, "EXTRACT(HOUR FROM at)"),
        ("select to_char(at, 'YYYY') from t", UseKind.DAY, "TO_CHAR(at, 'YYYY')"),
        ("select date_bin('7 minutes', at, $1) from t", UseKind.INTERVAL, "'7 minutes'"),
        ("select a from t where at between $1 and $2", UseKind.CLOSED, "at BETWEEN $1 AND $2"),
        ("select a from t where at >= $1 and at <= $2", UseKind.CLOSED, "at <= $2"),
        ("select a from t where at > :start", UseKind.OPEN, "at > :start"),
        ("select a from t where lower(b) = 'x'", UseKind.WRAPPED, "LOWER(b) = 'x'"),
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
        "select count(*) from (select distinct on (id) id from t) x",
        "select count(*) from (select id, row_number() over (partition by id order by at) as n from t) x where n = 1",
        "select a.now from t",
        "select a from t where at < '2026-03-01T00:00Z' and b < '2026-3'",
        "set timezone to 'UTC'; select a from t where at < '2026-03-01'",
        "select date_trunc('day', timezone('UTC', at)) from t",
        "select date_trunc('minute', at) from t",
        "select (at at time zone 'UTC')::date from t",
        "select extract(epoch from at) from t",
        "select interval '7 seconds'",
        "with w as (select a from t) select * from w",
        "select a from t where at >= $1 and at < $2",
        "select tenant from t group by tenant having count(distinct id) > $limit",
        "select a / 2.5 from t",
        "select a::numeric / b from t",
        "select date_trunc('day', at, 'UTC') from t",
        "select tenant from t group by tenant having count(distinct id) > $1::bigint",
    ],
)
def test_nothing_to_say(tmp_path: Path, sql: str) -> None:
    *_, query = read(tmp_path, sql)
    assert query.uses == ()


@pytest.mark.parametrize(
    ("interval", "seconds"),
    [
        ("'7 minutes'", 420),
        ("'1 hour'", 3_600),
        ("'2' day", 172_800),
        ("'1 month'", None),
        ("'1h 5m'", 3_900),
        ("'00:07:00'", 420),
    ],
)
def test_the_length_of_an_interval(tmp_path: Path, interval: str, seconds: int | None) -> None:
    (query,) = read(tmp_path, f"select 1 from t where at > $1 - interval {interval}")
    assert [use.seconds for use in query.uses if use.kind is UseKind.INTERVAL] == [seconds]


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


def test_what_is_not_sql_is_said_with_its_place_and_the_rest_is_read(tmp_path: Path) -> None:
    broken, whole = read(tmp_path, "select 1\nfrom t where (;\nselect 2 from t")
    assert (broken.span.path, broken.span.line) == ("sli/a.sql", 2)
    assert broken.unread is not None
    assert whole.unread is None


def test_what_is_nested_too_deeply_is_said_and_the_rest_is_read(tmp_path: Path) -> None:
    deep, whole = read(tmp_path, f"select {'(' * 3_000}1{')' * 3_000}; select 2")
    assert deep.unread == "too deeply nested"
    assert whole.unread is None


def test_a_template_is_no_sql(tmp_path: Path) -> None:
    (query,) = read(tmp_path, "select 1 {% if a %} from t {% endif %}")
    assert query.unread == "a template makes its SQL (`{% … %}`)"


def test_a_width_that_a_dashboard_chooses(tmp_path: Path) -> None:
    (query,) = read(tmp_path, "select $__timeGroup(at, $__interval),\n  1 from t where at > $1 - interval '$interval'")
    assert [(use.text, str(use.span)) for use in query.uses if use.kind is UseKind.ZOOM] == [
        ("$__timeGroup(at, $__interval)", "sli/a.sql:1:8"),
        ("'$interval'", "sli/a.sql:2:37"),
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "create materialized view v as select now() from t",
        "create view v as (select now() from t)",
        "insert into v select now() from t",
    ],
)
def test_the_query_of_a_view_or_of_rows_is_read(tmp_path: Path, sql: str) -> None:
    (query,) = read(tmp_path, sql)
    assert query.meant == "SELECT CURRENT_TIMESTAMP FROM t"
    assert [use.kind for use in query.uses] == [UseKind.CLOCK]


def test_a_moment_that_is_moved_has_a_type(tmp_path: Path) -> None:
    sql = "select 1 from t where at > $1 - interval '5 min' and date_bin('1 day', at, 'epoch') = $2"
    (query,) = read(tmp_path, sql)
    assert query.meant == (
        "SELECT 1 FROM t WHERE at > CAST($1 AS TIMESTAMPTZ) - INTERVAL '5 MIN' AND DATE_BIN('1 day', at, 'epoch') = $2"
    )


@pytest.mark.parametrize(
    ("sql", "selects"),
    [
        (
            "with w as (select a, b from s.t where c = 1) select b from w join u using (d) group by 1",
            [
                SliSelect(
                    span=Span("sli/a.sql", 1, 53),
                    tables=(TableName(None, "u"),),
                    compared=("d",),
                    grouped=("b",),
                    returned=("b",),
                ),
                SliSelect(
                    span=Span("sli/a.sql", 1, 19),
                    tables=(TableName("s", "t"),),
                    compared=("c",),
                    returned=("a", "b"),
                    is_inner=True,
                ),
            ],
        ),
        (
            "select distinct on (a) b as x, count(*) filter (where c = 1) over (partition by d) from t",
            [
                SliSelect(
                    span=Span("sli/a.sql", 1, 24),
                    tables=(TableName(None, "t"),),
                    compared=("c",),
                    grouped=("a", "d"),
                    returned=("b",),
                )
            ],
        ),
    ],
)
def test_what_each_select_reads_compares_and_groups_by(tmp_path: Path, sql: str, selects: list[SliSelect]) -> None:
    (query,) = read(tmp_path, sql)
    assert list(query.selects) == selects


def test_a_glob_that_matches_nothing_is_a_problem(tmp_path: Path) -> None:
    queries, problems = read_sli_queries(tmp_path, [glob("sli/*.sql")])
    assert queries == ()
    assert [(one.span, one.message) for one in problems] == [
        (Span("settings.toml", 7, 16), "`sli-queries` names `sli/*.sql`, which matches no file")
    ]


def test_files_are_listed_without_reading_them(tmp_path: Path) -> None:
    read(tmp_path, "not even SQL")
    assert list_sli_files(tmp_path, [glob("sli/*.sql"), glob("**/a.sql")]) == ("sli/a.sql",)


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("-- nothing yet\n", "1:1", "the file holds no statement"),
        ("select 1;\nselect 'a", "2:8", "no statement of the file is read: what begins here has no end"),
        ("select 1 /* a", "1:1", "no statement of the file is read: a string or a comment has no end"),
        ("select a from :t where b = 1", "1:1", "a variable says what it reads: `:t`"),
        ("select a from {{ table }}", "1:1", "a variable says what it reads: `{{ table }}`"),
        (
            "create or replace function f() returns int language sql as $$ select 1 $$",
            "1:1",
            "the body of a function is not read: what it asks belongs into a statement of its own",
        ),
        ("refresh materialized view v", "1:1", "not a SELECT"),
        ("create index on t (a)", "1:1", "not a SELECT"),
        ("copy t to '/tmp/t'", "1:1", "not a SELECT"),
    ],
)
def test_what_is_not_read_says_why(tmp_path: Path, text: str, place: str, reason: str) -> None:
    *_, query = read(tmp_path, text)
    assert (str(query.span), query.unread) == (f"sli/a.sql:{place}", reason)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("create view v with (security_barrier) as select now() with no data", "select now() "),
        ("explain (analyze, costs off) select now()", "select now()"),
        ("prepare p (int) as select now()", "select now()"),
        ("declare c cursor for with a as (select 1) select now()", "with a as (select 1) select now()"),
        ("copy (select now() from (select 1) x) to stdout", "select now() from (select 1) x"),
    ],
)
def test_the_question_is_read_as_it_is_written(tmp_path: Path, text: str, written: str) -> None:
    (query,) = read(tmp_path, text)
    assert query.written == written
    (clock,) = (use for use in query.uses if use.kind is UseKind.CLOCK)
    assert clock.span.column == text.index("now()") + 1


def test_a_character_of_the_question_leads_to_its_token(tmp_path: Path) -> None:
    (query,) = read(tmp_path, "explain\nselect a, :name\nfrom t")
    assert query.written is not None
    assert str(query.at(query.written.index("$1"))) == "sli/a.sql:2:11"
    assert str(query.at(query.written.index("t", 12))) == "sli/a.sql:3:6"
    assert query.at(None) == query.span
