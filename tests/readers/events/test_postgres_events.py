"""Events in PostgreSQL: counted where they are, and to the same digest as from files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from sqlglot.expressions import select

from pytest_errorbudget.model.counts import Counts, Recount, Series, Unjudged
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.engines.postgres import postgres_text
from pytest_errorbudget.readers.events.engines.postgres_again import PostgresAgain
from pytest_errorbudget.readers.events.files.columns import FileColumn
from pytest_errorbudget.readers.events.reading import no_recount, recount
from pytest_errorbudget.readers.scratch import ScratchServer

FIVE = 5 * MINUTE_US
AS_OF_US = 100 * FIVE
FILES = EventSource(
    name="requests",
    format=EventFormat.PARQUET,
    paths=("events.parquet",),
    columns=EventColumns(replica="shard"),
    lateness_us=0,
    span=Span("errorbudget.toml", 7),
)
TABLE = replace(FILES, format=EventFormat.POSTGRES, paths=("public.events",), url="env:EVENTS_URL")


def slo(name: str, good: str, where: str | None = None) -> Slo:
    return Slo(
        name=name,
        service="api",
        sli=Sli(events="requests", good=good, where=where, kind=SliKind.AVAILABILITY),
        objective=Fraction(999, 1000),
        period=Rolling(30 * DAY_US),
        span=Span("slo.yaml", 3),
    )


SLOS = (
    slo("availability", "status < 500", "route <> '/health'"),
    slo("speed", "latency <= 0.3"),
    slo("order", "route < 'b'"),
    slo("listed", "coalesce(status, 500) in (200, 404) and not (route like '/ap_/%')"),
    slo("exact", "size * 3 - 1 between -5 and 100000000000"),
)
# Rows that engines read differently where one is not careful: times before 1970 and 1 µs beside an edge, text of other
# alphabets, of quotes, commas, line feeds and of nothing, floats of 32 bits beside a decimal, nulls, and copies.
ROWS = """
select '00000000-0000-0000-0000-' || lpad((n % 97)::text, 12, '0') as event_id,
    (array['a', 'B', 'ä', 'unknown', null])[1 + n % 5] as tenant_id,
    case when n % 41 <> 0 then timestamptz '1969-12-31 23:00:00+00' + n % 89 * interval '3 minutes 7.000001 seconds'
         end as occurred_at,
    (n % 3)::text as shard,
    (array[200, 404, 500, 503, null])[1 + n % 7 % 5] as status,
    (array[0.1, 0.3, 0.30000001, 0.5, null])[1 + n % 11 % 5]::real as latency,
    (array['/api/x', '/health', '', 'a''b,"c', E'line\\nfeed', 'B', 'b', 'Ä', '\\\\N', null])[1 + n % 13 % 10] as route,
    (n % 17 - 8) * 1000000000::bigint as size
