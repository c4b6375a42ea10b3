"""What PostgreSQL itself says of a team's SLI queries, and of what is proposed instead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_errorbudget.checks.sli.columns import failing_findings
from pytest_errorbudget.checks.sli.dialect import dialect_findings
from pytest_errorbudget.checks.sli.proposal import with_taken_proposal
from pytest_errorbudget.checks.sli.subject import Subject
from pytest_errorbudget.model.facts import (
    DatabaseFacts,
    QueryTyping,
    ShapeTyping,
    sli_key,
    sli_meant_key,
    sli_proposal_key,
)
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import SliProposal, SliQuery
from pytest_errorbudget.model.snapshot import Applied, Snapshot, TenantState
from pytest_errorbudget.model.source import Span

QUERY = SliQuery(
    path="sli/errors.sql", number=1, span=Span("sli/errors.sql", 1, 1), written="select 1", meant="SELECT 1"
)


def test_a_column_that_a_tenant_lacks() -> None:
    query = QUERY
    refused = Rejected(sqlstate="42703", message='column "error_code" does not exist')
    typed = Typed(columns=(), parameters=())
    facts = DatabaseFacts(
        name="core",
        snapshot=Snapshot(
            database="core",
            server_version=180_000,
            tenants=(
                TenantState(tenant="acme", version=Applied("1"), shape="aaaa"),
                TenantState(tenant="globex", version=Applied("2"), shape="bbbb"),
            ),
            shapes=(),
        ),
        typings=(
            ShapeTyping(shape="aaaa", queries=(QueryTyping(query=sli_key(query), verdict=refused),)),
            ShapeTyping(shape="bbbb", queries=(QueryTyping(query=sli_key(query), verdict=typed),)),
        ),
    )
    (finding,) = failing_findings(query, (facts,))
    assert isinstance(finding, Finding)
    assert finding.message == 'PostgreSQL refuses the query for tenant acme: column "error_code" does not exist'
    assert finding.consequence == "There is no SLI there: a dashboard shows no data, and an alert on it never fires."
    assert finding.tenants == ("acme",)


def answered(query: SliQuery, **verdicts: Rejected | Typed | None) -> DatabaseFacts:
    """What the newest schema says of the query as it is written and as it was read."""
    keys = {"written": sli_key(query), "meant": sli_meant_key(query), "proposed": sli_proposal_key(query)}
    typings = tuple(
        QueryTyping(query=keys[name], verdict=verdict, unchecked=None if verdict else "no server")
        for name, verdict in verdicts.items()
    )
    return DatabaseFacts(name="core", typings=(ShapeTyping(shape=None, queries=typings),))


SYNTAX = Rejected(sqlstate="42601", message='syntax error at or near "5"')
NO_OPERATOR = Rejected(sqlstate="42883", message="operator does not exist: text > interval")
TYPED = Typed(columns=(), parameters=())


def test_a_query_in_another_servers_sql() -> None:
    one = Subject(query=QUERY, relation=None, sources=(), key=None)
    known = answered(one.query, written=SYNTAX, meant=TYPED)
    (finding,) = dialect_findings(one, (known,))
    assert finding.rule is Rule.SLI_DIALECT
    assert finding.message == ('the query is written for another server than PostgreSQL: syntax error at or near "5"')
    assert finding.consequence == (
        "PostgreSQL refuses it as it stands; what else is said of it is said of what it means."
    )
    assert list(failing_findings(one.query, (known,))) == []


@pytest.mark.parametrize(
    ("parameters", "written", "meant", "said"),
    [
        ((), SYNTAX, SYNTAX, 'PostgreSQL refuses the query after the newest migration: syntax error at or near "5"'),
        ((), NO_OPERATOR, NO_OPERATOR, "PostgreSQL refuses the query after the newest migration: "
         "operator does not exist: text > interval"),
        (("?",), NO_OPERATOR, NO_OPERATOR,
         "PostgreSQL cannot tell the types of its parameters: operator does not exist: text > interval"),
        ((), None, None, "no server"),
        ((), TYPED, TYPED, None),
    ],
)  # fmt: skip
def test_what_postgresql_refuses(
    parameters: tuple[str, ...], written: Rejected | Typed | None, meant: Rejected | Typed | None, said: str | None
) -> None:
    query = replace(QUERY, parameters=parameters)
    found = list(failing_findings(query, (answered(query, written=written, meant=meant),)))
    assert [one.message if isinstance(one, Finding) else one.reason for one in found] == ([said] if said else [])


@pytest.mark.parametrize(
    ("meant", "proposed", "shown"),
    [
        (TYPED, TYPED, True),
        (TYPED, SYNTAX, False),
        (SYNTAX, SYNTAX, False),
        (SYNTAX, TYPED, True),
        (None, None, True),
    ],
)
def test_a_proposal_that_postgresql_refuses_is_not_shown(
    meant: Rejected | Typed | None, proposed: Rejected | Typed | None, shown: bool
) -> None:
    query = replace(QUERY, proposal=SliProposal(sql="select 2 where $1 < $2", parameters=("?", ":end")))
    found = with_taken_proposal(query, (answered(query, meant=meant, proposed=proposed),))
    assert found == (query if shown else replace(query, proposal=None))


def test_without_a_server_a_proposal_is_shown_and_written_as_the_team_writes() -> None:
    query = replace(QUERY, proposal=SliProposal(sql="select 2 where $1 < $2", parameters=("?", ":end")))
    assert with_taken_proposal(query, ()) == query
    one = Subject(query=query, relation=None, sources=(), key=None)
    assert one.help == "ask for fixed moments and distinct events: `select 2 where $1 < :end`"
