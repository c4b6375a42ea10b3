"""What is said of a team's own SLI queries, in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from pytest_errorbudget.checks.sli.arbitrary import arbitrary_findings
from pytest_errorbudget.checks.sli.arithmetic import arithmetic_findings
from pytest_errorbudget.checks.sli.clock import clock_findings
from pytest_errorbudget.checks.sli.columns import star_findings
from pytest_errorbudget.checks.sli.count import count_findings
from pytest_errorbudget.checks.sli.subject import Subject, subject_of
from pytest_errorbudget.checks.sli.tenant import tenant_findings
from pytest_errorbudget.checks.sli.window import window_findings
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Column, Policy, PolicyCommand, Relation, RelationKind, RowSecurity, Schema
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource, Settings
from pytest_errorbudget.model.sli_query import SliQuery, SliSelect, TableName, Use, UseKind
from pytest_errorbudget.model.source import Span

Check = Callable[[Subject], Iterator[Finding]]
RULES: dict[Check, Rule] = {
    clock_findings: Rule.SLI_CLOCK,
    arbitrary_findings: Rule.SLI_ARBITRARY,
    window_findings: Rule.SLI_WINDOW,
    tenant_findings: Rule.SLI_TENANT,
    count_findings: Rule.SLI_COUNT,
    arithmetic_findings: Rule.SLI_ARITHMETIC,
    star_findings: Rule.SLI_COLUMNS,
}
SOURCE = EventSource(
    name="requests",
    format=EventFormat.PARQUET,
    paths=("events/*.parquet",),
    columns=EventColumns(replica="shard"),
    lateness_us=0,
    span=Span("errorbudget.toml", 1),
)
PROPOSAL = (
    "ask for fixed moments, whole windows and distinct events, as in `select tenant_id, date_bin('5 minutes', at, "
    "timestamptz '1970-01-01 00:00:00Z') as window_start, count(distinct event_id) from logs where tenant_id = $1 and "
    "at >= $2::timestamptz and at < $3::timestamptz group by 2, 1`"
)


def table(kind: RelationKind = RelationKind.TABLE, **columns: str) -> Relation:
    return Relation(
        schema="public",
        name="logs",
        kind=kind,
        columns=tuple(Column(name=name, type=PgType(type)) for name, type in columns.items()),
    )


LOGS = table(tenant_id="text", event_id="uuid", at="timestamptz", shard="text", ms="float8", hits="int8", day="date")


def subject(
    *uses: Use,
    relation: Relation | None = LOGS,
    compared: tuple[str, ...] = ("tenant_id", "at"),
    grouped: tuple[str, ...] = (),
) -> Subject:
    query = SliQuery(
        path="sli/errors.sql",
        number=1,
        span=Span("sli/errors.sql", 1, 1),
        written="select 1",
        meant="SELECT 1",
        selects=(select(compared=compared, grouped=grouped),),
        time="at",
        uses=uses,
    )
    return Subject(query=query, relation=relation, sources=(SOURCE,), key=None)


def select(compared: tuple[str, ...] = (), grouped: tuple[str, ...] = (), returned: tuple[str, ...] = ()) -> SliSelect:
    return SliSelect(
        span=Span("sli/errors.sql", 1, 8),
        tables=(TableName(None, "logs"),),
        compared=compared,
        grouped=grouped,
        returned=returned,
    )


def use(kind: UseKind, text: str, *columns: str, seconds: int | None = None) -> Use:
    return Use(kind=kind, text=text, span=Span("sli/errors.sql", 3, 9), columns=columns, seconds=seconds)


@pytest.mark.parametrize(
    ("rule", "one", "message", "consequence"),
    [
        (
            clock_findings,
            use(UseKind.CLOCK, "NOW()"),
            "the query reads the clock: `NOW()`",
            "Two runs over the same events count different ones, and no answer can be had again.",
        ),
        (
            clock_findings,
            use(UseKind.DAY, "DATE_TRUNC('DAY', at)", "at"),
            "`DATE_TRUNC('DAY', at)` cuts moments by the session's time zone, which the query does not say",
            "A server or a client with another `TimeZone` puts the same event into another day or hour.",
        ),
        (
            window_findings,
            use(UseKind.INTERVAL, "INTERVAL '7 MINUTES'", seconds=420),
            "`INTERVAL '7 MINUTES'` does not divide an hour, and is no whole number of windows of 5 minutes",
            "Its windows cannot be aligned: two ranges that follow each other overlap or leave a gap, so that events "
            "are counted twice or never.",
        ),
        (
            clock_findings,
            use(UseKind.ZONELESS, "'2026-03-01'", "at"),
            "no time zone says which moment it is: `'2026-03-01'`",
            "It is taken for the session's: a server or a client with another `TimeZone` counts other events.",
        ),
        (
            arbitrary_findings,
            use(UseKind.ARBITRARY, "DISTINCT ON (event_id)"),
            "which rows are taken is left to PostgreSQL: `DISTINCT ON (event_id)`",
            "Another plan, or the same one after rows have moved, takes others: two runs over the same events answer "
            "differently.",
        ),
        (
            window_findings,
            use(UseKind.ZOOM, "$__interval"),
            "`$__interval` is as wide as the dashboard is zoomed",
            "Two people who look at the same hour see other windows, and a rate that crosses a threshold in one of "
            "them does not in the other.",
        ),
        (
            window_findings,
            use(UseKind.CLOSED, "at BETWEEN $1 AND $2", "at"),
            "the range includes both of its ends: `at BETWEEN $1 AND $2`",
            "An event at the very end of one range is at the start of the next one too, and is counted twice.",
        ),
        (
            clock_findings,
            use(UseKind.OPEN, "at >= $1", "at"),
            "the range has a start and no end: `at >= $1`",
            "It ends where the events end at the moment of asking: each later run counts more of them.",
        ),
        (
            count_findings,
            use(UseKind.ROWS, "COUNT(*)"),
            "`COUNT(*)` counts rows, and replicas (`shard`) repeat events",
            "An event that two replicas delivered counts twice, good or bad: the rate depends on how events travelled.",
        ),
        (
            arithmetic_findings,
            use(UseKind.SUM, "SUM(ms)", "ms"),
            "`SUM(ms)` adds floating-point numbers",
            "The sum depends on the order in which the server reads the rows: another plan gives another last digit, "
            "and a threshold is crossed or not.",
        ),
        (
            arithmetic_findings,
            use(UseKind.DIVISION, "hits / hits", "hits"),
            "`hits / hits` divides integers",
            "PostgreSQL cuts the fraction off: an error ratio of 99 of 100 is 0.",
        ),
        (
            arithmetic_findings,
            use(UseKind.DIVISION, "COUNT(DISTINCT event_id) / COUNT(*)"),
            "`COUNT(DISTINCT event_id) / COUNT(*)` divides integers",
            "PostgreSQL cuts the fraction off: an error ratio of 99 of 100 is 0.",
        ),
        (
            arithmetic_findings,
            use(UseKind.UNTYPED, "COUNT(*) > ?"),
            "`COUNT(*) > ?` compares with a parameter whose type nobody says",
            "The server guesses it from the other side: a threshold of 0.5 for a count is refused or rounded.",
        ),
        (
            star_findings,
            use(UseKind.STAR, "*"),
            "the query returns every column",
            "What it returns changes with every migration, and from tenant to tenant.",
        ),
    ],
)
def test_a_place_that_is_not_reproducible(rule: Check, one: Use, message: str, consequence: str) -> None:
    (finding,) = rule(subject(one))
    assert finding.rule is RULES[rule]
    assert (finding.message, finding.consequence, finding.help) == (message, consequence, PROPOSAL)
    assert [(str(label.span), label.text) for label in finding.labels] == [("sli/errors.sql:3:9", f"`{one.text}`")]
    assert [str(item) for item in finding.items] == ["sli/errors.sql::sli"]


@pytest.mark.parametrize(
    ("rule", "one"),
    [
        (clock_findings, use(UseKind.DAY, "CAST(day AS DATE)", "day")),
        (clock_findings, use(UseKind.OPEN, "hits >= $1", "hits")),
        (clock_findings, use(UseKind.ZONELESS, "'2026-03-01'", "day")),
        (clock_findings, use(UseKind.ZONELESS, "'2026-03-01'", "unknown")),
        (window_findings, use(UseKind.CLOSED, "hits BETWEEN 1 AND 2", "hits")),
        (window_findings, use(UseKind.INTERVAL, "INTERVAL '15 MINUTES'", seconds=900)),
        (window_findings, use(UseKind.INTERVAL, "INTERVAL '45 MINUTES'", seconds=2_700)),
        (count_findings, replace(use(UseKind.ROWS, "SUM(CAST(hits AS INT))"), summed=("hits",))),
        (window_findings, use(UseKind.INTERVAL, "INTERVAL '3 DAYS'", seconds=259_200)),
        (window_findings, use(UseKind.INTERVAL, "INTERVAL '1 MONTH'")),
        (arithmetic_findings, use(UseKind.SUM, "SUM(hits)", "hits")),
        (arithmetic_findings, use(UseKind.DIVISION, "ms / hits", "hits", "ms")),
        (arithmetic_findings, replace(use(UseKind.DIVISION, "SUM(hits) / COUNT(*)"), summed=("hits",))),
        (arithmetic_findings, use(UseKind.DIVISION, "unknown / 2", "unknown")),
    ],
)
def test_a_place_that_is(rule: Check, one: Use) -> None:
    assert list(rule(subject(one))) == []


def test_a_table_without_replicas_may_count_rows() -> None:
    alone = table(tenant_id="text", event_id="uuid", at="timestamptz")
    assert list(count_findings(subject(use(UseKind.ROWS, "COUNT(*)"), relation=alone))) == []


def test_a_query_that_mixes_tenants() -> None:
    (finding,) = tenant_findings(subject(compared=("at",)))
    assert finding.message == "the query neither compares `tenant_id` nor groups by it"
    assert finding.consequence == "One number for all tenants: a large tenant's traffic hides a small one's outage."
    assert list(tenant_findings(subject(compared=("at",), grouped=("tenant_id",)))) == []


def test_a_table_in_a_tenants_own_schema_needs_no_tenant() -> None:
    own = table(event_id="uuid", at="timestamptz")
    assert list(tenant_findings(subject(relation=own, compared=("at",)))) == []


def test_a_table_whose_policies_choose_the_rows_needs_no_tenant() -> None:
    secured = replace(
        LOGS,
        row_security=RowSecurity(enabled=True),
        policies=(Policy(name="own", command=PolicyCommand.ALL),),
    )
    assert list(tenant_findings(subject(relation=secured, compared=("at",)))) == []


@pytest.mark.parametrize(
    ("inner", "outer", "mixes"),
    [
        (select(returned=("tenant_id",)), ("tenant_id",), False),
        (select(returned=("*",)), ("tenant_id",), False),
        (select(returned=("at",)), ("tenant_id",), True),
        (select(returned=("tenant_id",)), ("route",), True),
    ],
)
def test_a_part_may_leave_the_tenant_to_the_rest(inner: SliSelect, outer: tuple[str, ...], mixes: bool) -> None:
    one = subject()
    query = replace(one.query, selects=(replace(inner, is_inner=True),), outer=outer)
    assert bool(list(tenant_findings(replace(one, query=query)))) is mixes


def test_the_table_of_events_is_the_one_that_has_what_events_have() -> None:
    tenants = Relation(
        schema="public",
        name="tenants",
        kind=RelationKind.TABLE,
        columns=(Column(name="tenant_id", type=PgType("text")),),
    )
    query = SliQuery(
        path="sli/errors.sql",
        number=1,
        span=Span("sli/errors.sql", 1),
        selects=(replace(select(), tables=(TableName(None, "tenants"), TableName("public", "logs"))),),
    )
    settings = Settings(path="errorbudget.toml", exists=True, manifest="", databases=(), events=(SOURCE,))
    assert subject_of(query, (Schema(relations=(tenants, LOGS)),), settings).relation == LOGS
