"""A database per tenant: one snapshot each, and a moment at which all of them held.

Snapshots of several databases cannot be one. So all are read, and then all are marked again: a database whose marks
are still the same did not change in between. One that did is read again, and all are marked again; the moment between
the last read and the first mark is then one at which every tenant was as it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg

from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.snapshot import AppliedVersion, VersionUnknown
from pytest_errorbudget.model.tenant import InDatabase, Tenant
from pytest_errorbudget.readers.catalog.read import read_all
from pytest_errorbudget.readers.catalog.reading import Reading, Source, TenantRead
from pytest_errorbudget.readers.catalog.session import not_read, read_only
from pytest_errorbudget.readers.catalog.tenant_schemas import schema_marks
from pytest_errorbudget.readers.catalog.versions import Checksums
from pytest_errorbudget.readers.scratch.open import resolve_url

_CONNECTIONS = 8
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Marked:
    """What was read of one database, and the marks that another look at it must show again."""

    read: TenantRead
    marks: Hashable
    server_version: int


Apart = tuple[Tenant, InDatabase]


def read_in_databases(
    tenants: Sequence[Apart], source: Source, env: Mapping[str, str]
) -> tuple[tuple[TenantRead, ...], int]:
    """The tenants in the order given, and the newest server version among them (0 where none answered)."""
    if not tenants:
        return (), 0
    found = settled(tenants, lambda tenant: _read(tenant, source, env), lambda tenant: _mark(tenant, source, env))
    return tuple(found[tenant.name].read for tenant, _ in tenants), max(one.server_version for one in found.values())


def settled(
    tenants: Sequence[Apart], read: Callable[[Apart], Marked], mark: Callable[[Apart], Marked]
) -> Mapping[str, Marked]:
    """What was read of each tenant, so that all of it held at one moment; one that changes each time is ``unread``."""
    with ThreadPoolExecutor(max_workers=min(_CONNECTIONS, len(tenants))) as threads:

        def each(what: Callable[[Apart], Marked], some: Sequence[Apart]) -> dict[str, Marked]:
            return {tenant.name: one for (tenant, _), one in zip(some, threads.map(what, some), strict=True)}

        found = each(read, tenants)
        changed = _changed(tenants, found, each(mark, tenants))
        for _ in range(_ROUNDS - 1):
            if not changed:
                break
            found |= each(read, changed)
            changed = _changed(tenants, found, each(mark, tenants))
    reason = f"its schema changed each of the {_ROUNDS} times that it was read"
    return found | {tenant.name: Marked(_unread(tenant, reason), None, 0) for tenant, _ in changed}


def _changed(tenants: Sequence[Apart], before: Mapping[str, Marked], after: Mapping[str, Marked]) -> tuple[Apart, ...]:
    """Those that were read and are no longer what they were; one that cannot be read now stays as it was."""
    return tuple(
        one
        for one in tenants
        if before[one[0].name].read.unread is None
        and after[one[0].name].read.unread is None
        and before[one[0].name].marks != after[one[0].name].marks
    )


def _unread(tenant: Tenant, reason: str) -> TenantRead:
    return TenantRead(tenant=tenant, version=VersionUnknown(reason), schema=None, unread=reason)


def _read(apart: Apart, source: Source, env: Mapping[str, str]) -> Marked:
    def look(reading: Reading) -> Marked:
        schema = read_all(reading.session, source.bookkeeping)
        version, checksums, marks = _marks(reading)
        read = TenantRead(
            tenant=apart[0],
            version=version,
            schema=schema,
            checksums=checksums,
            extension_schemas=reading.extension_schemas(),
        )
        return Marked(read, marks, reading.session.info.server_version)

    return _looked(apart, source, env, look)


def _mark(apart: Apart, source: Source, env: Mapping[str, str]) -> Marked:
    def look(reading: Reading) -> Marked:
        version, _, marks = _marks(reading)
        read = TenantRead(tenant=apart[0], version=version, schema=None)
        return Marked(read, marks, reading.session.info.server_version)

    return _looked(apart, source, env, look)


def _marks(reading: Reading) -> tuple[AppliedVersion, Checksums | None, Hashable]:
    version, checksums = reading.only_version(reading.holders())
    return version, checksums, (version, checksums, schema_marks(reading.session, reading.source.bookkeeping))


def _looked(apart: Apart, source: Source, env: Mapping[str, str], look: Callable[[Reading], Marked]) -> Marked:
    """An error concerns this tenant alone."""
    tenant, layout = apart
    place = f"tenant {tenant.name}"
    try:
        conninfo = resolve_url(layout.url, env, place)
        try:
            with read_only(conninfo) as session:
                return look(Reading(session=session, conninfo=conninfo, source=source))
        except psycopg.OperationalError as error:
            return Marked(_unread(tenant, not_read(place, conninfo, error).message), None, 0)
    except Unreadable as error:
        return Marked(_unread(tenant, error.problem.message), None, 0)
