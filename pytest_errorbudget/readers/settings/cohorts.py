"""Cohorts of the settings: each tenant is in exactly one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from fractions import Fraction

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.settings import Cohort, CohortColumn, Database
from pytest_errorbudget.model.share import parse_share
from pytest_errorbudget.model.tenant import Tenant
from pytest_errorbudget.readers.settings.errors import Key, Reading
from pytest_errorbudget.readers.settings.file import CohortTable, DatabaseTable, SettingsFile


def cohort_column(table: DatabaseTable) -> CohortColumn | None:
    found = table.cohorts
    return None if found is None else CohortColumn(table=found.table, tenant=found.tenant, cohort=found.cohort)


def cohorts_of(
    reading: Reading, file: SettingsFile, databases: tuple[Database, ...], locked: Mapping[str, str]
) -> tuple[tuple[Tenant, ...], tuple[Cohort, ...]]:
    """All tenants with their cohorts, and the cohorts. Where cohorts are written, each tenant is in exactly one;
    where none are, every tenant is in the cohort ``all``. ``locked`` are the cohorts that the lock knows by tenant."""
    tenants = tuple(tenant for database in databases for tenant in database.tenants)
    customers = tuple(dict.fromkeys(tenant.customer for tenant in tenants))
    _check_known(reading, file, customers)
    by_column = any(database.cohorts is not None for database in databases)
    if not file.cohorts and not by_column:
        own = _own_objectives(reading, file, customers)
        everyone = (Cohort(name="all", tenants=customers, own_objectives=own),) if customers else ()
        return tuple(replace(tenant, cohort="all") for tenant in tenants), everyone
    cohort_of = _cohort_of(reading, file, customers, locked if by_column else {})
    for customer in customers:
        if customer not in cohort_of:
            _without(reading, customer, by_column)
    names = (*file.cohorts, *sorted({name for name in cohort_of.values() if name not in file.cohorts}))
    members = {name: tuple(each for each in customers if cohort_of.get(each) == name) for name in names}
    cohorts = tuple(
        Cohort(
            name=name,
            tenants=members[name],
            objectives=_objectives(reading, ("cohorts", name, "objectives"), _table(file, name).objectives),
            own_objectives=_own_objectives(reading, file, members[name]),
        )
        for name in names
    )
    return tuple(replace(tenant, cohort=cohort_of.get(tenant.customer)) for tenant in tenants), cohorts


def _without(reading: Reading, customer: str, by_column: bool) -> None:
    if by_column:
        reason = "its cohort is not known yet: run once with `--errorbudget-update`, where the database can be reached"
        reading.unchecked.append(Unchecked("cohort", customer, reason))
        return
    reading.problem(
        ("cohorts",),
        f"the tenant `{customer}` is in no cohort",
        'add it to one, or write `tenants = "others"` in the cohort that takes the rest',
    )


def _cohort_of(
    reading: Reading, file: SettingsFile, customers: tuple[str, ...], locked: Mapping[str, str]
) -> dict[str, str]:
    """Who is named, then who fits a pattern, then what the column says, then the others."""
    cohort_of = _named(reading, file, customers)
    _matched(reading, file, customers, cohort_of)
    for customer in customers:
        if customer in locked:
            cohort_of.setdefault(customer, locked[customer])
    rest = [name for name, table in file.cohorts.items() if isinstance(table.tenants, str)]
    for name in rest[1:]:
        reading.problem(
            ("cohorts", name, "tenants"),
            f"`others` is taken by the cohort `{rest[0]}` already",
            "let one cohort take the rest",
        )
    for customer in customers if rest else ():
        cohort_of.setdefault(customer, rest[0])
    return cohort_of


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
            reading.problem(
                key,
                f"the tenant `{customer}` is in the cohort `{cohort_of[customer]}` already",
                "name it in one of them",
            )
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


def _table(file: SettingsFile, cohort: str) -> CohortTable:
    return file.cohorts.get(cohort, CohortTable())


def _objectives(reading: Reading, key: Key, written: Mapping[str, str]) -> tuple[tuple[str, Fraction], ...]:
    objectives: list[tuple[str, Fraction]] = []
    for slo, text in sorted(written.items()):
        try:
            objectives.append((slo, parse_share(text)))
        except ValueError as error:
            reading.problem((*key, slo), str(error))
    return tuple(objectives)


def _own_objectives(
    reading: Reading, file: SettingsFile, tenants: tuple[str, ...]
) -> tuple[tuple[str, str, Fraction], ...]:
    """Those of the ``[objectives.TENANT]`` of these tenants."""
    return tuple(
        (tenant, slo, target)
        for tenant in tenants
        for slo, target in _objectives(reading, ("objectives", tenant), file.objectives.get(tenant, {}))
    )


def _check_known(reading: Reading, file: SettingsFile, customers: tuple[str, ...]) -> None:
    for tenant in file.objectives:
        if tenant not in customers:
            known = ", ".join(f"`{name}`" for name in customers) or "none"
            reading.problem(("objectives", tenant), f"there is no tenant `{tenant}`", f"listed are: {known}")
