"""The facts file's part about schemas: relations, what hangs on them, and types.

``origin`` is where a migration made a thing, ``null`` where no migration is known.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


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
