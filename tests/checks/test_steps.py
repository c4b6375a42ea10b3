"""The five steps in words and numbers, all of them counted."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from one_slo import TOTALS

from pytest_errorbudget.checks.step_rules import STEP_OF_RULE
from pytest_errorbudget.checks.steps import steps
from pytest_errorbudget.checks.tenant_health import tenant_health
from pytest_errorbudget.model.contracts import Contracts, Crate
from pytest_errorbudget.model.counts import Counts, Recount, Series
from pytest_errorbudget.model.facts import DatabaseFacts, Facts
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.item import schema_item
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.run import SchemaState, Step, StepName, StepState
from pytest_errorbudget.model.schema import Column, Index, Relation, RelationKind, Schema
from pytest_errorbudget.model.settings import Cohort, Database, EventColumns, EventFormat, EventSource, Settings
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.snapshot import Applied, Shape, Snapshot, TenantState, VersionUnknown
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InSchema, Tenant
from pytest_errorbudget.model.threshold import Basis, Threshold

HERE = Span("errorbudget.toml", 1)
EVERYTHING = frozenset(StepName)
NAMES = ("a", "b", "c")


def _relation(name: str, kind: RelationKind) -> Relation:
    columns = tuple(Column(name=column, type=PgType("int8")) for column in ("x", "y"))
    return Relation(schema="public", name=name, kind=kind, columns=columns, indexes=(Index(name="i", columns=("x",)),))


SCHEMA = Schema(
    relations=(
        _relation("events", RelationKind.PARTITIONED_TABLE),
        _relation("events_1", RelationKind.PARTITION),
        _relation("totals", RelationKind.MATERIALIZED_VIEW),
        _relation("users", RelationKind.TABLE),
    )
)
SETTINGS = Settings(
    path="errorbudget.toml",
    exists=True,
    manifest="Cargo.toml",
    databases=(
        Database(
            name="core",
            url="env:DATABASE_URL",
            migrations=None,
            services=(),
            tenants=tuple(Tenant(name, "core", "gold", InSchema(name)) for name in NAMES),
            span=HERE,
        ),
    ),
    cohorts=(Cohort(name="gold", tenants=("a", "b")), Cohort(name="free", tenants=("c",))),
    slos=(
        Slo(
            name="availability",
            service="billing",
            sli=Sli(events="requests", good="ok", where=None, kind=SliKind.AVAILABILITY),
            objective=Fraction(99, 100),
            period=Rolling(1),
            span=HERE,
        ),
    ),
    events=(
        EventSource(
            name="requests",
            format=EventFormat.CSV,
            paths=("e.csv",),
            columns=EventColumns(),
            lateness_us=0,
            span=HERE,
        ),
    ),
)
SNAPSHOT = Snapshot(
    database="core",
    server_version=180006,
    tenants=(
        TenantState(tenant="a", version=Applied("7"), shape="s"),
        TenantState(tenant="b", version=VersionUnknown("no right to read it"), shape="s"),
        TenantState(tenant="c", version=Applied("6"), shape=None),
    ),
    shapes=(Shape(digest="s", schema=SCHEMA),),
)
COUNTS = Counts(
    window_us=300_000_000,
    as_of_us=0,
    closed_until_us=0,
    series=(Series(tenant="a", service="billing", slo="availability", starts_us=(0, 1), valid=(1, 1), bad=(0, 0)),),
    totals=(),
    recounts=(Recount(way="reversed", windows=2, equal=2), Recount(way="one thread", windows=2, equal=1)),
    race_conditions=1,
    digest="d",
)
FACTS = Facts(
    as_of_us=0,
    databases=(DatabaseFacts(name="core", snapshot=SNAPSHOT),),
    contracts=Contracts(
        crates=(
            Crate(name="billing", manifest="b/Cargo.toml", service=True, libraries=("sqlx",), files=("b/main.rs",)),
            Crate(name="shared", manifest="s/Cargo.toml", service=False, libraries=(), files=("s/lib.rs",)),
        )
    ),
    counts=COUNTS,
    lock=None,
    problems=(),
    unchecked=(),
    inputs=(),
    timings_us=(("rust_contract_validation", 40), ("schema_introspection", 20)),
)


def finding(rule: Rule, *tenants: str) -> Finding:
    return Finding(
        rule=rule,
        severity=rule.severity,
        message=f"{rule.id} found",
        place="users.x",
        affected=tuple(Affected(schema_item("errorbudget.toml", tenant), tenant) for tenant in tenants),
    )


def threshold(confidence: str, *, reliable: bool = True, bound: Fraction | None = None) -> Threshold:
    return Threshold(
        cohort="gold",
        slo="availability",
        burn=Fraction("14.4"),
        basis=Basis.WORKBOOK,
        bound=bound,
        confidence=Fraction(confidence),
        reliable=reliable,
        windows=1,
        tenants=(),
        outliers=(),
        long_us=1,
        short_us=1,
        failing_slots=3,
    )


def step(
    name: StepName,
    *findings: Finding,
    facts: Facts = FACTS,
    settings: Settings = SETTINGS,
    thresholds: tuple[Threshold, ...] = (threshold("0.995"),),
    asked: frozenset[StepName] = EVERYTHING,
) -> Step:
    told = steps(facts, findings, thresholds, (), (), settings, asked)
    return next(one for one in told if one.name is name)


def test_every_rule_belongs_to_a_step() -> None:
    assert set(STEP_OF_RULE) == set(Rule)


def test_steps_follow_one_another_in_the_pages_order_and_in_time() -> None:
    told = steps(FACTS, (), (threshold("0.995"),), (), (), SETTINGS, EVERYTHING)
    assert [(one.name, one.started_us, one.elapsed_us) for one in told] == [
        (StepName.SCHEMA_INTROSPECTION, 0, 20),
        (StepName.RUST_CONTRACT_VALIDATION, 20, 40),
        (StepName.SLI_BURN_RATE_COMPUTATION, 60, 0),
        (StepName.CONTRACT_MISMATCH_DETECTION, 60, 0),
        (StepName.THRESHOLD_GENERATION, 60, 0),
    ]


def test_a_step_that_a_plan_leaves_out_is_not_asked() -> None:
    told = step(StepName.THRESHOLD_GENERATION, asked=frozenset({StepName.SCHEMA_INTROSPECTION}))
    assert (told.state, told.result, told.metadata) == (StepState.NOT_ASKED, "– not asked", ())


def test_tables_columns_and_indices_are_counted_over_all_partitions_that_were_found() -> None:
    told = step(StepName.SCHEMA_INTROSPECTION)
    assert told.action == "Scanning SQL schema across 3 tenant partitions..."
    assert told.result == "✓ Detected 6 tables, 12 columns, 8 indices"
    assert dict(told.metadata) == {
        "partitions_healthy": 2,
        "drift_detected": 0,
        "tables": 6,
        "columns": 12,
        "indices": 8,
        "distinct_shapes": 1,
        "migrations": 0,
    }


@pytest.mark.parametrize(
    ("rule", "tenants", "result", "healthy", "drift"),
    [
        (Rule.COLUMN_MISSING, ("a",), "⚠ {}; drift in tenant a", 1, 1),
        (Rule.COLUMN_MISSING, ("a", "b"), "⚠ {}; drift in 2 tenants: a, b", 0, 1),
        (Rule.TENANT_MISSING, ("c",), "⚠ {}; drift in tenant c", 2, 1),
        (Rule.INDEX_UNEXPECTED, ("a",), "✓ {}", 2, 1),
        (Rule.TENANT_BEHIND, ("a", "b"), "✓ {}", 2, 0),
        (Rule.MIGRATION_FAILED, (), "⚠ {}; 1 migration failed", 2, 0),
    ],
)
def test_drift_is_told_by_tenant_and_skew_is_no_drift(
    rule: Rule, tenants: tuple[str, ...], result: str, healthy: int, drift: int
) -> None:
    told = step(StepName.SCHEMA_INTROSPECTION, finding(rule, *tenants))
    assert told.result == result.format("Detected 6 tables, 12 columns, 8 indices")
    assert [value for _, value in told.metadata[:2]] == [healthy, drift]


def test_a_server_out_of_reach_fails_the_step_with_its_own_words() -> None:
    problem = Problem(rule=Rule.SERVER_UNREACHABLE, message="connection to db:5432 refused", place="core")
    facts = replace(FACTS, databases=(DatabaseFacts(name="core"),), problems=(problem,))
    told = step(StepName.SCHEMA_INTROSPECTION, facts=facts)
    assert (told.state, told.result) == (StepState.FAILED, "✗ connection to db:5432 refused")


def test_without_a_server_the_migrations_are_what_is_read() -> None:
    offline = replace(SETTINGS, databases=(replace(SETTINGS.databases[0], url=None),))
    told = step(StepName.SCHEMA_INTROSPECTION, settings=offline)
    assert told.action == "Replaying migrations (no server is configured)..."


def test_without_a_database_and_migrations_there_is_nothing_to_compare_with() -> None:
    nowhere = replace(SETTINGS, databases=(replace(SETTINGS.databases[0], url=None, migrations=None),))
    told = step(StepName.CONTRACT_MISMATCH_DETECTION, facts=replace(FACTS, databases=()), settings=nowhere)
    assert (told.state, told.result) == (StepState.NOT_ASKED, "– no database and no migrations to compare with")


def test_services_are_counted_and_ffi_mismatches_named() -> None:
    whole = step(StepName.RUST_CONTRACT_VALIDATION)
    assert whole.result == "✓ 1 Rust service validated, contract signatures match"
    assert dict(whole.metadata)["services_checked"] == 1
    broken = step(StepName.RUST_CONTRACT_VALIDATION, finding(Rule.FFI_MISMATCH), finding(Rule.RUST_UNPARSED))
    assert broken.result == ("⚠ 1 Rust service validated; 1 FFI mismatch: users.x; 1 file could not be parsed")
    assert dict(broken.metadata)["mismatches"] == 1


def test_windows_that_changed_when_counted_again_are_race_conditions() -> None:
    unstable = step(StepName.SLI_BURN_RATE_COMPUTATION, finding(Rule.NOT_DETERMINISTIC))
    assert unstable.action == "Computing deterministic burn rates with 5-min windows..."
    assert unstable.result == ("⚠ Processed 0 events across 1 tenant cohort; 1 window changed when counted again")
    assert dict(unstable.metadata)["race_conditions"] == 1


def test_rows_that_are_no_event_are_counted_in_the_terminal_and_in_the_log() -> None:
    total = replace(
        TOTALS,
        rows=20,
        events=8,
        duplicates=2,
        without_id=1,
        without_time=2,
        unknown_tenant=3,
        after_as_of=4,
        invalid=(),
    )
    counts = replace(COUNTS, totals=(total,), race_conditions=0)
    told = step(StepName.SLI_BURN_RATE_COMPUTATION, facts=replace(FACTS, counts=counts))
    assert told.result == (
        "✓ Processed 8 events across 1 tenant cohort; 6 rows without id, time or known tenant; 4 rows after the "
        "moment of the run"
    )
    metadata = dict(told.metadata)
    names = ("rows", "rows_without_id", "rows_without_time", "rows_of_unknown_tenants", "rows_after_as_of")
    assert [metadata[name] for name in names] == [20, 1, 2, 3, 4]


def test_unreadable_events_fail_the_steps_that_need_them() -> None:
    problem = Problem(rule=Rule.EVENTS_UNREADABLE, message="no file matches e.csv", place="requests")
    facts = replace(FACTS, counts=None, problems=(problem,))
    for name in (StepName.SLI_BURN_RATE_COMPUTATION, StepName.THRESHOLD_GENERATION):
        told = step(name, facts=facts, thresholds=())
        assert (told.state, told.result) == (StepState.FAILED, "✗ no file matches e.csv")


def test_without_events_in_the_settings_there_is_nothing_to_count() -> None:
    told = step(
        StepName.SLI_BURN_RATE_COMPUTATION, facts=replace(FACTS, counts=None), settings=replace(SETTINGS, events=())
    )
    assert (told.state, told.result) == (StepState.NOT_ASKED, "– no events or no SLO in the settings")


@pytest.mark.parametrize(
    ("rules", "result", "severity", "action"),
    [
        ((), "✓ 0 queries, 0 row types and 0 handlers match the columns", "none", "none"),
        ((Rule.ROW_TYPE,), "⚠ WARNING: row-type found", "high", "alert_before_deployment"),
        (
            (Rule.HANDLER_NARROWING, Rule.ROW_TYPE),
            "⚠ WARNING: handler-narrowing found (and 1 more)",
            "high",
            "alert_before_deployment",
        ),
    ],
)
def test_the_gravest_mismatch_is_told(rules: tuple[Rule, ...], result: str, severity: str, action: str) -> None:
    told = step(StepName.CONTRACT_MISMATCH_DETECTION, *(finding(rule, "a") for rule in rules))
    assert told.result == result
    assert [value for _, value in told.metadata[:3]] == [severity, action, len(rules)]


@pytest.mark.parametrize(
    ("thresholds", "result"),
    [
        ((threshold("0.99201"),), "✓ 1 threshold generated, all backed by SLI confidence > 99.2%"),
        ((threshold("0.992"), threshold("0.999")), "✓ 2 thresholds generated, all backed by SLI confidence ≥ 99.2%"),
        (
            (threshold("0.999"), threshold("0.5", reliable=False)),
            "✓ 2 thresholds generated, 1 of them below SLI confidence 99.2% (lowest 50.0%)",
        ),
        (
            (threshold("0.999"), threshold("0.999", bound=Fraction(15))),
            "✓ 2 thresholds generated, 1 of them capped below a healthy hour",
        ),
        (
            (threshold("0.5", reliable=False), threshold("0.999", bound=Fraction(15))),
            "✓ 2 thresholds generated, 1 of them below SLI confidence 99.2% (lowest 50.0%), 1 of them capped below a "
            "healthy hour",
        ),
    ],
)
def test_the_confidence_is_the_lowest_one(thresholds: tuple[Threshold, ...], result: str) -> None:
    assert step(StepName.THRESHOLD_GENERATION, thresholds=thresholds).result == result


def test_a_threshold_that_is_capped_below_a_healthy_hour_is_not_reliable() -> None:
    told = step(StepName.THRESHOLD_GENERATION, thresholds=(threshold("0.999"), threshold("0.999", bound=Fraction(15))))
    assert dict(told.metadata)["thresholds_reliable"] == 1


def test_tenants_have_a_version_and_a_state_each() -> None:
    findings = (finding(Rule.TENANT_BEHIND, "a"), finding(Rule.INDEX_MISSING, "b"))
    assert [
        (one.name, one.cohort, one.version, one.schema, one.drift) for one in tenant_health(FACTS, findings, SETTINGS)
    ] == [
        ("a", "gold", "7", SchemaState.BEHIND, 0),
        ("b", "gold", None, SchemaState.DRIFTED, 1),
        ("c", "free", "6", SchemaState.MISSING, 0),
    ]
    unread = tenant_health(replace(FACTS, databases=()), (), SETTINGS)
    assert {one.schema for one in unread} == {SchemaState.NOT_READ}
