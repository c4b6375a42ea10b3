"""Each layout of tenants on a real server: read by ``read_snapshot``, compared by ``drift_findings``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from live_database import core

from pytest_errorbudget.checks.drift import drift_findings
from pytest_errorbudget.checks.tenants import tenant_findings
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.migration import MigrationSet, RealReplay
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.settings import Database, MigrationScope, MigrationSettings
from pytest_errorbudget.model.snapshot import Applied, PartitionState, VersionUnknown
from pytest_errorbudget.model.tenant import InDatabase, InPartition, Layout
from pytest_errorbudget.readers.catalog import read_snapshot
from pytest_errorbudget.readers.real_replay import replay_for_real
from pytest_errorbudget.readers.scratch import ScratchServer

Connection = psycopg.Connection[tuple[Any, ...]]
Migrations = Callable[[Mapping[str, str]], MigrationSet]

_BOOKKEEPING = "_sqlx_migrations"
_LEDGER = """
create table _sqlx_migrations (version bigint primary key, description text not null default '',
    installed_on timestamptz not null default now(), success boolean not null, checksum bytea not null default '',
    execution_time bigint not null default 0);
insert into _sqlx_migrations (version, success) values (1, true);
"""
_EVENTS = """create type outcome as enum ('good', 'bad');
create table request_events (
    tenant_id text not null,
    event_id uuid not null,
    outcome outcome not null default 'good',
    latency_ms int,
    primary key (tenant_id, event_id)
) partition by list (tenant_id);
create index by_latency on request_events (latency_ms);
create table audit (id bigint primary key);
"""
_PARTITIONS = """
create table request_events_acme partition of request_events for values in ('acme');
create table request_events_globex partition of request_events for values in ('globex', 'globex-eu');
create table apart (latency_ms int, outcome outcome not null default 'good', event_id uuid not null,
    tenant_id text not null);
