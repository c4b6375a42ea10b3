"""Tables of odd types, names and settings in Spark, held against the rules as plain Python says them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from naive_events import FIVE, SLOS, TENANTS, expected, rows, said, slo

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import no_recount


def ask(table: str, slos: tuple[Slo, ...] = SLOS) -> tuple[Counts | None, tuple[Problem, ...]]:
    source = EventSource(
        name="requests",
        format=EventFormat.SPARK,
        paths=(table,),
        columns=EventColumns(id="id", tenant="tenant", time="at"),
        lateness_us=0,
        span=Span("errorbudget.toml", 7),
    )
    return count_events(Path(), (source,), slos, TENANTS, window_us=FIVE, as_of_us=100 * FIVE, recounting=no_recount)


def found(table: str) -> Any:
    counts, problems = ask(table)
    assert [problem.message for problem in problems] == []
    assert counts is not None
    return said(counts)


@pytest.fixture(scope="module")
def base(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The rows as the view ``base``, and a function that makes ``seen`` of a query over them."""
    folder = str(tmp_path_factory.mktemp("rows"))
    kinds = "id string, tenant string, us bigint, status string, code int, ok boolean, took decimal(9, 3)"
    lines = [
        (
            name,
            tenant,
            at,
            *(
                Decimal(float(v)).quantize(Decimal("0.001")) if k == "took" and v is not None else v
                for k, v in values.items()
            ),
        )
        for tenant, name, at, values in rows()
    ]
    spark.createDataFrame(lines, kinds).coalesce(2).write.mode("overwrite").parquet(folder)
    spark.read.parquet(folder).createOrReplaceTempView("raw")
    spark.sql(
        "create or replace temp view base as "
        "select id, tenant, timestamp_micros(us) as at, status, code, ok, took from raw"
    )

    def make(query: str) -> str:
        spark.sql(f"create or replace temp view seen as {query}")
        return "seen"

    return make


TEXTS = (
    "select id collate {0} as id, tenant collate {0} as tenant, at, status collate {0} as status, code, ok, took "
    "from base"
)
SHAPES = {
    "text in any case": TEXTS.format("utf8_lcase"),
    "text without accents": TEXTS.format("unicode_ci_ai"),
    "bytes": "select cast(id as binary) as id, cast(tenant as binary) as tenant, at, cast(status as binary) as status, "
    "code, ok, took from base",
    "timestamps without zone": "select id, tenant, cast(timestamp_micros(us) as timestamp_ntz) as at, status, code, "
    "ok, took from raw",
    "whole microseconds, and truths as numbers": "select id, tenant, us as at, status, cast(code as double) as code, "
    "cast(ok as tinyint) as ok, cast(took as double) as took from raw",
    "names in capitals, and by the names that the query uses": "select id as ID, tenant as Tenant, at as AT, status as "
    "Status, code, ok, took, 1 as c0, 2 as b0, 3 as copies, 4 as place, 5 as time_us, map(1, 2) as `we``ird.a b` "
    "from base",
}


@pytest.mark.parametrize("query", SHAPES.values(), ids=SHAPES)
def test_how_a_table_is_made_does_not_matter(query: str, base: Callable[[str], str], spark: Any) -> None:
    before = spark.conf.get("spark.sql.session.timeZone")
    spark.conf.set("spark.sql.session.timeZone", "UTC")  # for what the query converts
    try:
        assert found(base(query)) == expected()
    finally:
        spark.conf.set("spark.sql.session.timeZone", before)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("spark.sql.parser.escapedStringLiterals", "true"),
        ("spark.sql.timestampType", "TIMESTAMP_NTZ"),
        ("spark.sql.ansi.enabled", "false"),
        ("spark.sql.caseSensitive", "true"),
        ("spark.sql.session.timeZone", "Pacific/Apia"),
    ],
)
@pytest.mark.usefixtures("base")
def test_a_setting_of_the_session_does_not_matter(setting: str, value: str, spark: Any) -> None:
    before = spark.conf.get(setting)
    spark.conf.set(setting, value)
    try:
        assert found("base") == expected()
    finally:
        spark.conf.set(setting, before)


@pytest.mark.parametrize("name", ["default.`order`", "`default`.`select`", "parted"])
@pytest.mark.usefixtures("base")
def test_a_table_of_the_catalogue_by_an_odd_name_and_in_partitions(name: str, spark: Any) -> None:
    spark.sql(
        f"create table {name} using parquet partitioned by (day, tenant) as select *, cast(at as date) as day from base"
    )
    try:
        assert found(name) == expected()
    finally:
        spark.sql(f"drop table {name}")


@pytest.mark.usefixtures("base")
def test_char_is_text_without_what_it_is_padded_with(spark: Any) -> None:
    kinds = "id varchar(9), tenant varchar(30), at timestamp, status char(8), code int, ok boolean, took decimal(9, 3)"
    spark.sql(f"create table padded ({kinds}) using parquet")
    try:
        spark.sql("insert into padded select * from base")
        assert found("padded") == expected(padded=True)
    finally:
        spark.sql("drop table padded")


def test_a_task_that_fails_is_told_and_does_not_end_the_run(spark: Any, tmp_path: Path) -> None:
    """A file below the table that is none: what fails on the cluster is no error of the query."""
    spark.sql("select 'x' as id, 'acme' as tenant, 0L as at, 200 as code").write.parquet(f"{tmp_path}/broken")
    spark.read.parquet(f"{tmp_path}/broken").createOrReplaceTempView("seen")
    for file in (tmp_path / "broken").glob("*.parquet"):
        file.write_bytes(b"PAR1 and nothing else")
    counts, problems = ask("seen", (slo("ok", "code < 500"),))
    assert counts is None
    (problem,) = problems
    assert problem.rule.id == "events-unreadable"
    assert problem.message.startswith("the events `requests` cannot be counted on Spark: ")
    assert "calling o" not in problem.message
