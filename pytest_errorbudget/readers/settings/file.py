"""The shape of ``errorbudget.toml``: what a file may say, before it is understood."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Duration = Annotated[
    str,
    Meta(pattern=r"^[1-9][0-9]*(us|ms|s|m|h|d|w)$", title="a duration", description="such as `10m`, `1h`, `28d`"),
]
Wait = Annotated[
    str,
    Meta(pattern=r"^(0s|[1-9][0-9]*(us|ms|s|m|h|d|w))$", title="a duration", description="such as `10m`, or `0s`"),
]
Share = Annotated[str, Meta(description="an exact share as text: `99.95 %`, `0.9995`, `1999/2000`; no floats")]
Name = Annotated[str, Meta(min_length=1)]
Url = Annotated[
    str,
    Meta(
        pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|postgres(ql)?://\S*|[a-z_]+ *=.*)$",
        title="a PostgreSQL URL or `env:NAME`",
        description="`env:DATABASE_URL` or `postgresql://user@host:5432/name`",
    ),
]
Burn = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,9}(\.[0-9]{1,9})?$",
        title="a burn rate",
        description="a burn rate as text: `14.4`; no floats",
    ),
]
Memory = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]{0,8} ?(MiB|GiB)$",
        title="an amount of memory",
        description="such as `320 MiB`, `2 GiB`",
    ),
]
Span = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]*[dwMQY]$",
        title="a span of the calendar",
        description="such as `1w`, `1M`, `1Q`",
    ),
]
Placeholder = Annotated[str, Meta(min_length=6, description="such as `{schema}`, `${schema}`, `:schema`")]
MigrationKindName = Literal[
    "sqlx", "diesel", "refinery", "golang-migrate", "flyway", "goose", "dbmate", "sea-orm", "numbered"
]


class _Table(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    pass


class MigrationsTable(_Table, frozen=True):
    """Where the migrations are, and whether they build every tenant's schema or one that tenants share.

    ``kind`` is found from the layout where it is left out. ``schema`` is the placeholder that the files write for a
    tenant's schema.
    """

    path: Name
    per: Literal["tenant", "shared"] = "tenant"
    kind: MigrationKindName | None = None
    bookkeeping: Name | None = None
    schema: Placeholder | None = None


class SchemaTenants(_Table, frozen=True, tag_field="layout", tag="schema"):
    """A schema per tenant. ``names`` lists tenants or maps each to its schema; ``pattern`` takes them from the lock."""

    names: list[Name] | dict[str, Name] | None = None
    pattern: Name | None = None
    except_: list[Name] = field(name="except", default_factory=list)


class PartitionTenants(_Table, frozen=True, tag_field="layout", tag="partition"):
    """A partition per tenant, by the value of the tenant key."""

    key: Name
    tables: list[Name] = []
    names: list[Name] | dict[str, Name] = []


class DatabaseTenants(_Table, frozen=True, tag_field="layout", tag="database"):
    """A database per tenant."""

    urls: dict[str, Url]


class CohortColumnTable(_Table, frozen=True):
    """Where the cohort of each tenant is kept: a table of the database, and two of its columns."""

    table: Name
    tenant: Name
    cohort: Name


class DatabaseTable(_Table, frozen=True):
    name: Name = "default"
    url: Url | None = None
    migrations: MigrationsTable | list[MigrationsTable] | None = None
    services: list[Name] = []
    tenants: SchemaTenants | PartitionTenants | DatabaseTenants | None = None
    cohorts: CohortColumnTable | None = None


class ReplayTable(_Table, frozen=True):
    """Another PostgreSQL than the embedded one."""

    binaries: Name | None = None
    url: Url | None = None


class SourceTable(_Table, frozen=True):
    """Exactly one of these: a glob, or several, or a table's name; ``url`` says where a PostgreSQL table is."""

    parquet: Name | list[Name] | None = None
    csv: Name | list[Name] | None = None
    ndjson: Name | list[Name] | None = None
    postgres: Name | None = None
    spark: Name | None = None
    url: Url | None = None


class ColumnsTable(_Table, frozen=True):
    id: Name = "event_id"
    tenant: Name = "tenant_id"
    time: Name = "occurred_at"
    replica: Name | None = None
    service: Name | None = None
    good: Name | None = None
    bad: Name | None = None
    latency: Name | None = None
    status: Name | None = None


class EventsTable(_Table, frozen=True):
    name: Name
    source: SourceTable
    columns: ColumnsTable = ColumnsTable()
    lateness: Wait = "0s"
    slot: Duration | None = None
    tenants: dict[str, Name] = {}


class CohortTable(_Table, frozen=True):
    tenants: list[Name] | Literal["others"] = []
    objectives: dict[str, Share] = {}


class CalendarTable(_Table, frozen=True):
    """Periods of the calendar: ``calendar`` days, weeks, months, quarters or years at a time from ``start`` on, a date
    and time of the clocks in ``zone``."""

    calendar: Span
    start: Name = "2024-01-01T00:00:00"
    zone: Name = "UTC"


class IndicatorTable(_Table, frozen=True):
    """How events count an indicator of an OpenSLO file that asks another system: ``good`` for a ratio, ``value`` (a
    column) for a threshold."""

    events: Name
    good: Name | None = None
    value: Name | None = None
    where: Name | None = None


class AlertTable(_Table, frozen=True):
    """A burn-rate alert that somebody has already, as OpenSLO's AlertCondition."""

    name: Name
    threshold: Burn
    lookback: Duration
    severity: Name = "ticket"
    op: Literal["gt", "gte"] = "gt"
    after: Wait = "0s"


class SloTable(_Table, frozen=True):
    """``slice`` and ``slice_target`` belong to a budget of time."""

    name: Name
    service: Name
    events: Name
    good: Name
    objective: Share
    where: Name | None = None
    period: Duration | CalendarTable = "28d"
    budgeting: Literal["occurrences", "timeslices", "ratio-timeslices"] = "occurrences"
    slice: Duration | None = None
    slice_target: Share | None = None
    alerts: list[AlertTable] = []


class ThresholdsTable(_Table, frozen=True):
    confidence: Share = "99.2 %"
    compare_with: list[Name] = []


class DeterminismTable(_Table, frozen=True):
    """Engines, beyond the one that reads a source, on which every run counts the events again."""

    engines: list[Literal["postgres", "spark"]] = []


class AllowTable(_Table, frozen=True):
    rule: Name
    where: Name
    reason: Name
    until: date | None = None


class SettingsFile(_Table, frozen=True):
    """Settings of pytest-errorbudget."""

    manifest: Name = "Cargo.toml"
    slos: list[Name] = []
    sli_queries: list[Name] = []
    fail_on: Literal["error", "warning"] = "error"
    window: Duration = "5m"
    slide: Duration | None = None
    memory: Memory = "320 MiB"
    database: list[DatabaseTable] = []
    replay: ReplayTable = ReplayTable()
    events: list[EventsTable] = []
    cohorts: dict[str, CohortTable] = {}
    objectives: dict[str, dict[str, Share]] = {}
    slo: list[SloTable] = []
    indicators: dict[str, IndicatorTable] = {}
    thresholds: ThresholdsTable = ThresholdsTable()
    determinism: DeterminismTable = DeterminismTable()
    allow: list[AllowTable] = []
