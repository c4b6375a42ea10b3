"""Row-level security below what is counted, and columns that a role may not read: nothing is counted in part."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import no_recount

FIVE = 5 * MINUTE_US
SLO = Slo(
    name="availability",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(30 * DAY_US),
    span=Span("slo.yaml", 3),
)
ROLES = ("reader", "narrow", "wide", "plain")
# `reader` counts; of the owners of views, policies show `narrow` the rows of one tenant and `wide` all, and neither
# owns the table
MADE = """
create role reader login; create role narrow; create role wide; create role plain;
create table events (event_id text, tenant_id text, occurred_at timestamptz, status int, secret text);
insert into events select n::text, (array['a', 'b'])[1 + n % 2], timestamptz 'epoch' + n * interval '1 minute', 200, 'x'
from generate_series(1, 10) n;
grant select on events to narrow, wide, plain;
grant create on schema public to narrow, wide, plain;
alter table events enable row level security;
create policy own on events to narrow, reader using (tenant_id = 'a');
create policy everything on events to wide using (true);
"""
VIEW = "create view {name} as select * from {of}; alter view {name} owner to {owner}; grant select on {name} to public"
INVOKER = (
    "create view {name} with (security_invoker = {on}) as select * from {of}; alter view {name} owner to wide; "
    "grant select on {name} to public"
)


@pytest.fixture
def reader(connection: psycopg.Connection[Any], database: str) -> Iterator[str]:
    connection.execute(MADE.encode())
    yield make_conninfo(database, user="reader")
    for role in ROLES:
        connection.execute(f"drop owned by {role} cascade; drop role {role}".encode())


def ask(table: str, conninfo: str) -> tuple[Counts | None, tuple[Problem, ...]]:
    source = EventSource(
        name="requests",
        format=EventFormat.POSTGRES,
        paths=(table,),
        columns=EventColumns(),
        lateness_us=0,
        span=Span("errorbudget.toml", 7),
        url=conninfo,
    )
    return count_events(
        Path(), (source,), (SLO,), ("a", "b"), window_us=FIVE, as_of_us=100 * FIVE, recounting=no_recount
    )


def materialized(owner: str) -> str:
    """A materialized view is filled as its owner, whoever asks for it."""
    return (
        f"create materialized view seen as select * from events with no data; alter materialized view seen owner to "
        f"{owner}; set role {owner}; refresh materialized view seen; reset role; grant select on seen to public"
    )


WHOLE = {
    "a view of the table's owner": VIEW.format(name="seen", of="events", owner="postgres"),
    "a view of a role with a policy that shows all": VIEW.format(name="seen", of="events", owner="wide"),
    "a materialized view of such a role": materialized("wide"),
    "a view of a view of such a role": VIEW.format(name="below", of="events", owner="wide")
    + ";"
    + VIEW.format(name="seen", of="below", owner="narrow"),
    "a view that reads as its owner": INVOKER.format(name="seen", of="events", on="off"),
    "one that reads as who asks, of a view of such a role": VIEW.format(name="below", of="events", owner="wide")
    + ";"
    + INVOKER.format(name="seen", of="below", on="on"),
}


@pytest.mark.parametrize("made", WHOLE.values(), ids=WHOLE)
def test_all_rows_are_seen_through(made: str, reader: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(made.encode())
    counts, problems = ask("seen", reader)
    assert [problem.message for problem in problems] == []
    assert counts is not None
    assert counts.totals[0].events == 10


PARTS = {
    "a view of a role with a policy for one tenant": VIEW.format(name="seen", of="events", owner="narrow"),
    "a view of a role without a policy": VIEW.format(name="seen", of="events", owner="plain"),
    "a materialized view of such a role": materialized("narrow"),
    "a view of a view of such a role": VIEW.format(name="below", of="events", owner="narrow")
    + ";"
    + VIEW.format(name="seen", of="below", owner="wide"),
    "a view that reads as who asks": INVOKER.format(name="seen", of="events", on="true"),
    "a view of such a view": INVOKER.format(name="below", of="events", on="yes")
    + ";"
    + VIEW.format(name="seen", of="below", owner="wide"),
    "an owner to whom the policies apply": "alter table events force row level security; create role owner; "
    "alter table events owner to owner;" + VIEW.format(name="seen", of="events", owner="owner"),
    "a union": "create view seen as select * from events union all select * from events; alter view seen owner to "
    "narrow; grant select on seen to public",
}


@pytest.mark.parametrize("made", PARTS.values(), ids=PARTS)
def test_rows_that_a_policy_hides_below_a_view(made: str, reader: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(made.encode())
    counts, problems = ask("seen", reader)
    assert counts is None
    assert [problem.message for problem in problems] == [
        "row-level security of `public.events` hides rows of `seen` from the role of `url`: the events `requests` "
        "would be counted in part"
    ]
    connection.execute(b"drop owned by owner cascade; drop role owner" if "create role owner" in made else b"select 1")


@pytest.mark.parametrize("language", ["sql", "plpgsql"])
def test_rows_that_a_policy_hides_in_a_function_that_a_view_calls(
    language: str, reader: str, connection: psycopg.Connection[Any]
) -> None:
    """No catalogue says what a function reads: the server refuses what it would filter."""
    query = "select * from events" if language == "sql" else "begin return query select * from events; end"
    connection.execute(
        f"grant select on events to reader; create function of_events() returns setof events language {language} "
        f"stable as '{query}'; create view seen as select * from of_events(); grant select on seen to reader".encode()
    )
    counts, problems = ask("seen", reader)
    assert counts is None
    assert [(problem.message, problem.help) for problem in problems] == [
        (
            "the events `requests` cannot be read from `seen`: query would be affected by row-level security policy "
            'for table "events"',
            "see that the role of `url` may read the table, all rows of it, and that the predicates fit its columns",
        )
    ]


def test_a_role_that_may_read_only_the_columns_that_count(reader: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(b"alter table events disable row level security")
    connection.execute(b"grant select (event_id, tenant_id, occurred_at, status) on events to reader")
    counts, problems = ask("events", reader)
    assert problems == ()
    assert counts is not None
    assert counts.totals[0].events == 10


def test_a_role_that_may_not_read_a_column_that_counts(reader: str, connection: psycopg.Connection[Any]) -> None:
    connection.execute(b"alter table events disable row level security")
    connection.execute(b"grant select (event_id, tenant_id, secret) on events to reader")
    counts, problems = ask("events", reader)
    assert counts is None
    assert [(problem.message, problem.help) for problem in problems] == [
        (
            "the role of `url` may not read `occurred_at`, `status` of `events`, which the events `requests` are "
            "counted by",
            "grant SELECT on the table, or on these columns of it",
        )
    ]
