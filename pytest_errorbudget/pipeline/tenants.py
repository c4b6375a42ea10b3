"""The tenants of a database: read from their server, else taken from the file in which an earlier run kept them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from pytest_errorbudget.model.locked_tenants import KeptTenants, LockedDatabase
from pytest_errorbudget.model.migration import RealReplay
from pytest_errorbudget.model.problem import Unchecked, Unreadable
from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.snapshot import Snapshot
from pytest_errorbudget.model.tenant import InDatabase
from pytest_errorbudget.pipeline.gathering import Gathering


@dataclass(frozen=True, slots=True)
class Tenants:
    """What is known of a database's tenants; ``kept`` where they were read although a file says of them what was."""

    snapshot: Snapshot | None
    kept: KeptTenants | None = None


def read_tenants(
    gathering: Gathering, database: Database, replay: RealReplay | None, read: Callable[[], Snapshot]
) -> Tenants:
    """``read``'s answer where a server is named and answers. A server that was named and does not answer is a problem,
    also where the file stands in for it; one that nobody named here is none, if the file is there."""
    locked = _locked(gathering, database)
    nobodys: Snapshot | None = None
    if database.is_live and (locked is None or _is_named(database)):
        snapshot = gathering.attempt(read if locked is None else lambda: _or_kept(read, locked), nobodys)
        if snapshot is not None:
            return Tenants(snapshot) if locked is None else _beside(gathering, database, snapshot, locked, replay)
    if locked is None:
        return Tenants(None)
    from pytest_errorbudget.pipeline.tenants_lock import TENANTS_FILE, snapshot_from_lock

    why = "its server could not be read" if database.is_live and _is_named(database) else "no server is named here"
    gathering.unchecked.append(
        Unchecked("tenants", database.name, f"taken from {TENANTS_FILE}, as they were on {locked.read_on}: {why}")
    )
    return Tenants(snapshot_from_lock(database, locked, replay))


def _or_kept(read: Callable[[], Snapshot], locked: LockedDatabase) -> Snapshot:
    """``read``'s answer. Raises ``Unreadable`` that says what stands in."""
    from pytest_errorbudget.pipeline.tenants_lock import TENANTS_FILE

    try:
        return read()
    except Unreadable as error:
        instead = f"The tenants are checked as {TENANTS_FILE} has them, of {locked.read_on}, and not as they are now."
        raise Unreadable(replace(error.problem, consequence=instead)) from None


def _beside(
    gathering: Gathering, database: Database, snapshot: Snapshot, locked: LockedDatabase, replay: RealReplay | None
) -> Tenants:
    """What was read, filled from the file where a tenant is out of reach; each of these is told."""
    from pytest_errorbudget.pipeline.tenants_lock import TENANTS_FILE, filled_from_lock

    filled, names = filled_from_lock(database, snapshot, locked, replay)
    for state in (state for state in snapshot.tenants if state.tenant in names):
        reason = f"taken from {TENANTS_FILE}, as it was on {locked.read_on}: {state.unread}"
        gathering.unchecked.append(Unchecked("tenant", state.tenant, reason))
    kept = KeptTenants(path=TENANTS_FILE, database=database.name, read_on=locked.read_on, tenants=locked.tenants)
    return Tenants(filled, kept)


def _locked(gathering: Gathering, database: Database) -> LockedDatabase | None:
    """What an earlier run kept of this database. An update is about to write it anew, and holds on to none of it."""
    if gathering.request.update:
        return None
    from pytest_errorbudget.readers.tenants_lock_file import read_tenants_lock

    nothing: tuple[LockedDatabase, ...] = ()
    kept = gathering.attempt(lambda: read_tenants_lock(gathering.request.project.lock), nothing)
    return next((each for each in kept if each.name == database.name), None)


def _is_named(database: Database) -> bool:
    """Whether any of the database's URLs leads somewhere on this machine: ``env:NAME`` needs the variable."""
    own = () if database.url is None else (database.url,)
    urls = (*own, *(tenant.layout.url for tenant in database.tenants if isinstance(tenant.layout, InDatabase)))
    return any(not url.startswith("env:") or os.environ.get(url.removeprefix("env:")) for url in urls)
