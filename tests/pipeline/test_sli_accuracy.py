"""Every finding on a table of queries, and the query that each proposes, on a real server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sli_cases import CASES, MIGRATION, Case

from pytest_errorbudget.checks.sli import sli_findings
from pytest_errorbudget.checks.sli.proposal import with_taken_proposal
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts, Facts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.migration import MigrationSet
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import Typed
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource, Settings
from pytest_errorbudget.model.sli_query import SliQuery
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.pipeline.sli import asked_queries, with_proposals
from pytest_errorbudget.readers.real_replay import replay_for_real
from pytest_errorbudget.readers.scratch import ScratchServer
from pytest_errorbudget.readers.shapes import ShapeRequest, type_queries
from pytest_errorbudget.readers.sli.queries import parse_sli_queries

TAGS = {
    "the query reads the clock": "clock",
    "the range has a start and no end": "endless",
    "session's time zone": "zone",
    "no time zone says": "zoneless",
    "does not divide an hour": "interval",
    "as wide as the dashboard": "zoom",
    "includes both of its ends": "closed",
    "neither compares": "tenant",
    "every run reads": "pruning",
    "counts rows": "rows",
    "floating-point": "floats",
    "divides integers": "division",
    "whose type nobody says": "untyped",
    "returns every column": "star",
    "PostgreSQL refuses": "refused",
    "for another server": "dialect",
    "is left to PostgreSQL": "arbitrary",
}
SETTINGS = Settings(
    path="errorbudget.toml",
    exists=True,
    manifest="Cargo.toml",
    databases=(),
    events=(
        EventSource(
            name="requests",
            format=EventFormat.POSTGRES,
            paths=("request_events",),
            columns=EventColumns(replica="shard"),
            lateness_us=0,
            span=Span("errorbudget.toml", 1),
        ),
    ),
)
Judge = Callable[[Mapping[str, str]], Facts]


@pytest.fixture
def judged(scratch: ScratchServer, migrations: Callable[[Mapping[str, str]], MigrationSet]) -> Judge:
    """The facts of texts by their path."""
    found = migrations({"0001_all.sql": MIGRATION})

    def judge(texts: Mapping[str, str]) -> Facts:
        replay = replay_for_real(scratch, found)
        assert replay.failure is None
        read = tuple(query for path, text in texts.items() for query in parse_sli_queries(path, text))
        database = DatabaseFacts(name="core", migrations=found, replay=replay)
        queries = with_proposals(read, (database,), SETTINGS)
        typings = type_queries(scratch, found, (ShapeRequest(digest=None),), asked_queries(queries))
        return facts((replace(database, typings=typings),), queries)

    return judge


def facts(databases: tuple[DatabaseFacts, ...], queries: tuple[SliQuery, ...]) -> Facts:
    return Facts(
        as_of_us=None,
        databases=databases,
        contracts=Contracts(),
        counts=None,
        lock=None,
        problems=(),
        unchecked=(),
        inputs=(),
        timings_us=(),
        sli_queries=queries,
    )


def findings(known: Facts) -> tuple[Finding, ...]:
    return tuple(one for one in sli_findings(known, SETTINGS) if isinstance(one, Finding))


def tag(finding: Finding) -> str:
    return next(tag for text, tag in TAGS.items() if text in finding.message)


def path_of(case: Case) -> str:
    return f"sli/{case.name}.sql"


def test_what_is_said_of_each_query(judged: Judge) -> None:
    said: dict[str, set[str]] = {case.name: set() for case in CASES}
    for finding in findings(judged({path_of(case): case.sql for case in CASES})):
        said[finding.place.split("::")[0].removeprefix("sli/").removesuffix(".sql")].add(tag(finding))
    assert said == {case.name: set(case.said) for case in CASES}


def test_what_is_proposed_is_taken_by_the_server_and_nothing_is_said_of_it(judged: Judge) -> None:
    wanted = {path_of(case) for case in CASES if case.said - {"refused"} and not case.unproposed}
    known = judged({path_of(case): case.sql for case in CASES if path_of(case) in wanted})
    chosen = (with_taken_proposal(query, known.databases) for query in known.sli_queries)
    proposed = {query.path: query.proposal.shown for query in chosen if query.proposal is not None}
    assert set(proposed) == wanted
    again = judged(proposed)
    assert list(sli_findings(again, SETTINGS)) == []
    typings = [typing for shape in again.databases[0].typings for typing in shape.queries]
    assert [typing.query for typing in typings if not isinstance(typing.verdict, Typed)] == []


def test_where_nothing_better_is_known_the_help_is_an_example(judged: Judge) -> None:
    texts = {path_of(case): case.sql for case in CASES if case.unproposed and "refused" not in case.said}
    helps = {finding.help for finding in findings(judged(texts))}
    assert helps == {
        "compare the key itself with a value, in a condition that every row must meet: `tenant_id = $1`, or "
        "`tenant_id >= $1 and tenant_id < $2`",
        "ask for fixed moments, whole windows and distinct events, as in `select tenant_id, date_bin('5 minutes', "
        "occurred_at, timestamptz '1970-01-01 00:00:00Z') as window_start, count(distinct event_id) from "
        "request_events where tenant_id = $1 and occurred_at >= $2::timestamptz and occurred_at < $3::timestamptz "
        "group by 2, 1`",
    }


def test_the_query_of_the_page_in_full(judged: Judge) -> None:
    page = next(case.sql for case in CASES if case.name == "the page")
    found = findings(judged({"sli/errors.sql": f"-- Tenant-specific SLI query (prone to schema drift)\n{page}"}))
    proposal = (
        "ask for fixed moments and distinct events: `SELECT tenant_id, COUNT(DISTINCT event_id) AS errors FROM logs "
        "WHERE timestamp >= CAST($1 AS TIMESTAMPTZ) - INTERVAL '5 MINUTE' AND tenant_id = $2 AND timestamp < "
        "CAST($1 AS TIMESTAMPTZ) GROUP BY tenant_id HAVING COUNT(DISTINCT event_id) > CAST($3 AS BIGINT)`"
    )
    assert [
        (one.rule.id, one.message, [str(label.span) for label in one.labels], one.consequence, one.help)
        for one in found
    ] == [
        (
            "sli-clock",
            "the query reads the clock: `NOW()`",
            ["sli/errors.sql:3:29"],
            "Two runs over the same events count different ones, and no answer can be had again.",
            proposal,
        ),
        (
            "sli-count",
            "`COUNT(*)` counts rows, and replicas (`shard`) repeat events",
            ["sli/errors.sql:2:19", "sli/errors.sql:4:27"],
            "An event that two replicas delivered counts twice, good or bad: the rate depends on how events travelled.",
            proposal,
        ),
        (
            "sli-arithmetic",
            "`COUNT(*) > ?` compares with a parameter whose type nobody says",
            ["sli/errors.sql:4:27"],
            "The server guesses it from the other side: a threshold of 0.5 for a count is refused or rounded.",
            proposal,
        ),
        (
            "sli-dialect",
            'the query is written for another server than PostgreSQL: syntax error at or near "5"',
            ["sli/errors.sql:3:46"],
            "PostgreSQL refuses it as it stands; what else is said of it is said of what it means.",
            proposal,
        ),
        (
            "sli-pruning",
            "every run reads 2 of 2 partitions of `logs`: WHERE does not compare `tenant_id`, by which they are "
            "divided",
            ["sli/errors.sql:2:8"],
            "PostgreSQL can leave none of them out: a run takes longer with every partition that is added, whatever it "
            "asks for.",
            proposal,
        ),
    ]


def test_without_a_server_the_text_is_judged_and_the_rest_is_told() -> None:
    read = tuple(parse_sli_queries("a.sql", "select count(distinct event_id) from logs where tenant_id = now()::text"))
    said = list(sli_findings(facts((), with_proposals(read, (), SETTINGS)), SETTINGS))
    assert [one.message for one in said if isinstance(one, Finding)] == ["the query reads the clock: `now()`"]
    assert [one for one in said if isinstance(one, Unchecked)] == [
        Unchecked(
            "sli query",
            "a.sql::sli.1",
            "no replay of the migrations could be asked: it is neither prepared nor planned",
            Span("a.sql", 1, 8),
        )
    ]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("delete from logs", "not a SELECT"),
        (
            "select count(distinct event_id) from logs join tenants t using (tenant_id) where t.plan = $1 "
            "and timestamp >= $2 and timestamp < $3",
            "whether partitions of `logs` are left out depends on how PostgreSQL joins, and that on how much "
            "the tables hold",
        ),
        (
            "select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= $2 "
            "and occurred_at < $2 + interval '1 hour' and attributes -> $3 > 2",
            "PostgreSQL cannot tell the types of its parameters: operator does not exist: jsonb > integer",
        ),
    ],
)
def test_what_is_not_checked(judged: Judge, sql: str, reason: str) -> None:
    assert [one.reason for one in sli_findings(judged({"a.sql": sql}), SETTINGS) if isinstance(one, Unchecked)] == [
        reason
    ]
