"""What is said of SLI queries as teams write them, where, and that what is proposed gives the same numbers."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import pq

sys.path.insert(0, str(Path(__file__).parent))

from sli_cases import MIGRATION
from sli_teams import TEAMS, Team
from test_sli_accuracy import SETTINGS, Judge, judged, tag

from pytest_errorbudget.checks.sli import sli_findings
from pytest_errorbudget.checks.sli.proposal import with_taken_proposal
from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.sli_query import SliQuery

__all__ = ["judged"]
MARK = re.compile(r"<<(\w+)>>")
START, INSIDE, END = "2026-03-01 00:00:00Z", "2026-03-01 06:30:00Z", "2026-03-02 12:00:00Z"
# One tenant's events, all within the range; the second insert adds copies that another replica delivered.
ROWS = """
create table spans_of_all partition of spans default;
insert into request_events
select 'a', md5(n::text)::uuid, timestamptz '2026-03-01 00:00:00.5Z' + n * interval '97 seconds', 's' || n % 2,
    '/r' || n % 5, case when n % 7 = 0 then 503 else 200 end, (n * 7919 % 1000) / 3.0, n, n, n % 7 <> 0, '{}',
    timestamptz '2026-03-01 00:00:00Z', (array['x', 'y'])[1 + n % 2]
from generate_series(1, 1200) as n;
insert into tenants values ('a', 'A', 'gold');
insert into spans select tenant_id, event_id, occurred_at, status, bytes, shard from request_events;
insert into slots select 'a', timestamptz '2026-03-01 00:00:00Z' + n * interval '5 minutes', 90 + n % 7, 100, n % 9
from generate_series(0, 287) as n;
insert into probes select n, timestamp '2026-03-01 00:00:00' + n * interval '1 minute', n % 11 <> 0, n % 50
from generate_series(1, 1500) as n;
"""
COPIES = "insert into request_events select * from request_events where status <> 200"
MOMENTS = frozenset({1082, 1114, 1184})  # date, timestamp, timestamptz
OTHERS = {25: "a", 1186: "1 hour"}
# What differs on purpose: a fraction that was cut off, a range of another length.
ANOTHER_NUMBER = {"division", "interval", "refused"}
# The one compares a column with a word, which stays a clock; the others count the copies themselves.
OF_THE_CLOCK, OF_COPIES = (
    {"today, compared as it is", "the age of an event by age()"},
    {"the second copies only", "numbered and all kept"},
)
Connection = psycopg.Connection[tuple[Any, ...]]


def unmarked(team: Team) -> tuple[str, list[tuple[str, int, int]]]:
    """The text, and (tag, line, column) of what is to be said."""
    text, wanted, end = "", [], 0
    for mark in MARK.finditer(team.marked):
        text += team.marked[end : mark.start()]
        end = mark.end()
        wanted.append((mark[1], text.count("\n") + 1, len(text) - text.rfind("\n")))
    return text + team.marked[end:], sorted(wanted)


@pytest.fixture
def known(judged: Judge) -> Facts:
    return judged({team.name: unmarked(team)[0] for team in TEAMS})


def test_what_is_said_and_where(known: Facts) -> None:
    said: dict[str, set[tuple[str, int, int | None]]] = {team.name: set() for team in TEAMS}
    unchecked: dict[str, str] = {}
    for one in sli_findings(known, SETTINGS):
        name = one.place.split("::")[0]
        match one:
            case Finding():
                said[name] |= {(tag(one), label.span.line, label.span.column) for label in one.labels}
            case Unchecked():
                unchecked[name] = one.reason
    assert {name: sorted(found, key=str) for name, found in said.items()} == {
        team.name: sorted(unmarked(team)[1], key=str) for team in TEAMS
    }
    assert unchecked == {team.name: team.unchecked for team in TEAMS if team.unchecked is not None}


def proposed(known: Facts) -> dict[str, SliQuery]:
    """Of those of which something is said."""
    wanted = {team.name for team in TEAMS if unmarked(team)[1] and not team.unproposed}
    chosen = (with_taken_proposal(query, known.databases) for query in known.sli_queries if query.path in wanted)
    return {query.path: query for query in chosen if query.uses}


def test_of_what_is_proposed_nothing_is_said(known: Facts, judged: Judge) -> None:
    queries = proposed(known)
    assert [path for path, query in queries.items() if query.proposal is None] == []
    texts = {path: query.proposal.shown for path, query in queries.items() if query.proposal is not None}
    again = list(sli_findings(judged(texts), SETTINGS))
    assert [(one.place, one.message) for one in again if isinstance(one, Finding)] == []
    untyped = {team.name for team in TEAMS if team.unchecked is not None}
    assert {one.place.split("::")[0] for one in again} <= untyped


@pytest.fixture
def filled(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(MIGRATION)
        connection.execute(ROWS)
        connection.execute("set time zone 'UTC'")
        yield connection


def types(connection: Connection, sql: str) -> list[int]:
    prepared = connection.pgconn.prepare(b"", sql.encode())
    assert prepared.status == pq.ExecStatus.COMMAND_OK, prepared.error_message.decode()
    described = connection.pgconn.describe_prepared(b"")
    return [described.param_type(number) for number in range(described.nparams)]


def own_values(connection: Connection, query: SliQuery) -> list[str]:
    """Of the team's parameters, then of the clock, which shows the end."""
    assert query.planned is not None
    found = types(connection, query.planned)
    own = found[: len(query.parameters)]
    moments = [START, END, END, END] if sum(one in MOMENTS for one in own) > 1 else [INSIDE]
    return [moments.pop(0) if one in MOMENTS else OTHERS.get(one, "1") for one in own] + [END] * (len(found) - len(own))


