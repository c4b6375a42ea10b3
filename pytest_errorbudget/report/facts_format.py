"""The facts file's format: what is written, and what its JSON Schema is made from.

Keys may be added; these stay. Paths are relative to the rootdir, lines and columns count from 1, lists are sorted
(columns by position), absent is ``null``.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from pytest_errorbudget.report.facts_format_rust import (
    FactCall,
    FactDeclaredTable,
    FactLibrary,
    FactRead,
    FactRustEnum,
)


class Origin(Struct, frozen=True, kw_only=True):
    path: str
    line: int


class FactColumn(Struct, frozen=True, kw_only=True):
    """``type`` as PostgreSQL's ``format_type`` writes it, ``null`` where the static replay cannot tell it; ``base`` is
    the type under a domain, ``generation`` the expression of a generated column."""

    name: str
    type: str | None
    base: str | None
    not_null: bool
    default: bool
    identity: Literal["always", "by default"] | None
    generated: Literal["stored", "virtual"] | None
    generation: str | None
    origin: Origin | None


class FactIndex(Struct, frozen=True, kw_only=True):
    name: str
    columns: tuple[str, ...]
    unique: bool
    primary: bool
    partial: bool
    predicate: str | None
    options: tuple[str, ...]
    include: tuple[str, ...]
    valid: bool
    origin: Origin | None


class FactReference(Struct, frozen=True, kw_only=True):
    schema: str
    relation: str
    columns: tuple[str, ...]


class FactConstraint(Struct, frozen=True, kw_only=True):
    name: str
    kind: Literal["primary key", "unique", "foreign key", "check", "exclude", "not null"]
    columns: tuple[str, ...]
    references: FactReference | None
    validated: bool
    expression: str | None
    origin: Origin | None


class FactTrigger(Struct, frozen=True, kw_only=True):
    """``definition`` is ``null`` where the static replay cannot tell it."""

    name: str
    function: str
    definition: str | None
    firing: Literal["origin", "disabled", "replica", "always"]
    origin: Origin | None


class FactPolicy(Struct, frozen=True, kw_only=True):
    name: str
    command: Literal["all", "select", "insert", "update", "delete"]
    permissive: bool
    using: str | None
    check: str | None
    origin: Origin | None


class FactRowSecurity(Struct, frozen=True, kw_only=True):
    enabled: bool
    forced: bool
    origin: Origin | None


class FactRelation(Struct, frozen=True, kw_only=True):
    """``query`` is a digest of a view's query, ``null`` where it is not known."""

    schema: str
    name: str
    kind: Literal["table", "partitioned table", "partition", "view", "materialized view", "foreign table"]
    columns: tuple[FactColumn, ...]
    indexes: tuple[FactIndex, ...]
    constraints: tuple[FactConstraint, ...]
    triggers: tuple[FactTrigger, ...]
    policies: tuple[FactPolicy, ...]
    row_security: FactRowSecurity
    query: str | None


class FactEnum(Struct, frozen=True, kw_only=True):
    schema: str
    name: str
    labels: tuple[str, ...]


class FactDomain(Struct, frozen=True, kw_only=True):
    schema: str
    name: str
    base: str
    not_null: bool
    checks: tuple[str, ...]
    default: str | None


class FactCompositeField(Struct, frozen=True, kw_only=True):
    name: str
    type: str


class FactComposite(Struct, frozen=True, kw_only=True):
    schema: str
    name: str
    fields: tuple[FactCompositeField, ...]


class FactSchema(Struct, frozen=True, kw_only=True):
    relations: tuple[FactRelation, ...]
    enums: tuple[FactEnum, ...]
    domains: tuple[FactDomain, ...]
    composites: tuple[FactComposite, ...]


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


class FactField(Struct, frozen=True, kw_only=True):
    name: str
    column: str
    type: str
    line: int


class FactRow(Struct, frozen=True, kw_only=True):
    path: str
    line: int
    column: int
    name: str
    crate: str
    library: str | None
    derives: tuple[str, ...]
    fields: tuple[FactField, ...]


class FactOutput(Struct, frozen=True, kw_only=True):
    """``type`` is the internal name (``int8``, ``text[]``); ``nullable`` is ``null`` where it is not known."""

    name: str
    type: str
    nullable: bool | None


class FactQueryError(Struct, frozen=True, kw_only=True):
    """What PostgreSQL answers, and in which shapes."""

    sqlstate: str
    message: str
    path: str
    line: int
    column: int
    shapes: tuple[str, ...]


class FactQuery(Struct, frozen=True, kw_only=True):
    """``sql`` is ``null`` where it is built at run time. ``bound`` are the Rust types of the bound values, ``null``
    where the source does not say one; ``reads`` are values taken from its rows by hand."""

    path: str
    line: int
    column: int
    function: str
    crate: str
    database: str | None
    library: FactLibrary
    call: FactCall
    target: str | None
    sql: str | None
    columns: tuple[FactOutput, ...]
    parameters: tuple[str, ...]
    bound: tuple[str | None, ...]
    reads: tuple[FactRead, ...]
    error: FactQueryError | None
    unchecked: str | None


class FactHandler(Struct, frozen=True, kw_only=True):
    path: str
    line: int
    function: str
    crate: str
    method: str
    route: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class FactFfi(Struct, frozen=True, kw_only=True):
    path: str
    line: int
    symbol: str
    side: Literal["declaration", "definition"]
    abi: str
    parameters: tuple[str, ...]
    result: str | None


class FactCounts(Struct, frozen=True, kw_only=True):
    digest: str
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
    alerts: FactAlerts
    unread: tuple[FactUnread, ...]
