"""The settings of a run, as values; ``readers.settings`` reads them from ``errorbudget.toml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from math import gcd, lcm

from pytest_errorbudget.model.alert import SHORTEST_US
from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InDatabase, Tenant
from pytest_errorbudget.model.window import MINUTE_US


class MigrationScope(Enum):
    """Whether a set of migrations builds every tenant's schema, or one that the tenants share."""

    TENANT = "tenant"
    SHARED = "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationSettings:
    """``kind`` overrides what the folder's layout shows, ``bookkeeping`` the name of the tool's table.

    ``schema`` is the placeholder that the migrations write for a tenant's schema, such as ``{schema}``.
    """

    path: str
    scope: MigrationScope = MigrationScope.TENANT
    kind: MigrationKind | None = None
    bookkeeping: str | None = None
    schema: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortColumn:
    """The column ``cohort`` of ``table`` (with its schema where one is written) says each tenant's cohort, beside its
    name in the column ``tenant``. An update reads it; every other run takes the answer from the lock."""

    table: str
    tenant: str
    cohort: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """``url`` as written (``env:NAME`` or a URL); ``None`` checks against the migrations alone.

    ``migrations`` is the set that builds what tenants have of their own, where several are written; ``base`` are those
    that come before it. ``pattern`` takes tenants from the lock by their schemas, less ``left_out``; an update finds
    new ones by it.
    """

    name: str
    url: str | None
    migrations: MigrationSettings | None
    services: tuple[str, ...]
    tenants: tuple[Tenant, ...]
    span: Span
    pattern: str | None = None
    left_out: tuple[str, ...] = ()
    base: tuple[MigrationSettings, ...] = ()
    cohorts: CohortColumn | None = None

    @property
    def migration_sets(self) -> tuple[MigrationSettings, ...]:
        """All sets, in the order in which they are applied."""
        return self.base if self.migrations is None else (*self.base, self.migrations)

    @property
    def is_live(self) -> bool:
        """Whether there is a server to read: the database's own, or one of a tenant."""
        return self.url is not None or any(isinstance(tenant.layout, InDatabase) for tenant in self.tenants)


class EventFormat(Enum):
    PARQUET = "parquet"
    CSV = "csv"
    NDJSON = "ndjson"
    POSTGRES = "postgres"
    SPARK = "spark"


class EngineName(Enum):
    """An engine, beyond the one that reads a source, on which events are counted again."""

    POSTGRES = "postgres"
    SPARK = "spark"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventColumns:
    """The names of the columns that every event source has; ``replica`` is ``None`` for a source without shards.

    Where ``service`` is there, an SLO counts the events of its own service only. ``good``, ``latency`` and ``status``
    say which column a predicate means by these names. ``good`` and ``bad`` are the counts of a table of counts.
    """

    id: str = "event_id"
    tenant: str = "tenant_id"
    time: str = "occurred_at"
    replica: str | None = None
    service: str | None = None
    good: str | None = None
    bad: str | None = None
    latency: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSource:
    """Files or a table of events. ``paths`` are globs relative to the rootdir, or the one table's name; ``url`` is
    where a PostgreSQL table is, as written (``env:NAME`` or a URL). ``lateness_us`` is the allowed lateness in µs;
    ``tenants`` maps the value of the tenant column to a tenant's name. ``slot_us`` is the width in µs of the slots of
    a table of counts, and ``None`` where rows are events."""

    name: str
    format: EventFormat
    paths: tuple[str, ...]
    columns: EventColumns
    lateness_us: int
    span: Span
    tenants: tuple[tuple[str, str], ...] = ()
    url: str | None = None
    slot_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Tenants that share thresholds. ``objectives`` are (SLO name, target) that differ from the SLO's own,
    ``own_objectives`` (tenant, SLO name, target) that differ from the cohort's."""

    name: str
    tenants: tuple[str, ...]
    objectives: tuple[tuple[str, Fraction], ...] = ()
    own_objectives: tuple[tuple[str, str, Fraction], ...] = ()

    def objective(self, slo: Slo, tenant: str) -> Fraction:
        """The tenant's own target, else the cohort's, else the SLO's."""
        own = {(who, name): target for who, name, target in self.own_objectives}
        return own.get((tenant, slo.name), dict(self.objectives).get(slo.name, slo.objective))

    def all_objectives(self, slo: Slo) -> tuple[Fraction, ...]:
        """The targets of its tenants, each once, ascending; without tenants the cohort's own."""
        return tuple(sorted({self.objective(slo, tenant) for tenant in self.tenants or ("",)}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A known finding: rule id, place, why it is accepted, and until when (inclusive)."""

    rule: str
    where: str
    reason: str
    until: date | None
    span: Span


@dataclass(frozen=True, slots=True)
class Glob:
    """Files of the repository, and where the settings name them."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An allowance that is not in the settings yet."""

    rule: str
    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySettings:
    """Another PostgreSQL than the embedded one."""

    binaries: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``path`` is the settings file relative to the rootdir (``errorbudget.toml`` even where there is none).

    ``window_us`` is the width of windows and ``slide_us`` how much later each one starts than the one before.
    ``engines`` are those on which events are counted again; ``memory_mib`` is what counting may use before it spills.
    """

    path: str
    exists: bool
    manifest: str
    databases: tuple[Database, ...]
    cohorts: tuple[Cohort, ...] = ()
    slos: tuple[Slo, ...] = ()
    events: tuple[EventSource, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    sli_queries: tuple[Glob, ...] = ()
    replay: ReplaySettings = field(default_factory=ReplaySettings)
    confidence: Fraction = Fraction(992, 1000)
    window_us: int = 5 * MINUTE_US
    slide_us: int = 5 * MINUTE_US
    fail_on: Severity = Severity.ERROR
    engines: tuple[EngineName, ...] = ()
    memory_mib: int = 320
    unchecked: tuple[Unchecked, ...] = ()

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        return tuple(tenant for database in self.databases for tenant in database.tenants)

    @property
    def counted_us(self) -> int:
        """The width in which events are counted: the largest of which the windows and their slide are whole numbers,
        the alerts' shortest window, and what the SLOs ask for (slices, and what their own conditions look back and
        wait for). What is no whole number of the slots of every table of counts takes no part: they cannot be cut."""
        slot = lcm(*(source.slot_us for source in self.events if source.slot_us is not None))
        asked = (SHORTEST_US, *(span for slo in self.slos for span in slo.spans_us))
        return gcd(self.window_us, self.slide_us, *(span for span in asked if span % slot == 0))

    @property
    def customers(self) -> tuple[str, ...]:
        """Every tenant's own name, once, in the order of the settings."""
        return tuple(dict.fromkeys(tenant.customer for tenant in self.tenants))

    def cohort_of(self, tenant: str) -> Cohort | None:
        return next((cohort for cohort in self.cohorts if tenant in cohort.tenants), None)
