"""What is proposed answers as the query itself does, where that answers at all: on rows without copies, in UTC."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import pq

sys.path.insert(0, str(Path(__file__).parent))

from sli_cases import CASES, MIGRATION, Case

from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.sli_query import SliGround, TableName
from pytest_errorbudget.readers.sli.queries import parse_sli_queries
from pytest_errorbudget.readers.sli.rewrite import propose

# What differs on purpose: the range, the windows, the tenants, the fraction that was cut off.
CHANGED = {"clock", "endless", "closed", "interval", "tenant", "pruning", "division", "dialect", "refused"}
# One asks by days, of which the proposal makes given moments; the other reads a view of the table.
OTHERS = {"days, both included", "the view of good events"}
SAME = [case for case in CASES if case.said and not case.said & CHANGED and case.name not in OTHERS]
COLUMNS = (
    ("tenant_id", "text"),
    ("event_id", "uuid"),
    ("occurred_at", "timestamptz"),
    ("service", "text"),
    ("route", "text"),
    ("status", "int4"),
    ("latency_ms", "float8"),
    ("bytes", "int8"),
    ("charged", "numeric"),
    ("ok", "bool"),
    ("attributes", "jsonb"),
    ("started_at", "timestamptz"),
    ("shard", "text"),
)
ROWS = """
insert into request_events
select (array['a', 'b', 'd'])[1 + n % 3], md5(n::text)::uuid,
    timestamptz '2026-03-01 00:00:00Z' + n * interval '7 minutes', 's' || n % 2, '/r' || n % 5,
    case when n % 7 = 0 then 503 else 200 end, n * 2.5, n, n, n % 7 <> 0, '{"retry": 1}',
    timestamptz '2026-03-01 00:00:00Z' + n * interval '7 minutes' - interval '3 seconds', 'x'
from generate_series(1, 600) as n;
insert into tenants values ('a', 'A', 'gold'), ('b', 'B', 'free'), ('d', 'D', 'gold');
insert into spans select tenant_id, event_id, occurred_at, status, bytes, shard from request_events;
"""
VALUES = {"$1": "a", "$2": "2026-03-01 06:00:00Z", "$3": "2026-03-02 18:00:00Z", "$4": "1", "?": "1",
          "$__timeFrom()": "2026-03-01 06:00:00Z", "$__timeTo()": "2026-03-02 18:00:00Z", "'$tenant'": "a",
          "'${tenant}'": "a", ":tenant": "a", ":start": "2026-03-01 06:00:00Z",
          ":end": "2026-03-02 18:00:00Z", ":limit": "1"}  # fmt: skip


@pytest.fixture(scope="module")
def filled(scratch: Any) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with scratch.database() as conninfo, psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(MIGRATION.replace("partition by range (occurred_at)", ""))
        connection.execute(ROWS)
        connection.execute("set time zone 'UTC'")
        yield connection


def ground() -> SliGround:
    assert all(PgType(type).name == type for _, type in COLUMNS)
    return SliGround(
        relation=TableName("public", "request_events"),
        columns=COLUMNS,
        is_partitioned=False,
        event="event_id",
        tenant="tenant_id",
        time="occurred_at",
        window_s=300,
    )


def answer(connection: psycopg.Connection[tuple[Any, ...]], sql: str, names: tuple[str, ...]) -> list[list[str]]:
    """Rows in their order by content, numbers to the twelfth digit."""
    result = connection.pgconn.exec_params(sql.encode(), [VALUES[name].encode() for name in names])
    assert result.status == pq.ExecStatus.TUPLES_OK, result.error_message.decode()
    rows = [
        [number((result.get_value(row, column) or b"").decode()) for column in range(result.nfields)]
        for row in range(result.ntuples)
    ]
    return sorted(rows)


def number(text: str) -> str:
    try:
        return str(round(Decimal(text), 12).normalize())
    except ArithmeticError:
        return text


@pytest.mark.parametrize("case", SAME, ids=lambda case: case.name)
def test_the_answer_is_the_same(filled: psycopg.Connection[tuple[Any, ...]], case: Case) -> None:
    (query,) = parse_sli_queries("sli/a.sql", case.sql)
    proposal = propose(query, ground())
    assert (proposal is None) is case.unproposed
    if proposal is None or query.meant is None:
        return
    own = answer(filled, query.meant, query.parameters)
    assert own != []
    assert answer(filled, proposal.sql, proposal.parameters) == own


@pytest.mark.parametrize("case", [case for case in SAME if "rows" in case.said], ids=lambda case: case.name)
def test_copies_of_events_change_nothing(filled: psycopg.Connection[tuple[Any, ...]], case: Case) -> None:
    (query,) = parse_sli_queries("sli/a.sql", case.sql)
    proposal = propose(query, ground())
    if proposal is None or query.meant is None:
        assert case.unproposed
        return
    own = answer(filled, query.meant, query.parameters)
    with filled.transaction(force_rollback=True):
        filled.execute("insert into request_events select * from request_events where status <> 200")
        assert answer(filled, query.meant, query.parameters) != own
        assert answer(filled, proposal.sql, proposal.parameters) == own