from generate_series(1, 3000) numbers(n)
"""


@pytest.fixture
def filled(connection: psycopg.Connection[Any], tmp_path: Path) -> Callable[[str], Path]:
    """Makes the table ``events`` of a query, and a Parquet file of the same rows."""

    def fill(rows: str) -> Path:
        connection.execute(f"create table events as {rows}".encode())
        text = tmp_path / "events.csv"
        with connection.cursor().copy(
            b"copy events to stdout (format csv, header, force_quote *, null '<null>')"
        ) as copy:
            text.write_bytes(b"".join(bytes(part) for part in copy))
        types = (
            "{'event_id': 'uuid', 'tenant_id': 'varchar', 'occurred_at': 'timestamptz', 'shard': 'varchar', "
            "'status': 'int', 'latency': 'float', 'route': 'varchar', 'size': 'bigint'}"
        )
        with duckdb.connect() as session:
            read = f"read_csv('{text}', header = true, nullstr = '<null>', columns = {types})"
            session.execute(f"copy (select * from {read}) to '{tmp_path}/events.parquet' (format parquet)")
        return tmp_path

    return fill


def counts(root: Path, source: EventSource, conninfo: str = "", **more: Any) -> Counts:
    found, problems = ask(root, source, conninfo, **more)
    assert [str(problem) for problem in problems] == []
    assert found is not None
    return found


def ask(
    root: Path, source: EventSource, conninfo: str = "", slos: tuple[Slo, ...] = SLOS, **more: Any
) -> tuple[Counts | None, tuple[Problem, ...]]:
    given = {"as_of_us": AS_OF_US, "recounting": no_recount, "threads": 2, "env": {"EVENTS_URL": conninfo}, **more}
    return count_events(root, (source,), slos, ("a", "B", "ä"), window_us=FIVE, **given)


def windows(found: Counts) -> int:
    """Those that hold any event, also where none can be judged: all of them are compared."""
    told: tuple[Series | Unjudged, ...] = (*found.series, *found.unjudged)
    return len({(one.tenant, one.slo, at) for one in told for at in one.starts_us})


def test_a_table_counts_as_a_file_of_the_same_rows_does(filled: Callable[[str], Path], database: str) -> None:
    root = filled(ROWS)
    file, table = counts(root, FILES), counts(root, TABLE, database)
    assert (table.series, table.unjudged, table.digest) == (file.series, file.unjudged, file.digest)
    assert table.totals == file.totals
    assert {one.slo for one in table.unjudged} == {name for name, number in table.totals[0].invalid if number}
    assert (table.totals[0].disagreeing, table.totals[0].unknown_tenant) > (0, 0)


@pytest.mark.parametrize(
    "of",
    [
        "select * from events",
        "select event_id::text, tenant_id::varchar(9), occurred_at at time "
        "zone 'UTC' as occurred_at, shard, status::numeric(9, 2), latency::float8 as latency, route, size from events",
    ],
)
def test_a_view_is_a_table_and_types_do_not_matter(
    of: str, filled: Callable[[str], Path], connection: psycopg.Connection[Any], database: str
) -> None:
    root = filled(ROWS)
    connection.execute(f"create view seen as {of}".encode())
    view = counts(root, replace(TABLE, paths=("seen",)), database)
    assert view.digest == counts(root, FILES).digest


def test_text_is_in_the_order_of_its_bytes_whatever_the_collation() -> None:
    query = select("tenant").from_("errorbudget_events")
    assert postgres_text(query, "public.events", (FileColumn("tenant", "VARCHAR"), FileColumn("n", "BIGINT"))) == (
        'SELECT tenant FROM (SELECT CAST("tenant" AS TEXT) COLLATE "C" AS "tenant", "n" AS "n" FROM public.events) '
        "AS errorbudget_events"
    )


def test_the_zone_of_the_database_does_not_matter(
    filled: Callable[[str], Path], connection: psycopg.Connection[Any], database: str
) -> None:
    root = filled(ROWS)
    before = counts(root, TABLE, database)
    zone = f"alter database {connection.info.dbname} set timezone = 'America/St_Johns'"
    connection.execute(zone.encode())
    assert counts(root, TABLE, database) == before


def test_a_table_is_counted_again_in_place(filled: Callable[[str], Path], database: str) -> None:
    found = counts(filled(ROWS), TABLE, database, recounting=recount)
    assert [(one.way, one.windows == one.equal > 0) for one in found.recounts] == [
        ("PostgreSQL, sorted and not hashed", True),
        ("PostgreSQL, 1 process", True),
    ]


def test_files_are_counted_again_on_postgres(filled: Callable[[str], Path], scratch: ScratchServer) -> None:
    found = counts(filled(ROWS), FILES, recounting=recount, further=(PostgresAgain(scratch.database),))
    assert found.recounts[-1] == Recount(way="postgres", windows=windows(found), equal=windows(found))


def test_an_engine_that_counts_otherwise_is_found_out(filled: Callable[[str], Path], scratch: ScratchServer) -> None:
    """A further engine that loses the rows of one shard."""

    @contextmanager
    def lossy() -> Iterator[str]:
        with scratch.database() as conninfo:
            yield conninfo

    class Lossy(PostgresAgain):
        def count(self, *asked: Any) -> Any:
            return super().count(*asked)[1:]

    found = counts(filled(ROWS), FILES, recounting=recount, further=(Lossy(lossy),))
    assert found.recounts[-1].windows - found.recounts[-1].equal > 0


def test_nothing_is_written_and_infinite_times_are_none(
    filled: Callable[[str], Path], connection: psycopg.Connection[Any], database: str
) -> None:
    root = filled(ROWS)
    before = counts(root, TABLE, database)
    connection.execute(b"insert into events select event_id, 'a', 'infinity', shard from events limit 5")
    connection.execute(b"alter table events enable row level security")
    after = counts(root, TABLE, database)
    assert after.digest == before.digest
    assert after.totals[0].without_time == before.totals[0].without_time + 5


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            replace(TABLE, paths=("nowhere",)),
            "the events `requests` have no table: `nowhere` is not there, or not for ",
        ),
        (replace(TABLE, url="env:NO_URL"), "the environment variable NO_URL is not set"),
        (
            replace(TABLE, url="postgresql://me:secret@127.0.0.1:1/x"),
            "cannot connect to me@127.0.0.1:1/x: ",
        ),
        (
            replace(TABLE, columns=EventColumns(time="route")),
            "the time column `route` of the events `requests` is VARCHAR, which does not hold microseconds exactly",
        ),
    ],
)
def test_what_cannot_be_read(source: EventSource, message: str, filled: Callable[[str], Path], database: str) -> None:
    found, problems = ask(filled(ROWS), source, database)
    assert found is None
    (problem,) = problems
    assert problem.message.startswith(message)
    assert "secret" not in str(problem)


def test_text_beside_a_number_is_refused_on_every_engine(filled: Callable[[str], Path], database: str) -> None:
    root = filled(ROWS)
    odd = (slo("odd", "route < 500"), slo("even", "status = '200'"))
    for source in (FILES, TABLE):
        _, problems = ask(root, source, database, odd)
        assert [problem.message for problem in problems] == [
            "the SLO `odd` cannot be counted: the column `route` is text (VARCHAR) and is compared with 500",
            "the SLO `even` cannot be counted: the column `status` is a number (INTEGER) and is compared with '200'",
        ]


def test_a_table_of_counts_counts_as_a_file_of_the_same_rows_does(
    tmp_path: Path, connection: psycopg.Connection[Any], database: str
) -> None:
    """Also its rows that cannot be used: no count, one below zero (more good than there were), no start of a slot."""
    rows = """
    select (array['a', 'B', 'ä', 'unknown'])[1 + n % 4] as tenant_id,
        timestamptz '1969-12-31 23:00:00+00' + n % 89 * interval '1 minute' + n % 50 / 49 * interval '7 us'
            as occurred_at,
        case when n % 31 <> 0 then n % 100 - n % 37 / 36 * 200 end as ok, n % 7 as failed
    from generate_series(1, 3000) numbers(n)
    """
    connection.execute(f"create table slots as {rows}".encode())
    with connection.cursor().copy(b"copy slots to stdout (format csv, header)") as copy:
        (tmp_path / "slots.csv").write_bytes(b"".join(bytes(part) for part in copy))
    columns = EventColumns(good="ok", bad="failed")
    table = replace(TABLE, paths=("slots",), columns=columns, slot_us=MINUTE_US)
    file = replace(table, format=EventFormat.CSV, paths=("slots.csv",), url=None)
    good = (slo("availability", "good"),)
    of_table, of_file = counts(tmp_path, table, database, slos=good), counts(tmp_path, file, slos=good)
    assert (of_table.series, of_table.digest) == (of_file.series, of_file.digest)
    assert of_table.unjudged == of_file.unjudged != ()
    assert of_table.totals == of_file.totals
    assert (of_table.totals[0].invalid[0][1], of_table.totals[0].unknown_tenant) > (0, 0)
