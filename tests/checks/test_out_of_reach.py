"""Items that are skipped because what they compare is not there: each has its own place."""

from __future__ import annotations

from dataclasses import replace

from one_slo import SLO

from pytest_errorbudget.checks.out_of_reach import out_of_reach, told_once
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts, Facts
from pytest_errorbudget.model.item import schema_item, slo_item
from pytest_errorbudget.model.problem import Problem, Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Database, Settings
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InSchema, Tenant

TENANTS = tuple(Tenant(name=name, database="default", cohort=None, layout=InSchema(name)) for name in ("a", "b"))
DATABASE = Database(
    name="default", url=None, migrations=None, services=(), tenants=TENANTS, span=Span("errorbudget.toml", 1)
)
SETTINGS = Settings(path="errorbudget.toml", exists=True, manifest="Cargo.toml", databases=(DATABASE,))

NOTHING = Facts(
    as_of_us=None,
    databases=(),
    contracts=Contracts(),
    counts=None,
    lock=None,
    problems=(),
    unchecked=(),
    inputs=(),
    timings_us=(),
)


def test_as_many_tenant_schemas_are_not_checked_as_items_are_skipped() -> None:
    reason = "the settings name no server (`url`)"
    assert tuple(out_of_reach(replace(NOTHING, databases=(DatabaseFacts(name="default"),)), SETTINGS)) == tuple(
        Unchecked("tenant schema", name, reason, None, (schema_item("errorbudget.toml", name),)) for name in ("a", "b")
    )


def test_as_many_burn_rates_are_not_checked_as_items_are_skipped() -> None:
    facts = replace(NOTHING, problems=(Problem(rule=Rule.EVENTS_UNREADABLE, message="", place="requests"),))
    items = tuple(slo_item("errorbudget.toml", slo, tenant) for slo in ("ok", "up") for tenant in ("a", "b"))
    assert tuple(out_of_reach(facts, replace(SETTINGS, slos=(SLO, replace(SLO, name="up"))))) == tuple(
        Unchecked("burn rate", str(item), "the events could not be read", None, (item,)) for item in items
    )


def test_what_is_said_with_its_item_is_not_said_without_it_too() -> None:
    bare = Unchecked("tenant schema", "a", "refused")
    whole = replace(bare, items=(schema_item("errorbudget.toml", "a"),))
    other = replace(bare, place="b")
    assert set(told_once((bare, whole, other, whole))) == {whole, other}
    assert len(tuple(told_once((bare, whole, other, whole)))) == 2