def proposals_values(connection: Connection, query: SliQuery, own: list[str]) -> list[str]:
    """The team's under their names; new ones are a tenant and the range."""
    assert query.proposal is not None
    named = dict(zip(query.parameters, own, strict=False))
    pairs = list(zip(types(connection, query.proposal.sql), query.proposal.parameters, strict=True))
    new = sum(one in MOMENTS and name not in named for one, name in pairs)
    moments = [END] if new == 1 else [START, END]
    return [named.get(name) or (moments.pop(0) if one in MOMENTS else OTHERS.get(one, "1")) for one, name in pairs]


def answer(connection: Connection, sql: str, values: list[str]) -> list[list[str]]:
    """Rows in their order by content, numbers to the ninth digit."""
    result = connection.pgconn.exec_params(sql.encode(), [value.encode() for value in values])
    assert result.status == pq.ExecStatus.TUPLES_OK, result.error_message.decode()
    return sorted(
        [number((result.get_value(row, column) or b"").decode()) for column in range(result.nfields)]
        for row in range(result.ntuples)
    )


def number(text: str) -> str:
    try:
        return str(round(Decimal(text), 9).normalize())
    except ArithmeticError:
        return text


def test_what_is_proposed_gives_the_same_numbers_at_a_fixed_time(known: Facts, filled: Connection) -> None:
    untried = {team.name for team in TEAMS if {tag for tag, _, _ in unmarked(team)[1]} & ANOTHER_NUMBER} | OF_THE_CLOCK
    tried = [query for path, query in proposed(known).items() if path not in untried]
    assert len(tried) > 20
    for query in tried:
        assert query.planned is not None
        assert query.proposal is not None
        own = own_values(filled, query)
        new = proposals_values(filled, query, own)
        assert (query.path, answer(filled, query.proposal.sql, new)) == (query.path, answer(filled, query.planned, own))


def test_copies_change_nothing_in_what_is_proposed(known: Facts, filled: Connection) -> None:
    counted = {team.name for team in TEAMS if {tag for tag, _, _ in unmarked(team)[1]} == {"rows"}} - OF_COPIES
    tried = [query for path, query in proposed(known).items() if path in counted]
    assert len(tried) > 5
    for query in tried:
        assert query.planned is not None
        assert query.proposal is not None
        own = own_values(filled, query)
        new = proposals_values(filled, query, own)
        before = answer(filled, query.proposal.sql, new)
        with filled.transaction(force_rollback=True):
            filled.execute(COPIES)
            assert (query.path, answer(filled, query.proposal.sql, new)) == (query.path, before)


def test_days_in_words_are_days_of_utc_before_the_end(known: Facts, filled: Connection) -> None:
    query = proposed(known)["today, compared as it is"]
    assert query.proposal is not None
    (counted,) = answer(filled, query.proposal.sql, ["a", END])
    day = "select count(*) from request_events where occurred_at >= '2026-03-01Z' and occurred_at < '2026-03-02Z'"
    assert [counted] == answer(filled, day, [])
