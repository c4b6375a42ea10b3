"""``errorbudget.tenants.toml``: what was read of every tenant, sorted, one fact a line, so that a merge shows each
change. Schemas are written as their differences from the replay of the migrations, each distinct one once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pytest_errorbudget.model.formats.plain import NotPlain, built, inline, key_text, plain, text
from pytest_errorbudget.model.locked_tenants import LockedDatabase, LockedShape
from pytest_errorbudget.model.patch import KINDS, Patch, Put
from pytest_errorbudget.model.snapshot import Applied, Ledger, PartitionState, TenantState, VersionUnknown

VERSION = 1
_HEAD = "# Written by `pytest --errorbudget --errorbudget-update`, so that tenants are checked where no server is."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tenant:
    """A tenant's line. Without ``version`` and ``unknown`` (why it is not known) no migration is applied."""

    version: str | None = None
    unknown: str | None = None
    shape: str | None = None
    unread: str | None = None
    partitions: tuple[PartitionState, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    own: bool
    base: str | None = None
    tables: tuple[tuple[str, str], ...] | None = None


def write_tenants_lock(databases: Iterable[LockedDatabase]) -> str:
    """The text of the file."""
    lines = [_HEAD, f"version = {VERSION}"]
    for database in sorted(databases, key=lambda database: database.name):
        lines += _database(database)
    return "\n".join((*lines, ""))


def _database(database: LockedDatabase) -> Iterator[str]:
    table = f"database.{key_text(database.name)}"
    yield from ("", f"[{table}]", f"read-on = {database.read_on.isoformat()}", f"server = {database.server_version}")
    yield from _listed("candidates", (text(name) for name in database.candidates))
    if database.extension_schemas:
        yield from _listed("extension-schemas", (text(name) for name in database.extension_schemas))
    yield from ("", f"[{table}.tenants]")
    for tenant in sorted(database.tenants, key=lambda tenant: tenant.tenant):
        yield f"{key_text(tenant.tenant)} = {inline(plain(_line(tenant)))}"
    for shape in sorted(database.shapes, key=lambda shape: shape.digest):
        yield from ("", f"[{table}.shapes.{key_text(shape.digest)}]")
        head = plain(_Shape(own=shape.own, base=shape.base, tables=shape.tables))
        yield from (f"{key} = {inline(value)}" for key, value in _items(head))
        yield from _listed("less", (inline(list(place)) for place in sorted(shape.patch.less)))
        yield from _listed("more", (_put(put) for put in shape.patch.more))
    for ledger in database.ledgers:
        yield from ("", f"[[{table}.ledgers]]", f"tenants = {inline(list(ledger.tenants))}")
        yield from _listed("checksums", (inline(list(row)) for row in ledger.checksums))


def _items(table: object) -> Iterable[tuple[str, object]]:
    return table.items() if isinstance(table, dict) else ()


def _listed(key: str, values: Iterable[str]) -> Iterator[str]:
    lines = tuple(values)
    yield from (f"{key} = [", *(f"    {line}," for line in lines), "]") if lines else (f"{key} = []",)


def _put(put: Put) -> str:
    return f"[{inline(list(put.place))}, {inline(plain(put.part))}]"


def _line(state: TenantState) -> _Tenant:
    version = state.version
    return _Tenant(
        version=version.version if isinstance(version, Applied) else None,
        unknown=version.reason if isinstance(version, VersionUnknown) else None,
        shape=state.shape,
        unread=state.unread,
        partitions=state.partitions,
    )


def read_tenants_lock(content: str) -> tuple[LockedDatabase, ...]:
    """The databases of the file, by name. Raises ``NotPlain``, and ``tomllib.TOMLDecodeError`` for what is not TOML."""
    document = tomllib.loads(content)
    if document.get("version") != VERSION:
        raise NotPlain(f"its version is {document.get('version')!r}, not {VERSION}")
    databases = _table(document.get("database", {}))
    return tuple(_read_database(name, _table(databases[name])) for name in sorted(databases))


def _read_database(name: str, table: Mapping[str, Any]) -> LockedDatabase:
    read_on = table.get("read-on")
    if type(read_on) is not date:
        raise NotPlain(f"`read-on` of {name} is {read_on!r}, which is no day")
    tenants, shapes = _table(table.get("tenants")), _table(table.get("shapes", {}))
    return LockedDatabase(
        name=name,
        read_on=read_on,
        server_version=built(int, table.get("server")),
        tenants=tuple(_state(tenant, built(_Tenant, tenants[tenant])) for tenant in sorted(tenants)),
        shapes=tuple(_shape(digest, _table(shapes[digest])) for digest in sorted(shapes)),
        candidates=built(tuple[str, ...], table.get("candidates")),
        ledgers=built(tuple[Ledger, ...], table.get("ledgers", [])),
        extension_schemas=built(tuple[str, ...], table.get("extension-schemas", [])),
    )


def _state(name: str, line: _Tenant) -> TenantState:
    return TenantState(
        tenant=name,
        version=Applied(line.version) if line.unknown is None else VersionUnknown(line.unknown),
        shape=line.shape,
        unread=line.unread,
        partitions=line.partitions,
    )


def _shape(digest: str, table: Mapping[str, Any]) -> LockedShape:
    rest = {key: value for key, value in table.items() if key not in ("less", "more")}
    head = built(_Shape, rest)
    less = built(tuple[tuple[str, ...], ...], table.get("less"))
    more = table.get("more")
    if not isinstance(more, list):
        raise NotPlain(f"`more` of the shape {digest} is no list")
    patch = Patch(less, tuple(map(_read_put, more)))
    return LockedShape(digest=digest, base=head.base, own=head.own, tables=head.tables, patch=patch)


def _read_put(entry: object) -> Put:
    match entry:
        case [[str(kind), *_] as place, dict(part)] if kind in KINDS:
            return Put(built(tuple[str, ...], place), built(KINDS[kind], part))
    raise NotPlain(f"{entry!r} is no part of a schema")


def _table(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotPlain(f"{value!r} is no table")
    return value