alter table request_events attach partition apart for values in ('initech');
create table request_events_rest partition of request_events default;
"""


def _database(url: str | None, scope: MigrationScope, *tenants: tuple[str, Layout]) -> Database:
    return replace(core(url, *tenants), migrations=MigrationSettings(path="migrations", scope=scope))


def _text(finding: Finding) -> str:
    labels = "".join(f"\n  {label.span}: {label.text}" for label in finding.labels)
    head = f"{finding.severity.value}[{finding.rule.id}] {finding.message}{labels}"
    return f"{head}\n  {finding.consequence}\n  {finding.help}"


@pytest.fixture
def replayed(scratch: ScratchServer, migrations: Migrations) -> Callable[[str], RealReplay]:
    return lambda text: replay_for_real(scratch, migrations({"1_start.sql": text}))


def _shared(database: str, *names: str, tables: tuple[str, ...] = ("request_events",)) -> Database:
    layouts = ((name, InPartition("tenant_id", name, tables)) for name in names)
    return _database(database, MigrationScope.SHARED, *layouts)


def test_partitions_of_one_shape_are_equal_and_equal_to_the_migrations(
    connection: Connection, database: str, replayed: Callable[[str], RealReplay]
) -> None:
    """Also one that was attached with its columns in another order, and indexes that PostgreSQL named by itself."""
    connection.execute((_EVENTS + _PARTITIONS + _LEDGER).encode())
    settings = _shared(database, "acme", "globex-eu", "initech")
    snapshot = read_snapshot(settings, "public", _BOOKKEEPING, {})
    assert [state.version for state in snapshot.tenants] == [Applied("1")] * 3
    assert [state.partitions for state in snapshot.tenants] == [
        (PartitionState(table="request_events", partitions=(name,), default="request_events_rest"),)
        for name in ("request_events_acme", "request_events_globex", "apart")
    ]
    assert len(snapshot.shapes) == 1
    findings, unchecked = drift_findings(settings, replayed(_EVENTS), snapshot, "errorbudget.toml")
    assert findings == ()
    assert unchecked == (Unchecked("relation", "audit", "the tenants have no partitions of it"),)


def test_a_partition_that_drifted_is_told_as_the_table(
    connection: Connection, database: str, replayed: Callable[[str], RealReplay]
) -> None:
    connection.execute((_EVENTS + _PARTITIONS + _LEDGER).encode())
    connection.execute("alter table request_events_acme alter column latency_ms set default 0")
    connection.execute("create index acme_own on request_events_acme (outcome)")
    settings = _shared(database, "acme", "globex")
    snapshot = read_snapshot(settings, "public", _BOOKKEEPING, {})
    findings, _ = drift_findings(settings, replayed(_EVENTS), snapshot, "errorbudget.toml")
    assert [_text(finding) for finding in findings] == [
        "warning[column-default] `request_events.latency_ms` has the default `0` in tenant acme; in migration 1 it "
        "has no default\n"
        "  migrations/1_start.sql:6:5: here `latency_ms` has no default\n"
        "  An INSERT that leaves the column out stores another value for these tenants.\n"
        "  alter table request_events alter column latency_ms drop default;",
        "information[index-unexpected] tenant acme has an index `acme_own` on `request_events` (outcome) that "
        "migration 1 does not have\n"
        "  migrations/1_start.sql:2:14: `request_events` is made here\n"
        "  Writes pay for it, and query times differ from those of other tenants.\n"
        "  Write a migration that makes it, or remove it: drop index concurrently acme_own;",
    ]


def test_a_tenant_without_a_partition_is_missing(connection: Connection, database: str) -> None:
    connection.execute((_EVENTS + _PARTITIONS + _LEDGER).encode())
    settings = _shared(database, "acme", "hooli")
    snapshot = read_snapshot(settings, "public", _BOOKKEEPING, {})
    findings, unchecked = tenant_findings(settings, snapshot, "errorbudget.toml")
    assert [_text(finding) for finding in findings] == [
        "error[tenant-missing] tenant hooli is listed and not in database core: no partition takes tenant_id = hooli; "
        "its rows of request_events go to request_events_rest\n"
        "  errorbudget.toml:1:1: its tenants are listed here\n"
        "  Its rows lie among those of other tenants; nothing of it was checked.\n"
        "  Provision the tenant, or take it out of the list; where its tenant_id has another value, map it: "
        'names = { hooli = "its value" }.'
    ]
    assert unchecked == ()
    hooli = snapshot.state("hooli")
    assert hooli is not None
    assert hooli.partitions == (PartitionState(table="request_events", default="request_events_rest"),)


@pytest.mark.parametrize(
    ("ddl", "layout", "expected"),
    [
        (
            "create table t (tenant_id int) partition by list (tenant_id);"
            "create table t7 partition of t for values in (7, null)",
            InPartition("tenant_id", "007", ("t",)),
            (PartitionState(table="t", partitions=("t7",)),),
        ),
        (
            "create table t (tenant_id uuid) partition by list (tenant_id);"
            "create table t7 partition of t for values in ('6ba7b810-9dad-11d1-80b4-00c04fd430c8')",
            InPartition("tenant_id", "6BA7B810-9DAD-11D1-80B4-00C04FD430C8", ("t",)),
            (PartitionState(table="t", partitions=("t7",)),),
        ),
        (
            "create type who as enum ('acme', 'globex'); create table t (tenant_id who) partition by list (tenant_id);"
            "create table t7 partition of t for values in ('globex')",
            InPartition("tenant_id", "globex", ()),
            (PartitionState(table="t", partitions=("t7",)),),
        ),
        (
            "create table t (tenant_id bigint) partition by range (tenant_id);"
            "create table t1 partition of t for values from (minvalue) to (7);"
            "create table t7 partition of t for values from (7) to (8);",
            InPartition("tenant_id", "7", ("t",)),
            (PartitionState(table="t", partitions=("t7",)),),
        ),
        (
            "create table t (tenant_id int, at int) partition by range (tenant_id, at);"
            "create table t1 partition of t for values from (1, 0) to (7, minvalue);"
            "create table t7 partition of t for values from (7, minvalue) to (7, maxvalue);",
            InPartition("tenant_id", "7", ("t",)),
            (PartitionState(table="t", partitions=("t7",)),),
        ),
        (
            "create table t (tenant_id int) partition by hash (tenant_id);"
            "create table t1 partition of t for values with (modulus 1, remainder 0)",
            InPartition("tenant_id", "7", ("t",)),
            (
                PartitionState(
                    table="t", unread="the bounds of its partitions do not say which one takes tenant_id = 7"
                ),
            ),
        ),
        (
            "create table t (tenant_id int, at int) partition by range (at);"
            "create table t1 partition of t for values from (0) to (9)",
            InPartition("tenant_id", "7", ("t",)),
            (PartitionState(table="t", unread="it is not partitioned by tenant_id"),),
        ),
        (
            "create table t (tenant_id int) partition by list ((tenant_id + 1));",
            InPartition("tenant_id", "7", ("t",)),
            (PartitionState(table="t", unread="it is not partitioned by tenant_id"),),
        ),
        (
            "create schema log; create table log.t (tenant_id text) partition by list (tenant_id);"
            "create schema parts; create table parts.t7 partition of log.t for values in ('7')",
            InPartition("tenant_id", "7", ("log.t", "gone")),
            (PartitionState(table="log.t", partitions=("parts.t7",)), PartitionState(table="gone", exists=False)),
        ),
        (
            "create table t (tenant_id text, at int) partition by range (at);"
            "create table t1 partition of t for values from (0) to (9) partition by list (tenant_id);"
            "create table t1x partition of t1 for values in ('x');"
            "create table t2 partition of t for values from (9) to (18) partition by list (tenant_id);"
            "create table t2x partition of t2 for values in ('x'); create table t2rest partition of t2 default",
            InPartition("tenant_id", "x", ()),
            (PartitionState(table="t", partitions=("t1x", "t2x"), default="t2rest"),),
        ),
    ],
)
def test_where_a_tenants_rows_are(
    connection: Connection, database: str, ddl: str, layout: InPartition, expected: tuple[PartitionState, ...]
) -> None:
    connection.execute(ddl.encode())
    snapshot = read_snapshot(_database(database, MigrationScope.SHARED, ("acme", layout)), "public", _BOOKKEEPING, {})
    assert snapshot.tenants[0].partitions == expected


def test_several_partitions_of_a_tenant_differ_where_one_of_them_does(connection: Connection, database: str) -> None:
    connection.execute(
        """
        create table t (tenant_id text, at int) partition by range (at);
        create index by_at on t (at);
        create table t1 partition of t for values from (0) to (9) partition by list (tenant_id);
        create table t1x partition of t1 for values in ('x');
        create table t2 partition of t for values from (9) to (18) partition by list (tenant_id);
        create table t2x partition of t2 for values in ('x');
        alter table t2x alter at set default 1;
        create index t1x_more on t1x (tenant_id);
        """
    )
    settings = _database(database, MigrationScope.SHARED, ("x", InPartition("tenant_id", "x", ("t",))))
    snapshot = read_snapshot(settings, "public", _BOOKKEEPING, {})
    (table,) = snapshot.shape(str(snapshot.tenants[0].shape)).relations
    assert [(column.name, column.default) for column in table.columns] == [("tenant_id", None), ("at", "1")]
    assert [(index.name, index.columns) for index in table.indexes] == [("by_at", ("at",)), ("t_more", ("tenant_id",))]


@pytest.fixture
def databases(scratch: ScratchServer) -> Iterator[tuple[str, str, str]]:
    with ExitStack() as stack:
        one, two, three = (stack.enter_context(scratch.database()) for _ in range(3))
        yield one, two, three


_INVOICES = """create schema audit;
create type state as enum ('new', 'paid');
create table invoices (id bigserial primary key, amount bigint not null, state state not null default 'new');
create table audit.log (id bigint primary key);
"""


def test_a_database_per_tenant(
    databases: tuple[str, str, str], replayed: Callable[[str], RealReplay], scratch: ScratchServer
) -> None:
    """Each is compared in whole; one that cannot be read is said so, without its password, and the rest goes on."""
    for conninfo in databases:
        with psycopg.connect(conninfo) as connection:
            connection.execute((_INVOICES + _LEDGER).encode())
    with psycopg.connect(databases[2]) as connection:
        connection.execute("alter table invoices alter column amount type int; drop table audit.log")
        connection.execute("create schema cron; create table cron.job (id int)")
    settings = _database(
        None,
        MigrationScope.TENANT,
        ("acme", InDatabase("env:ACME")),
        ("globex", InDatabase("env:GLOBEX")),
        ("initech-eu", InDatabase("env:INITECH")),
        ("hooli", InDatabase("env:HOOLI")),
        ("piper", InDatabase("postgresql://reader:hunter2@127.0.0.1:1/piper")),
    )
    assert settings.is_live
    env = dict(zip(("ACME", "GLOBEX", "INITECH"), databases, strict=True))
    snapshot = read_snapshot(settings, "public", _BOOKKEEPING, env)
    assert snapshot.server_version == scratch.server_version
    assert [(state.tenant, state.version, state.unread) for state in snapshot.tenants] == [
        ("acme", Applied("1"), None),
        ("globex", Applied("1"), None),
        ("initech-eu", Applied("1"), None),
        ("hooli", VersionUnknown(_UNSET), _UNSET),
        ("piper", VersionUnknown(_REFUSED), _REFUSED),
    ]
    assert snapshot.tenants[0].shape == snapshot.tenants[1].shape != snapshot.tenants[2].shape
    findings, unchecked = drift_findings(settings, replayed(_INVOICES), snapshot, "errorbudget.toml")
    assert [_text(finding) for finding in findings] == [
        "error[column-type] `invoices.amount` is `integer` in tenant initech-eu, and `bigint` in migration 1\n"
        "  migrations/1_start.sql:3:50: `amount` becomes `bigint` here\n"
        "  sqlx does not convert at run time: a field that fits the one type fails on the other with ColumnDecode, a "
        "500 for these tenants only.\n"
        "  alter table invoices alter column amount type bigint using amount::bigint;",
        "error[table-missing] tenant initech-eu has no table `audit.log`, which migration 1 has\n"
        "  migrations/1_start.sql:4:20: the table `audit.log` is made here\n"
        "  Every query that names `audit.log` fails with 42P01 (undefined table).\n"
        "  Make the table again, with its indexes and constraints, as the migrations do.",
    ]
    assert unchecked == (
        Unchecked("schema", "cron", "the migrations make nothing in this schema"),
        Unchecked("tenant schema", "hooli", _UNSET),
        Unchecked("tenant schema", "piper", _REFUSED),
    )
    assert tenant_findings(settings, snapshot, "errorbudget.toml") == (
        (),
        (Unchecked("tenant", "hooli", _UNSET), Unchecked("tenant", "piper", _REFUSED)),
    )


_UNSET = "the environment variable HOOLI is not set"
_REFUSED = "cannot connect to reader@127.0.0.1:1/piper: Connection refused"
