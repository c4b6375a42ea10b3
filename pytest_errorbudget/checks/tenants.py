"""The listed tenants against those that the database holds."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import schema_item, tenants_item
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.snapshot import Snapshot, TenantState, VersionUnknown
from pytest_errorbudget.model.tenant import InPartition


def tenant_findings(
    database: Database, snapshot: Snapshot, settings_path: str
) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    """tenant-missing for each listed tenant that is not there, tenant-unlisted for each that is there unlisted."""
    findings = (*_missing(database, snapshot, settings_path), *_unlisted(database, snapshot, settings_path))
    unread = tuple(
        Unchecked("tenant", state.tenant, state.unread) for state in snapshot.tenants if state.unread is not None
    )
    return findings, unread


def _missing(database: Database, snapshot: Snapshot, settings_path: str) -> Iterator[Finding]:
    for state in snapshot.tenants:
        if state.shape is None and state.unread is None and not any(part.detaching for part in state.partitions):
            yield Finding(
                rule=Rule.TENANT_MISSING,
                severity=Rule.TENANT_MISSING.severity,
                message=f"tenant {state.tenant} is listed and not in database {database.name}: {_reason(state)}",
                place=state.tenant,
                affected=(
                    Affected(tenants_item(settings_path), state.tenant),
                    Affected(schema_item(settings_path, state.tenant), state.tenant),
                ),
                labels=(_listed(database, state.tenant),),
                consequence=_consequence(state),
                help=f"Provision the tenant, or take it out of the list; {_mapping(database, state)}",
            )


def _listed(database: Database, name: str) -> Label:
    own = next((tenant.span for tenant in database.tenants if tenant.name == name), None)
    return Label(database.span, "its tenants are listed here") if own is None else Label(own, "it is listed here")


def _consequence(state: TenantState) -> str:
    if any(part.default for part in state.partitions):
        return "Its rows lie among those of other tenants; nothing of it was checked."
    return "Every request of this tenant fails; nothing of it was checked."


def _mapping(database: Database, state: TenantState) -> str:
    tenant = next((one for one in database.tenants if one.name == state.tenant), None)
    if tenant is not None and isinstance(tenant.layout, InPartition):
        written = f'names = {{ {tenant.customer} = "its value" }}'
        return f"where its {tenant.layout.key} has another value, map it: {written}."
    name = state.tenant if tenant is None else tenant.customer
    return f'where its schema has another name, map it: names = {{ {name} = "its_schema" }}.'


def _reason(state: TenantState) -> str:
    return state.version.reason if isinstance(state.version, VersionUnknown) else "it was not found"


def _unlisted(database: Database, snapshot: Snapshot, settings_path: str) -> Iterator[Finding]:
    for schema in snapshot.candidates:
        yield Finding(
            rule=Rule.TENANT_UNLISTED,
            severity=Rule.TENANT_UNLISTED.severity,
            message=f"schema {schema} of database {database.name} holds applied migrations and is no listed tenant",
            place=schema,
            affected=(Affected(tenants_item(settings_path)),),
            labels=(Label(database.span, "the tenants are listed here"),),
            consequence="If it is a tenant, none of its schema, rows and budgets was checked.",
            help=f"Add {schema} to the tenants of this database, or to `except`.",
        )
