"""The fluent plan: an immutable value whose verbs name what they cannot find, at the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest

from pytest_errorbudget.model.burn import Burn
from pytest_errorbudget.model.run import FindingsError, StepName, StepState, UnknownName
from pytest_errorbudget.pipeline.gather import gather
from pytest_errorbudget.pipeline.judge import judge
from pytest_errorbudget.pipeline.plan import ErrorBudget, SliWindow, UnknownColumn
from pytest_errorbudget.pipeline.project import SettingsInvalid
from pytest_errorbudget.pipeline.publish import Outputs, publish
from pytest_errorbudget.pipeline.request import Request

FIVE_MINUTES = timedelta(minutes=5)

SETTINGS = """\
[[database]]
migrations = { path = "migrations" }
tenants = { layout = "schema", names = ["acme", "globex"] }

[[events]]
name = "requests"
source = { csv = "events.csv" }

[[slo]]
name = "availability"
service = "orders"
events = "requests"
good = "status < 500"
objective = "99 %"

[cohorts.gold]
tenants = ["acme"]
[cohorts.standard]
tenants = "others"
"""

MAIN = """\
mod models;
fn main() {}
async fn all(pool: &sqlx::PgPool) -> sqlx::Result<Vec<models::Order>> {
    sqlx::query_as::<_, models::Order>("select id, total from orders").fetch_all(pool).await
}
"""

MODELS = "#[derive(sqlx::FromRow)]\npub struct Order {\n    pub id: i64,\n    pub total: i32,\n}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One service, one table, two tenants, and a row too small for its column."""
    events = ["event_id,tenant_id,occurred_at,status"]
    for tenant, status in (("acme", 200), ("globex", 503)):
        events += [f"{tenant}{n},{tenant},2026-03-01T00:{n:02}:30Z,{status}" for n in range(30)]
    files = {
        "errorbudget.toml": SETTINGS,
        "migrations/0001_orders.sql": "create table orders (id bigint not null, total bigint not null);\n",
        "events.csv": "\n".join((*events, "")),
        "Cargo.toml": '[package]\nname = "orders"\nversion = "0.1.0"\n\n[dependencies]\nsqlx = "0.8"\n',
        "src/main.rs": MAIN,
        "src/models.rs": MODELS,
    }
    for path, text in files.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def plan(repository: Path) -> ErrorBudget:
    return ErrorBudget.load(repository / "errorbudget.toml")


def test_a_plan_is_a_value(plan: ErrorBudget, repository: Path) -> None:
    asked = plan.detect_contract_mismatches()
    assert asked != plan
    assert asked == plan.detect_contract_mismatches() == asked.detect_contract_mismatches()
    assert len({plan, asked, ErrorBudget.load(repository / "errorbudget.toml")}) == 2
    with pytest.raises(FrozenInstanceError):
        plan.asked = frozenset()  # type: ignore[misc]


def test_the_order_of_verbs_does_not_matter(plan: ErrorBudget) -> None:
    verbs: tuple[Callable[[ErrorBudget], ErrorBudget], ...] = (
        lambda one: one.validate_schema(["id"], table="orders"),
        lambda one: one.introspect_rust_contracts("Cargo.toml"),
        lambda one: one.compute_burn_rates(FIVE_MINUTES, cohorts=["gold"]),
        lambda one: one.detect_contract_mismatches(),
        lambda one: one.generate_thresholds(confidence=Fraction(1, 2)),
    )
    made = set()
    for order in permutations(verbs):
        asked = plan
        for verb in order:
            asked = verb(asked)
        made.add(asked)
    assert len(made) == 1
    assert made.pop().asked == frozenset(StepName)


def refusal(error: type[Exception], verb: Callable[[], object]) -> str:
    with pytest.raises(error) as refused:
        verb()
    return str(refused.value)


def test_unknown_names_are_refused_at_the_call(plan: ErrorBudget) -> None:
    assert refusal(UnknownName, lambda: plan.compute_burn_rates(FIVE_MINUTES, cohorts=["golf"])) == (
        "no cohort 'golf' in this run: did you mean gold?"
    )
    assert refusal(UnknownName, lambda: plan.validate_schema(["id"], table="order")) == (
        "no table 'order' in this run: did you mean orders?"
    )
    assert refusal(UnknownColumn, lambda: plan.validate_schema(["id", "totl"], table="orders")) == (
        "no column 'totl' in orders: did you mean total?"
    )
    assert refusal(UnknownColumn, lambda: plan.validate_schema(["zzz"])) == (
        "no column 'zzz' in any migrated table: known are: id, total"
    )
    assert "nowhere/Cargo.toml: no such Cargo manifest" in refusal(
        FileNotFoundError, lambda: plan.introspect_rust_contracts("nowhere/Cargo.toml")
    )


