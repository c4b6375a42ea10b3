"""One small repository as a run would have seen it: two tenants, one of them drifted, and a lossy handler."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from pytest_errorbudget.checks.steps import steps
from pytest_errorbudget.checks.tenant_health import tenant_health
from pytest_errorbudget.model.burn import Absence, BudgetState, Burn, NoData
from pytest_errorbudget.model.contracts import Contracts, Crate, Unread
from pytest_errorbudget.model.counts import Counts, Recount, Series, SourceTotals
from pytest_errorbudget.model.facts import DatabaseFacts, Facts, QueryKey, QueryTyping, ShapeTyping
from pytest_errorbudget.model.finding import Affected, Finding, Label, LabelKind
from pytest_errorbudget.model.input_digest import InputDigest
from pytest_errorbudget.model.item import handler_item, schema_item
from pytest_errorbudget.model.migration import (
    MigrationFile,
    MigrationKind,
    MigrationSet,
    Opaque,
    RealReplay,
    ReplayedVersion,
    Statement,
    StaticReplay,
)
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import OutputColumn, Rejected, Typed
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.run import AllowedFinding, Run, StepName
from pytest_errorbudget.model.rust import Field, RustType, Struct, StructRef
from pytest_errorbudget.model.rust_boundaries import FfiFunction, Handler, Side
from pytest_errorbudget.model.rust_queries import Query, QueryCall
from pytest_errorbudget.model.schema import (
    Column,
    Constraint,
    ConstraintKind,
    EnumType,
    Index,
    Relation,
    RelationKind,
    Schema,
)
from pytest_errorbudget.model.settings import (
    Allowance,
    Cohort,
    Database,
    EventColumns,
    EventFormat,
    EventSource,
    Settings,
)
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.snapshot import Applied, Shape, Snapshot, TenantState
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InSchema, Tenant
from pytest_errorbudget.model.threshold import Basis, Outlier, Threshold

MIGRATION = "migrations/0001_init.sql"
MODELS = "services/billing/src/models.rs"
QUERIES = "services/billing/src/queries.rs"
HTTP = "services/billing/src/http.rs"
FFI = "services/billing/src/ffi.rs"
FIVE_MINUTES_US, HOUR_US = 300_000_000, 3_600_000_000
NOON_US = 1_767_571_200_000_000  # 2026-01-05T00:00:00Z


def invoices(amount: str, *indexes: Index) -> Schema:
    key = Index(name="invoices_pkey", columns=("id",), unique=True, primary=True, origin=Span(MIGRATION, 2))
    return Schema(
        relations=(
            Relation(
                schema="public",
                name="invoices",
                kind=RelationKind.TABLE,
                columns=(
                    Column(name="id", type=PgType("int8"), not_null=True, origin=Span(MIGRATION, 2)),
                    Column(name="amount_cents", type=PgType(amount), not_null=True, origin=Span(MIGRATION, 3)),
                ),
                indexes=(key, *indexes),
                constraints=(Constraint(name="invoices_pkey", kind=ConstraintKind.PRIMARY_KEY, columns=("id",)),),
            ),
        ),
        enums=(EnumType(schema="public", name="state", labels=("open", "paid")),),
    )


def sample_settings() -> Settings:
    return Settings(
        path="errorbudget.toml",
        exists=True,
        manifest="Cargo.toml",
        databases=(
            Database(
                name="core",
                url="env:DATABASE_URL",
                migrations=None,
                services=("billing",),
                tenants=(
                    Tenant("acme-prod", "core", "gold", InSchema("acme_prod")),
                    Tenant("globex", "core", "gold", InSchema("globex")),
                ),
                span=Span("errorbudget.toml", 1),
            ),
        ),
        cohorts=(Cohort(name="gold", tenants=("acme-prod", "globex")),),
        slos=(
            Slo(
                name="availability",
                service="billing",
                sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
                objective=Fraction(999, 1000),
                period=Rolling(30 * 24 * HOUR_US),
                span=Span("errorbudget.toml", 9),
            ),
        ),
        events=(
            EventSource(
                name="requests",
                format=EventFormat.PARQUET,
                paths=("events/*.parquet",),
                columns=EventColumns(),
                lateness_us=0,
                span=Span("errorbudget.toml", 20),
            ),
        ),
    )


def sample_facts() -> Facts:
    return Facts(
        as_of_us=NOON_US + HOUR_US,
        databases=(_database(),),
        contracts=_contracts(),
        counts=_counts(),
        lock=None,
        problems=(),
        unchecked=_unchecked(),
        inputs=(InputDigest(name="migrations", sha256="b" * 64), InputDigest(name="Cargo.toml", sha256="a" * 64)),
        timings_us=(("schema_introspection", 41_500), ("sli_burn_rate_computation", 1_200_000)),
    )


def _database() -> DatabaseFacts:
    by_name = Index(name="invoices_amount_idx", columns=("amount_cents",), origin=Span(MIGRATION, 6))
    replayed = invoices("int8", by_name)
    text = "create table invoices (...);\ndo $$ begin end $$;\n"
    file = MigrationFile(
        path=MIGRATION,
        version="1",
        name="init",
        text=text,
        statements=(
            Statement(sql="create table invoices (...)", span=Span(MIGRATION, 1)),
            Statement(sql="do $$ begin end $$", span=Span(MIGRATION, 2)),
        ),
    )
    return DatabaseFacts(
        name="core",
        migrations=MigrationSet(kind=MigrationKind.SQLX, path="migrations", files=(file,)),
        static=StaticReplay(
            schema=replayed,
            opaque=(Opaque(span=Span(MIGRATION, 2), statement="do $$ begin end $$", reason="DO block"),),
        ),
        replay=RealReplay(server_version=180006, versions=(ReplayedVersion(version="1", schema=replayed),)),
        snapshot=Snapshot(
            database="core",
            server_version=170002,
            tenants=(
                TenantState(tenant="acme-prod", version=Applied("1"), shape="aaaa"),
                TenantState(tenant="globex", version=Applied("1"), shape="bbbb"),
            ),
            shapes=(
                Shape(digest="bbbb", schema=invoices("int4")),
                Shape(digest="aaaa", schema=replayed),
            ),
        ),
        typings=_typings(),
    )


def _typings() -> tuple[ShapeTyping, ...]:
    listed, broken = QueryKey(QUERIES, "list_invoices", 1), QueryKey(QUERIES, "list_invoices", 2)
    columns = (OutputColumn(name="id", type=PgType("int8"), nullable=False),)
    typed = Typed(columns=columns, parameters=(PgType("text"),))
    rejected = Rejected(sqlstate="42703", message='column "total" does not exist', offset=7)
    return (
        ShapeTyping(
            shape="bbbb",
            queries=(QueryTyping(query=listed, verdict=typed), QueryTyping(query=broken, verdict=rejected)),
        ),
        ShapeTyping(
            shape=None,
            queries=(QueryTyping(query=listed, verdict=typed), QueryTyping(query=broken, verdict=rejected)),
        ),
    )


def _contracts() -> Contracts:
    invoice = StructRef(MODELS, "Invoice")
    return Contracts(
        crates=(
            Crate(
                name="billing",
                manifest="services/billing/Cargo.toml",
                service=True,
                libraries=("sqlx",),
                files=(FFI, HTTP, MODELS, QUERIES),
            ),
        ),
        structs=(
            Struct(
                name="Invoice",
                crate="billing",
                module="models",
                span=Span(MODELS, 4, 8),
                derives=("Debug", "FromRow"),
                fields=(
                    Field(
                        name="amount",
                        column="amount_cents",
                        type=RustType("Option", (RustType("i64", text="i64"),), "Option<i64>"),
                        span=Span(MODELS, 6, 5),
                    ),
                ),
            ),
            Struct(
                name="InvoiceDto",
                crate="billing",
                module="http",
                span=Span(HTTP, 3, 8),
                derives=("Serialize",),
                fields=(),
            ),
        ),
        queries=(
            _query(1, 12, "select id from invoices where name = $1", invoice),
            _query(2, 20, "select total\n from invoices", invoice),
            _query(3, 30, None, None),
        ),
        handlers=(
            Handler(
                path=HTTP,
                function="create_invoice",
                crate="billing",
                method="POST",
                route="/invoices",
                span=Span(HTTP, 14),
                outputs=(StructRef(HTTP, "InvoiceDto"),),
            ),
        ),
        ffi=(
            FfiFunction(
                path=FFI,
                symbol="eb_record_event",
                side=Side.DECLARATION,
                crate="billing",
                abi="C",
                parameters=(
                    (RustType("*const", (RustType("u8", text="u8"),), "*const u8"), Span(FFI, 5, 30)),
                    (RustType("usize", text="usize"), Span(FFI, 5, 45)),
                ),
                result=RustType("i32", text="i32"),
                span=Span(FFI, 5),
            ),
        ),
        unread=(Unread(span=Span("services/billing/src/old.rs", 3, 1), reason="expected `;`"),),
    )


def _query(ordinal: int, line: int, sql: str | None, target: StructRef | None) -> Query:
    return Query(
        path=QUERIES,
        function="list_invoices",
        ordinal=ordinal,
        crate="billing",
        call=QueryCall.QUERY_AS,
        span=Span(QUERIES, line, 5),
        sql=sql,
        literal=Span(QUERIES, line + 1, 9),
        offsets=((0, line + 1, 10), (13, line + 2, 1)),
        target=target,
        unchecked=None if sql else "built at run time",
    )


def _unchecked() -> tuple[Unchecked, ...]:
    return (
        Unchecked("query", "list_invoices#3", "built at run time", Span(QUERIES, 30, 5)),
        Unchecked("query", "list_invoices#4", "built at run time", Span(QUERIES, 40, 5)),
        Unchecked("handler-narrowing", "InvoiceDto.note", "comes from a function's result"),
    )


def _counts() -> Counts:
    series = (("globex", (10, 20), (0, 0)), ("acme-prod", (1000, 30), (1, 3)))
    return Counts(
        window_us=FIVE_MINUTES_US,
        as_of_us=NOON_US + HOUR_US,
        closed_until_us=NOON_US + HOUR_US,
        series=tuple(
            Series(
                tenant=tenant,
                service="billing",
                slo="availability",
                starts_us=(NOON_US, NOON_US + FIVE_MINUTES_US),
                valid=valid,
                bad=bad,
            )
            for tenant, valid, bad in series
        ),
        totals=(
            SourceTotals(
                source="requests",
                rows=1100,
                events=1060,
                duplicates=40,
                disagreeing=0,
                without_id=0,
                without_time=0,
                unknown_tenant=0,
                after_as_of=0,
                invalid=(),
                watermark_us=NOON_US + HOUR_US,
            ),
        ),
        recounts=(Recount(way="reversed", windows=4, equal=4),),
        digest="c" * 64,
    )


def narrowing() -> Finding:
    return Finding(
        rule=Rule.HANDLER_NARROWING,
        severity=Severity.ERROR,
        message="Tenant 'acme-prod' has deprecated int32 field in handler, schema expects int64",
        place=f"{HTTP}::InvoiceDto.amount_cents",
        affected=(Affected(handler_item(HTTP, "create_invoice", "acme-prod"), "acme-prod"),),
        labels=(
            Label(Span(HTTP, 9, 5, 9, 22), "`i32` here"),
            Label(Span(MIGRATION, 3, 3), "`bigint` since here", LabelKind.CONTEXT),
        ),
        consequence="amounts above 2147483647 wrap to negative numbers in the answer",
        help="make the field `i64`",
    )


def missing_index() -> Finding:
    return Finding(
        rule=Rule.INDEX_MISSING,
        severity=Severity.WARNING,
        message="index `invoices_amount_idx` is missing",
        place="invoices.invoices_amount_idx",
        affected=(Affected(schema_item("errorbudget.toml", "globex"), "globex"),),
        help="create it as the migration does",
    )


def sample_run() -> Run:
    settings, facts = sample_settings(), sample_facts()
    findings = (narrowing(), missing_index())
    thresholds, outliers, budgets = (_threshold(),), (_outlier(),), _budgets()
    allowance = Allowance(
        rule="column-type",
        where="invoices.amount_cents",
        reason="being migrated",
        until=date(2027, 3, 1),
        span=Span("errorbudget.toml", 40),
    )
    known = Finding(
        rule=Rule.COLUMN_TYPE,
        severity=Severity.ERROR,
        message="`invoices.amount_cents` is integer, the migrations say bigint",
        place="invoices.amount_cents",
        affected=(Affected(schema_item("errorbudget.toml", "globex"), "globex"),),
    )
    return Run(
        as_of=datetime(2026, 1, 5, 1, tzinfo=UTC),
        steps=steps(facts, findings, thresholds, outliers, budgets, settings, frozenset(StepName)),
        findings=findings,
        allowed=(AllowedFinding(finding=known, allowance=allowance),),
        thresholds=thresholds,
        outliers=outliers,
        budgets=budgets,
        firings=(),
        unchecked=facts.unchecked,
        inputs=facts.inputs,
        counts_digest="c" * 64,
        determinism=Fraction(1),
        tenants=tenant_health(facts, findings, settings),
        execution_us=1_345_678,
    )


def _threshold() -> Threshold:
    return Threshold(
        cohort="gold",
        slo="availability",
        burn=Fraction("14.4"),
        basis=Basis.WORKBOOK,
        bound=Fraction(7, 2),
        confidence=Fraction(99437, 100_000),
        reliable=True,
        windows=8064,
        tenants=("acme-prod",),
        outliers=("globex",),
        long_us=HOUR_US,
        short_us=FIVE_MINUTES_US,
        failing_slots=3,
    )


def _outlier() -> Outlier:
    return Outlier(tenant="globex", slo="availability", cohort="gold", bad=0, valid=30, distance=Fraction(7, 2))


def _budgets() -> tuple[BudgetState, ...]:
    budget = Fraction(1, 1000)
    return (
        BudgetState(
            tenant="acme-prod",
            slo="availability",
            valid=1030,
            bad=4,
            consumed=Fraction(4, 1030) / budget / 10,
            exhausted_in_us=273_661_000_000,
            pace_us=HOUR_US,
            burns=((FIVE_MINUTES_US, Burn(3, 30, budget)), (HOUR_US, Burn(4, 1030, budget))),
            pages=False,
        ),
        BudgetState(
            tenant="globex",
            slo="availability",
            valid=0,
            bad=0,
            consumed=NoData(Absence.NO_TRAFFIC),
            exhausted_in_us=None,
            pace_us=HOUR_US,
            burns=((HOUR_US, NoData(Absence.NO_TRAFFIC)),),
            pages=False,
        ),
    )


@pytest.fixture
def settings() -> Settings:
    return sample_settings()


@pytest.fixture
def facts() -> Facts:
    return sample_facts()


@pytest.fixture
def run() -> Run:
    return sample_run()
