"""Every listed tenant in one line: its version, and how its schema stands."""

from __future__ import annotations

from pytest_errorbudget.checks.step_rules import NOT_DRIFT, STEP_OF_RULE
from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.run import SchemaState, StepName, TenantHealth
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.snapshot import Applied, TenantState


def tenant_health(facts: Facts, findings: tuple[Finding, ...], settings: Settings) -> tuple[TenantHealth, ...]:
    """In the order of the settings; ``findings`` are those that no allowance covers."""
    states = {
        (database.name, state.tenant): state
        for database in facts.databases
        if database.snapshot is not None
        for state in database.snapshot.tenants
    }
    drift = _drift(findings)
    behind = frozenset(name for f in findings if f.rule is Rule.TENANT_BEHIND for name in f.tenants)
    healths: list[TenantHealth] = []
    for tenant in settings.tenants:
        state = states.get((tenant.database, tenant.name))
        drifts = drift.get(tenant.name, 0)
        cohort = settings.cohort_of(tenant.customer)
        healths.append(
            TenantHealth(
                name=tenant.name,
                customer=tenant.customer,
                cohort=tenant.cohort if cohort is None else cohort.name,
                database=tenant.database,
                version=state.version.version if state and isinstance(state.version, Applied) else None,
                schema=_state(state, drifts, tenant.name in behind),
                drift=drifts,
            )
        )
    return tuple(healths)


def _drift(findings: tuple[Finding, ...]) -> dict[str, int]:
    """How many findings each tenant has about its schema; those about its version, or mere information, apart."""
    drift: dict[str, int] = {}
    for finding in findings:
        about_schema = STEP_OF_RULE[finding.rule] is StepName.SCHEMA_INTROSPECTION and finding.rule not in NOT_DRIFT
        if about_schema and finding.severity is not Severity.INFORMATION:
            for tenant in finding.tenants:
                drift[tenant] = drift.get(tenant, 0) + 1
    return drift


def _state(state: TenantState | None, drift: int, is_behind: bool) -> SchemaState:
    if state is None or state.unread is not None:
        return SchemaState.NOT_READ
    if state.shape is None:
        return SchemaState.MISSING
    if drift:
        return SchemaState.DRIFTED
    return SchemaState.BEHIND if is_behind else SchemaState.HEALTHY
