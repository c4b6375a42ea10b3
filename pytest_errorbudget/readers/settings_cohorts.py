"""Cohorts of the settings: each tenant is in exactly one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from fractions import Fraction

from pytest_errorbudget.model.settings import Cohort, Database
from pytest_errorbudget.model.share import parse_share
from pytest_errorbudget.model.tenant import Tenant
from pytest_errorbudget.readers.settings_errors import Key, Reading
from pytest_errorbudget.readers.settings_file import SettingsFile


def cohorts_of(
    reading: Reading, file: SettingsFile, databases: tuple[Database, ...]
) -> tuple[tuple[Tenant, ...], tuple[Cohort, ...]]:
    """All tenants with their cohorts, and the cohorts. Where cohorts are written, each tenant is in exactly one;
    where none are, every tenant is in the cohort ``all``."""
    tenants = tuple(tenant for database in databases for tenant in database.tenants)
    customers = tuple(dict.fromkeys(tenant.customer for tenant in tenants))
    if not file.cohorts:
        everyone = (Cohort(name="all", tenants=customers),) if customers else ()
        return tuple(replace(tenant, cohort="all") for tenant in tenants), everyone
    members = _members(reading, file, customers)
    for customer in customers:
        if not any(customer in names for names in members.values()):
            reading.problem(
                ("cohorts",),
                f"the tenant `{customer}` is in no cohort",
                'add it to one, or write `tenants = "others"` in the cohort that takes the rest',
            )
    cohorts = tuple(
        Cohort(name=name, tenants=names, objectives=_objectives(reading, file, name)) for name, names in members.items()
    )
    cohort_of = {customer: name for name, names in members.items() for customer in names}
    return tuple(replace(tenant, cohort=cohort_of.get(tenant.customer)) for tenant in tenants), cohorts


def _members(reading: Reading, file: SettingsFile, customers: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Who is named, then who fits a pattern, then the others."""
    cohort_of = _named(reading, file, customers)
    _matched(reading, file, customers, cohort_of)
    rest = [name for name, table in file.cohorts.items() if isinstance(table.tenants, str)]
    for name in rest[1:]:
        reading.problem(("cohorts", name, "tenants"), f"`others` is taken by the cohort `{rest[0]}` already")
    for customer in customers if rest else ():
        cohort_of.setdefault(customer, rest[0])
    return {name: tuple(each for each in customers if cohort_of.get(each) == name) for name in file.cohorts}


def _entries(file: SettingsFile) -> Iterator[tuple[Key, str, str]]:
    """Every entry of a list: its key, its cohort, and a tenant's name or a pattern."""
    for name, table in file.cohorts.items():
        if not isinstance(table.tenants, str):
            for position, entry in enumerate(table.tenants):
                yield ("cohorts", name, "tenants", position), name, entry


def _named(reading: Reading, file: SettingsFile, customers: tuple[str, ...]) -> dict[str, str]:
    cohort_of: dict[str, str] = {}
    for key, cohort, customer in _entries(file):
        if _is_pattern(customer):
            continue
        if customer not in customers:
            known = ", ".join(f"`{known}`" for known in customers) or "none"
            reading.problem(key, f"there is no tenant `{customer}`", f"listed are: {known}")
        elif customer in cohort_of:
            reading.problem(key, f"the tenant `{customer}` is in the cohort `{cohort_of[customer]}` already")
        cohort_of.setdefault(customer, cohort)
    return cohort_of


def _matched(reading: Reading, file: SettingsFile, customers: tuple[str, ...], cohort_of: dict[str, str]) -> None:
    free = [customer for customer in customers if customer not in cohort_of]
    for key, cohort, pattern in _entries(file):
        matching = [customer for customer in free if _is_pattern(pattern) and fnmatchcase(customer, pattern)]
        for customer in matching:
            if cohort_of.setdefault(customer, cohort) != cohort:
                message = f"the pattern `{pattern}` takes the tenant `{customer}`, which is in the cohort "
                reading.problem(key, f"{message}`{cohort_of[customer]}` already", "name the tenant in one of them")


def _is_pattern(entry: str) -> bool:
    return any(sign in entry for sign in "*?[")


def _objectives(reading: Reading, file: SettingsFile, cohort: str) -> tuple[tuple[str, Fraction], ...]:
    objectives: list[tuple[str, Fraction]] = []
    for slo, text in sorted(file.cohorts[cohort].objectives.items()):
        try:
            objectives.append((slo, parse_share(text)))
        except ValueError as error:
            reading.problem(("cohorts", cohort, "objectives", slo), str(error))
    return tuple(objectives)
