"""Tenants and cohorts of a settings file."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping

from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema, Layout, Tenant
from pytest_errorbudget.readers.settings.errors import Key, Reading
from pytest_errorbudget.readers.settings.file import DatabaseTenants, PartitionTenants, SchemaTenants, SettingsFile


def tenants_of(
    reading: Reading, file: SettingsFile, position: int, locked_schemas: tuple[str, ...]
) -> tuple[Tenant, ...]:
    """The tenants of the database at ``position``, in the order of the file, without cohorts yet."""
    table = file.database[position]
    several = sum(database.tenants is not None for database in file.database) > 1
    key: Key = ("database", position, "tenants")
    layouts = _layouts(reading, table.tenants, key, locked_schemas)
    places = _places(table.tenants, key)
    return tuple(
        Tenant(
            name=f"{table.name}/{customer}" if several else customer,
            database=table.name,
            cohort=None,
            layout=layout,
            span=reading.span(places[customer]) if customer in places else None,
        )
        for customer, layout in layouts.items()
    )


def _places(table: SchemaTenants | PartitionTenants | DatabaseTenants | None, key: Key) -> Mapping[str, Key]:
    """The key of each tenant that the file lists by name."""
    match table:
        case SchemaTenants() | PartitionTenants():
            listed = table.names or ()
            return {name: (*key, "names", name if isinstance(listed, dict) else n) for n, name in enumerate(listed)}
        case DatabaseTenants():
            return {name: (*key, "urls", name) for name in table.urls}
        case None:
            return {}


def _layouts(
    reading: Reading,
    table: SchemaTenants | PartitionTenants | DatabaseTenants | None,
    key: Key,
    locked_schemas: tuple[str, ...],
) -> Mapping[str, Layout]:
    match table:
        case None:
            return {}
        case SchemaTenants():
            return {name: InSchema(schema) for name, schema in _schemas(reading, table, key, locked_schemas).items()}
        case PartitionTenants():
            names = _named(reading, table.names, (*key, "names"))
            return {name: InPartition(table.key, value, tuple(table.tables)) for name, value in names.items()}
        case DatabaseTenants():
            return {name: InDatabase(url) for name, url in table.urls.items()}


def _schemas(reading: Reading, table: SchemaTenants, key: Key, locked_schemas: tuple[str, ...]) -> Mapping[str, str]:
    if table.names is not None:
        if table.pattern is not None:
            reading.problem((*key, "pattern"), "`names` and `pattern` exclude each other", "keep one of them")
        return _named(reading, table.names, (*key, "names"))
    if table.pattern is None:
        reading.problem(
            key, "this layout lists no tenants", 'write `names = ["acme", …]`, or `pattern = "tenant_*"` and a lock'
        )
        return {}
    pattern, left_out = table.pattern, set(table.except_)
    return {name: name for name in locked_schemas if fnmatch.fnmatchcase(name, pattern) and name not in left_out}


def _named(reading: Reading, names: list[str] | dict[str, str], key: Key) -> Mapping[str, str]:
    if isinstance(names, dict):
        _refuse_twice(reading, names.values(), key, "two tenants share")
        return names
    _refuse_twice(reading, names, key, "listed twice:")
    return {name: name for name in names}


def _refuse_twice(reading: Reading, names: Iterable[str], key: Key, what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            reading.problem(key, f"{what} `{name}`", "each tenant has a place of its own, once")
        seen.add(name)
