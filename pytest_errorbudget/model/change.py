"""What one statement of a migration changes, as a closed union of small values.

Every change carries the stretch of the file that asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pytest_errorbudget.model.change_composite import CompositeChange
from pytest_errorbudget.model.change_guard import GuardChange, LeaveGuards
from pytest_errorbudget.model.change_parts import (
    ColumnSpec,
    ConstraintSpec,
    Dependents,
    DroppedKind,
    Existing,
    IndexKey,
    LikeSpec,
    Name,
    Placement,
    Scope,
    TransactionVerb,
)
from pytest_errorbudget.model.change_query import QueryText
from pytest_errorbudget.model.change_table import TableChange
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import RelationKind
from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable:
    """``elements`` are columns and LIKE clauses in their order; ``partition_of`` and ``inherits`` name parents."""

    name: Name
    kind: RelationKind = RelationKind.TABLE
    elements: tuple[ColumnSpec | LikeSpec, ...] = ()
    constraints: tuple[ConstraintSpec, ...] = ()
    partition_of: Name | None = None
    inherits: tuple[Name, ...] = ()
    existing: Existing = Existing.FAILS
    temporary: bool = False
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateQueried:
    """A view, a materialized view or CREATE TABLE AS: columns come from a query, renamed by ``columns``."""

    name: Name
    kind: RelationKind
    query: QueryText
    columns: tuple[str, ...] = ()
    existing: Existing = Existing.FAILS
    temporary: bool = False
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIndex:
    """``name`` is ``None`` where PostgreSQL chooses it. ``mentions``: identifiers of expressions and predicate."""

    name: str | None
    table: Name
    keys: tuple[IndexKey, ...]
    include: tuple[str, ...] = ()
    mentions: frozenset[str] = frozenset()
    unique: bool = False
    partial: bool = False
    only: bool = False
    method: str = "btree"
    existing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateEnum:
    """CREATE TYPE ... AS ENUM."""

    name: Name
    labels: tuple[str, ...]
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEnumLabel:
    """ALTER TYPE ... ADD VALUE; ``neighbour`` is the label of BEFORE or AFTER."""

    name: Name
    label: str
    placement: Placement = Placement.LAST
    neighbour: str | None = None
    existing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameEnumLabel:
    """ALTER TYPE ... RENAME VALUE."""

    name: Name
    label: str
    to: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDomain:
    """CREATE DOMAIN."""

    name: Name
    base: PgType
    not_null: bool = False
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDomainNotNull:
    """ALTER DOMAIN ... SET NOT NULL, or DROP NOT NULL."""

    name: Name
    not_null: bool
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOtherType:
    """A range or base type: known by name only."""

    name: Name
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameType:
    """ALTER TYPE or DOMAIN ... RENAME TO."""

    name: Name
    to: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTypeSchema:
    """ALTER TYPE or DOMAIN ... SET SCHEMA."""

    name: Name
    schema: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateExtension:
    """``schema`` is ``None`` where the extension goes to the first schema of the search path."""

    name: str
    schema: str | None = None
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetExtensionSchema:
    """ALTER EXTENSION ... SET SCHEMA: its types move."""

    name: str
    schema: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSchema:
    """CREATE SCHEMA."""

    name: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameSchema:
    """ALTER SCHEMA ... RENAME TO."""

    name: str
    to: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """DROP of one object; a statement that names several gives several."""

    kind: DroppedKind
    name: Name
    dependents: Dependents = Dependents.RESTRICT
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSearchPath:
    """``schemas`` of ``None`` is the server's default."""

    schemas: tuple[str, ...] | None
    scope: Scope = Scope.SESSION
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """Control of the transaction; ``savepoint`` names one where the verb needs it."""

    verb: TransactionVerb
    savepoint: str | None = None
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRoutine:
    """A function or procedure. ``mentions`` are the identifiers of a body that may change the schema, else ``None``.

    ``guards`` says what its body may drop or alter of triggers and policies; ``None``: nothing.
    ``result`` is the type that it returns; ``None`` for a procedure, a set, and what depends on the call.
    """

    name: str
    mentions: frozenset[str] | None
    result: PgType | None = None
    guards: LeaveGuards | None = None
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRoutines:
    """A statement that calls routines which may change the schema, with the identifiers that it hands them."""

    names: tuple[str, ...]
    statement: str
    mentions: frozenset[str]
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRoutines:
    """DROP FUNCTION ... CASCADE: what depends on a trigger function is a trigger; others may carry columns."""

    names: tuple[str, ...]
    statement: str
    mentions: frozenset[str]
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueChange:
    """A statement whose effect is not known. ``mentions``: identifiers in it, of which some may be relations."""

    statement: str
    reason: str
    mentions: frozenset[str] = frozenset()
    origin: Span


Change: TypeAlias = (
    CreateTable
    | CreateQueried
    | TableChange
    | GuardChange
    | CreateIndex
    | CompositeChange
    | CreateEnum
    | AddEnumLabel
    | RenameEnumLabel
    | CreateDomain
    | SetDomainNotNull
    | CreateOtherType
    | RenameType
    | SetTypeSchema
    | CreateExtension
    | SetExtensionSchema
    | CreateSchema
    | RenameSchema
    | Drop
    | SetSearchPath
    | Transaction
    | CreateRoutine
    | CallRoutines
    | DropRoutines
    | OpaqueChange
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChanges:
    """The changes of one migration, one tuple a statement, in order; a statement without effect on the schema is empty.

    ``transactional`` is false where the tool applies the file outside a transaction.
    """

    path: str
    version: str
    statements: tuple[tuple[Change, ...], ...]
    transactional: bool = True
