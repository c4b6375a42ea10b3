"""The facts file's format: what is written, and what its JSON Schema is made from.

Keys may be added; these stay. Paths are relative to the rootdir, lines and columns count from 1, lists are sorted
(columns by position), absent is ``null``.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from pytest_errorbudget.report.facts_format_budgets import FactBudget
from pytest_errorbudget.report.facts_format_rust import (
    FactDeclaredTable,
    FactFfi,
    FactHandler,
    FactQuery,
    FactRow,
    FactRustEnum,
)
from pytest_errorbudget.report.facts_format_schema import FactSchema


class FactOpaque(Struct, frozen=True, kw_only=True):
    line: int
    statement: str
    reason: str


class FactMigration(Struct, frozen=True, kw_only=True):
    """``statements`` is their number."""

    path: str
    version: str
    statements: int
    opaque: tuple[FactOpaque, ...]


class FactFailure(Struct, frozen=True, kw_only=True):
    path: str
    line: int
    column: int
    sqlstate: str
    message: str


class FactMigrations(Struct, frozen=True, kw_only=True):
    kind: str
    path: str
    files: tuple[FactMigration, ...]
    failed: FactFailure | None


class FactTenant(Struct, frozen=True, kw_only=True):
    name: str
    layout: Literal["schema", "partition", "database"]
    version: str | None
    shape: str | None
    error: str | None


class FactSet(Struct, frozen=True, kw_only=True):
    """A set of migrations before the tenants' own. ``version`` and ``shape`` are what the database has of it, ``null``
    where that is not known."""

    migrations: FactMigrations
    static: FactSchema | None
    replayed: FactSchema | None
    version: str | None
    shape: FactSchema | None


class FactDatabase(Struct, frozen=True, kw_only=True):
    """``server_version`` is the replay's. ``shapes`` holds each distinct tenant schema once. ``base`` are the sets of
    migrations before the tenants' own, in the order in which they are applied."""

    name: str
    server_version: int | None
    migrations: FactMigrations | None
    static: FactSchema | None
    replayed: FactSchema | None
    tenants: tuple[FactTenant, ...]
    shapes: dict[str, FactSchema]
    base: tuple[FactSet, ...]


class FactCounts(Struct, frozen=True, kw_only=True):
    """Alerts are evaluated at the end of every window that was counted: of ``window_us``."""

    digest: str
    window_us: int
    events: int
    duplicates: int
    windows: int


# By SLO, then tenant, then urgency (``page``, ``ticket``): the first evaluation that fires and the first that does
# not, in epoch seconds; ``null``: it still fires.
FactFirings = dict[str, dict[str, dict[str, tuple[tuple[int, int | None], ...]]]]


class FactAlerts(Struct, frozen=True, kw_only=True):
    """When alerts would have fired: the Workbook's, the generated ones, and those that the repository has now."""

    workbook: FactFirings = {}
    generated: FactFirings = {}
    present: FactFirings = {}


class FactUnread(Struct, frozen=True, kw_only=True):
    path: str
    line: int
    reason: str


class FactsFile(Struct, frozen=True, kw_only=True):
    version: Literal[1]
    as_of: str | None
    databases: tuple[FactDatabase, ...]
    rows: tuple[FactRow, ...]
    enums: tuple[FactRustEnum, ...]
    tables: tuple[FactDeclaredTable, ...]
    queries: tuple[FactQuery, ...]
    handlers: tuple[FactHandler, ...]
    ffi: tuple[FactFfi, ...]
    counts: FactCounts | None
    budgets: tuple[FactBudget, ...]
    alerts: FactAlerts
    unread: tuple[FactUnread, ...]