def test_numbers_that_mean_nothing_are_refused(plan: ErrorBudget) -> None:
    assert refusal(ValueError, lambda: plan.compute_burn_rates(timedelta(minutes=5), slide=timedelta(minutes=7))) == (
        "windows of 0:05:00 that start every 0:07:00 leave time out"
    )
    assert refusal(ValueError, lambda: plan.generate_thresholds(confidence=0.992)) == (  # type: ignore[arg-type]
        "a confidence is a Fraction between 0 and 1, not 0.992"
    )
    assert refusal(ValueError, lambda: plan.execute_local(as_of=datetime(2026, 3, 1))) == (
        "as_of needs a time zone: pass datetime(..., tzinfo=timezone.utc)"
    )


def test_settings_that_cannot_be_loaded(repository: Path) -> None:
    (repository / "errorbudget.toml").write_text("nonsense = 1\n", encoding="utf-8")
    assert "errorbudget.toml:1:1: unknown key `nonsense`" in refusal(
        SettingsInvalid, lambda: ErrorBudget.load(repository / "errorbudget.toml")
    )
    assert "no such settings file" in refusal(FileNotFoundError, lambda: ErrorBudget.load(repository / "other.toml"))


def test_steps_that_a_plan_leaves_out_are_not_asked(plan: ErrorBudget) -> None:
    run = plan.introspect_rust_contracts().execute_local()
    assert {step.name: step.state for step in run.steps} == {
        name: StepState.DONE if name is StepName.RUST_CONTRACT_VALIDATION else StepState.NOT_ASKED for name in StepName
    }
    assert "not asked" in repr(run)


def test_burn_rates_of_a_cohort(plan: ErrorBudget) -> None:
    run = plan.compute_burn_rates(SliWindow.FIVE_MINUTES, cohorts=["gold"]).execute_local()
    assert {state.tenant for state in run.budgets} == {"acme"}
    burn = run["acme"]["availability"].burns[FIVE_MINUTES]
    assert isinstance(burn, Burn)
    assert not burn.exceeds("14.4")
    assert not burn.exceeds(Decimal("14.4"))
    assert not burn.exceeds(Fraction(72, 5))
    with pytest.raises(TypeError, match="float"):
        burn.exceeds(14.4)  # type: ignore[arg-type]


def test_windows_of_any_width_and_slide(plan: ErrorBudget, tmp_path: Path) -> None:
    """Events are counted in minutes here; the table of counts has the windows that were asked for."""
    asked = plan.compute_burn_rates(timedelta(minutes=7), slide=timedelta(minutes=3))
    request = Request(project=asked.project, asked=asked.asked)
    facts = gather(request, lambda _: None)
    run = judge(request, facts)
    burn = run["acme"]["availability"].burns[timedelta(minutes=7)]
    assert isinstance(burn, Burn)
    assert (burn.bad, burn.valid) == (0, 7)
    assert run["acme"]["availability"].burns[FIVE_MINUTES] == Burn(0, 5, burn.budget)
    table = tmp_path / "counts.csv"
    publish(asked.project, run, facts, Outputs(log=None, facts=None, counts=table, update=False))
    midnight = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
    rows = [line.split(",") for line in table.read_text().splitlines()[1:] if line.startswith("acme,")]
    found = [(int(row[3]) // 60_000_000 - midnight // 60, int(row[5])) for row in rows]
    assert found == [(-6, 1), (-3, 4), *((start, 7) for start in range(0, 21, 3)), (21, 7), (24, 5), (27, 2)]


def test_all_cohorts_are_the_default(plan: ErrorBudget) -> None:
    run = plan.compute_burn_rates(FIVE_MINUTES).execute_local()
    burn = run["globex"]["availability"].burns[FIVE_MINUTES]
    assert isinstance(burn, Burn)
    assert burn.rate == 100
    assert "did you mean globex?" in refusal(UnknownName, lambda: run["globx"])
    assert "did you mean availability?" in refusal(UnknownName, lambda: run["globex"]["availabilty"])


def test_as_of_takes_part(plan: ErrorBudget) -> None:
    asked = plan.compute_burn_rates(FIVE_MINUTES)
    moment = datetime(2026, 3, 1, 0, 15, tzinfo=UTC)
    early = asked.execute_local(as_of=moment)
    assert early.as_of == moment
    assert early.digest != asked.execute_local().digest


def test_findings_fail_only_where_they_are_raised(plan: ErrorBudget) -> None:
    run = plan.validate_schema(["id", "total"], table="orders").detect_contract_mismatches().execute_local()
    assert {finding.rule.id for finding in run.findings} == {"row-type"}
    assert "error[row-type] src/models.rs::Order.total" in refusal(FindingsError, run.raise_for_findings)
    assert "src/models.rs::Order.total" in repr(run)
