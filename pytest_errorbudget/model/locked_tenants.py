"""The tenants of a database as an earlier run read them, to be checked without their server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pytest_errorbudget.model.patch import Patch
from pytest_errorbudget.model.snapshot import Ledger, TenantState

DIGITS = 16  # of a shape's digest: enough to see that a schema was rebuilt as it was


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedShape:
    """A schema as its differences from the replay after the migration ``base`` (``None``: from nothing).

    ``tables`` (schema, name) are the relations of the replay that count; ``None`` for all, and ``own`` says that of
    those only the ones in the tenants' own schema do. ``digest`` are the first 16 digits of the schema's.
    """

    digest: str
    base: str | None
    own: bool
    tables: tuple[tuple[str, str], ...] | None
    patch: Patch


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTenants:
    """What the file ``path`` said of the tenants of a ``database`` that a run read anew; shapes by 16 digits."""

    path: str
    database: str
    read_on: date
    tenants: tuple[TenantState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedDatabase:
    """``tenants`` name their shapes by 16 digits. ``read_on`` is the day (UTC) on which the server was read."""

    name: str
    read_on: date
    server_version: int
    tenants: tuple[TenantState, ...]
    shapes: tuple[LockedShape, ...]
    candidates: tuple[str, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    extension_schemas: tuple[str, ...] = ()
