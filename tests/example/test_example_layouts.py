"""The example in the other two layouts: its tenants in databases of their own, and their events in partitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from pytest_errorbudget.model.run import Run
from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.pipeline.gather import gather
from pytest_errorbudget.pipeline.judge import judge
from pytest_errorbudget.pipeline.project import open_project
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.steps import SCHEMA
from pytest_errorbudget.readers.scratch import ScratchServer

Script = Callable[..., str]
TENANTS = ("acme-prod", "globex", "umbrella")
EVENTS = """\
create table request_events (
    tenant_id text not null,
    event_id uuid not null,
    status int not null,
    primary key (tenant_id, event_id)
) partition by list (tenant_id);
create index request_events_status_idx on request_events (status);
create table request_errors (tenant_id text not null, event_id uuid not null) partition by list (tenant_id);
create table request_errors_rest partition of request_errors default;
"""
LEDGER = """
create table _sqlx_migrations (version bigint primary key, description text not null default '',
    installed_on timestamptz not null default now(), success boolean not null, checksum bytea not null default '',
    execution_time bigint not null default 0);
insert into _sqlx_migrations (version, success, checksum) values (1, true, sha384(%s));
"""


def run_of(root: Path, scratch: ScratchServer, settings: str) -> Run:
    (root / "errorbudget.toml").write_text(settings)
    (root / "errorbudget.tenants.toml").unlink()  # of the tenants in schemas
    project = open_project(root, "errorbudget.toml")
    replay = ReplaySettings(url=scratch.conninfo(scratch.maintenance))
    project = replace(project, settings=replace(project.settings, replay=replay))
    request = Request(project=project, asked=SCHEMA)
    return judge(request, gather(request, lambda _: None))


def told(run: Run) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(finding.rule.id, finding.place, finding.tenants) for finding in run.findings]


@pytest.fixture
def databases(scratch: ScratchServer, script: Script) -> Iterator[dict[str, str]]:
    """The conninfo of each tenant's own database."""
    with ExitStack() as stack:
        found = {tenant: stack.enter_context(scratch.database()) for tenant in TENANTS}
        for tenant, conninfo in found.items():
            script("provision.py", "--url", conninfo, "--alone", tenant)
        yield found


def test_a_database_per_tenant_says_what_a_schema_per_tenant_says(
    copy: Path, scratch: ScratchServer, databases: dict[str, str]
) -> None:
    urls = ", ".join(f'{tenant} = "{conninfo}"' for tenant, conninfo in databases.items())
    run = run_of(
        copy,
        scratch,
        f"""\
[[database]]
name = "core"
migrations = {{ path = "migrations", per = "tenant" }}
tenants = {{ layout = "database", urls = {{ {urls} }} }}
""",
    )
    assert told(run) == [
        ("index-missing", "payments.payments_invoice_id_idx", ("umbrella",)),
        ("tenant-behind", "11", ("globex", "umbrella")),
    ]
    assert [(tenant.name, tenant.version, tenant.schema.value) for tenant in run.tenants] == [
        ("acme-prod", "12", "healthy"),
        ("globex", "11", "behind"),
        ("umbrella", "11", "drifted"),
    ]


@pytest.fixture
def partitions(copy: Path, scratch: ScratchServer) -> Iterator[tuple[str, str]]:
    """A database whose tables are partitioned by tenant, and the settings that list it."""
    (copy / "ingest").mkdir()
    (copy / "ingest" / "0001_events.sql").write_text(EVENTS)
    with scratch.database() as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(EVENTS.encode())
            for statement in LEDGER.split(";")[:-1]:
                connection.execute(statement.encode(), (EVENTS.encode(),) if "%s" in statement else None)
            for tenant in TENANTS:
                for table in ("request_events", "request_errors"):
                    name = f"{table}_{tenant.replace('-', '_')}"
                    connection.execute(f"create table {name} partition of {table} for values in ('{tenant}')".encode())
        names = ", ".join(f'"{tenant}"' for tenant in TENANTS)
        yield (
            conninfo,
            f"""\
[[database]]
name = "ingest"
url = "{conninfo}"
migrations = {{ path = "ingest", per = "shared" }}
tenants = {{ layout = "partition", key = "tenant_id", names = [{names}] }}
""",
        )


@pytest.mark.parametrize(
    ("ddl", "expected"),
    [
        ("select 1", []),
        ("drop table request_events_globex", [("partition-missing", "request_events", ("globex",))]),
        ("drop table request_errors_globex", [("partition-default", "request_errors", ("globex",))]),
        (
            "update pg_inherits set inhdetachpending = true where inhrelid = 'request_events_globex'::regclass",
            [("partition-detaching", "request_events", ("globex",))],
        ),
        ("drop table request_events_globex, request_errors_globex", [("tenant-missing", "globex", ("globex",))]),
        (
            "alter table request_events_umbrella add constraint known check (status > 99)",
            [("constraint-unexpected", "request_events.known", ("umbrella",))],
        ),
        (
            "alter table request_events_umbrella alter column status set default 200",
            [("column-default", "request_events.status", ("umbrella",))],
        ),
        ("update _sqlx_migrations set version = 9", [("tenant-ahead", "9", TENANTS)]),
    ],
)
def test_a_partition_per_tenant(
    copy: Path,
    scratch: ScratchServer,
    partitions: tuple[str, str],
    ddl: str,
    expected: list[tuple[str, str, tuple[str, ...]]],
) -> None:
    conninfo, settings = partitions
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(ddl.encode())
    assert told(run_of(copy, scratch, settings)) == expected
