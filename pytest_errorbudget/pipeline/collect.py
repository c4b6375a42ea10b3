"""Which items a project has. Nothing here connects to a server, reads an event or imports a heavy library."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.contracts import Scope, contract_items
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.item import (
    determinism_item,
    migration_item,
    schema_item,
    sli_item,
    slo_item,
    tenants_item,
    thresholds_item,
)
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.pipeline.planned import Planned, PlannedItem
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.pipeline.steps import BURN_RATES, CONTRACTS, FFI, SCHEMA, THRESHOLDS, Steps
from pytest_errorbudget.readers.migrations.layout import list_migrations
from pytest_errorbudget.readers.result_cache import users_cache
from pytest_errorbudget.readers.rust import read_contracts
from pytest_errorbudget.readers.sli.files import list_sli_files


def planned(project: Project) -> Planned:
    """All items of a project."""
    settings = project.settings
    contracts = tuple(_contract_items(project))
    # Without an item of its own, a workspace that cannot be found would be passed over in silence.
    about_all = SCHEMA if contracts else SCHEMA | FFI
    sli = (
        PlannedItem(id=sli_item(path), steps=CONTRACTS) for path in list_sli_files(project.root, settings.sli_queries)
    )
    items = (*_settings_items(settings, about_all), *_migration_items(project, about_all), *sli, *contracts)
    return Planned(project=project, items=tuple({item.id: item for item in items}.values()))


def _settings_items(settings: Settings, about_all: Steps) -> Iterator[PlannedItem]:
    """``about_all`` are the steps of the item that stands for what no other item does."""
    if not settings.exists:
        return
    path = settings.path
    yield PlannedItem(id=tenants_item(path), steps=about_all)
    for tenant in settings.tenants:
        yield PlannedItem(id=schema_item(path, tenant.name), steps=SCHEMA)
    for slo in settings.slos:
        for customer in settings.customers:
            yield PlannedItem(id=slo_item(path, slo.name, customer), steps=BURN_RATES)
    for cohort in settings.cohorts:
        for slo in settings.slos:
            yield PlannedItem(id=thresholds_item(path, cohort.name, slo.name), steps=THRESHOLDS)
    for slo in settings.slos:
        yield PlannedItem(id=determinism_item(path, slo.name), steps=BURN_RATES, laws=slo)


def _migration_items(project: Project, about_all: Steps) -> Iterator[PlannedItem]:
    steps = SCHEMA if project.settings.exists else about_all
    for database in project.settings.databases:
        for each in database.migration_sets:
            try:
                paths = list_migrations(project.root, each.path, each.kind)
            except Unreadable:
                continue  # told by the run itself, on the item of the tenants
            yield from (PlannedItem(id=migration_item(path), steps=steps) for path in paths)


def _contract_items(project: Project) -> Iterator[PlannedItem]:
    try:
        contracts, _ = read_contracts(project.root, project.settings.manifest, kept=users_cache())
    except Unreadable:
        contracts = Contracts()
    scopes = tuple(
        Scope(tenants=tuple(tenant.name for tenant in database.tenants), crates=database.services)
        for database in project.settings.databases
    )
    for item in contract_items(contracts, scopes):
        yield PlannedItem(id=item, steps=FFI if item.name.startswith("ffi.") else CONTRACTS)
