"""The listed tenants against those that the database holds."""

from __future__ import annotations

from pytest_errorbudget.checks.tenants import tenant_findings
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.snapshot import Applied, Snapshot, TenantState, VersionUnknown
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InSchema, Tenant

_SPAN = Span("errorbudget.toml", 3, 1)
_DATABASE = Database(
    name="core",
    url="env:CORE",
    migrations=None,
    services=(),
    tenants=(Tenant("acme-prod", "core", None, InSchema("acme_prod")),),
    span=_SPAN,
)


def _snapshot(state: TenantState, candidates: tuple[str, ...] = ()) -> Snapshot:
    return Snapshot(database="core", server_version=180006, tenants=(state,), shapes=(), candidates=candidates)


def test_a_tenant_that_is_there_is_no_finding() -> None:
    state = TenantState(tenant="acme-prod", version=Applied("1"), shape="9f3c")
    assert tenant_findings(_DATABASE, _snapshot(state), "errorbudget.toml") == ((), ())


def test_a_listed_tenant_that_is_not_there() -> None:
    reason = "there is no schema acme_prod in the database"
    state = TenantState(tenant="acme-prod", version=VersionUnknown(reason), shape=None)
    finding = Finding(
        rule=Rule.TENANT_MISSING,
        severity=Severity.ERROR,
        message="tenant acme-prod is listed and not in database core: there is no schema acme_prod in the database",
        place="acme-prod",
        affected=(
            Affected(ItemId("errorbudget.toml", "tenants"), "acme-prod"),
            Affected(ItemId("errorbudget.toml", "schema[acme-prod]"), "acme-prod"),
        ),
        labels=(Label(_SPAN, "its tenants are listed here"),),
        consequence="Every request of this tenant fails; nothing of it was checked.",
        help="Provision the tenant, or take it out of the list; where its schema has another name, map it: "
        'names = { acme-prod = "its_schema" }.',
    )
    assert tenant_findings(_DATABASE, _snapshot(state), "errorbudget.toml") == ((finding,), ())


def test_a_schema_with_migrations_that_no_listed_tenant_claims() -> None:
    state = TenantState(tenant="acme-prod", version=Applied("1"), shape="9f3c")
    finding = Finding(
        rule=Rule.TENANT_UNLISTED,
        severity=Severity.WARNING,
        message="schema initech of database core holds applied migrations and is no listed tenant",
        place="initech",
        affected=(Affected(ItemId("errorbudget.toml", "tenants")),),
        labels=(Label(_SPAN, "the tenants are listed here"),),
        consequence="If it is a tenant, none of its schema, rows and budgets was checked.",
        help="Add initech to the tenants of this database, or to `except`.",
    )
    assert tenant_findings(_DATABASE, _snapshot(state, ("initech",)), "errorbudget.toml") == ((finding,), ())


def test_a_tenant_in_a_layout_that_is_not_read_yet_is_counted() -> None:
    reason = "a partition per tenant is not read yet"
    state = TenantState(tenant="acme-prod", version=VersionUnknown(reason), shape=None, unread=reason)
    assert tenant_findings(_DATABASE, _snapshot(state), "errorbudget.toml") == (
        (),
        (Unchecked("tenant", "acme-prod", reason),),
    )
