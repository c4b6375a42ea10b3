"""What one action of ALTER TABLE changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pytest_errorbudget.model.change_parts import ColumnSpec, ConstraintSpec, DefaultKind, Dependents, Existing, Name
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import Identity
from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn:
    """``constraints`` are those written with the column."""

    table: Name
    column: ColumnSpec
    constraints: tuple[ConstraintSpec, ...] = ()
    missing: Existing = Existing.FAILS
    existing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumn:
    """ALTER TABLE ... DROP COLUMN."""

    table: Name
    column: str
    dependents: Dependents = Dependents.RESTRICT
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterColumnType:
    """ALTER COLUMN ... TYPE."""

    table: Name
    column: str
    type: PgType
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNotNull:
    """ALTER COLUMN ... SET NOT NULL."""

    table: Name
    column: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DropNotNull:
    """ALTER COLUMN ... DROP NOT NULL."""

    table: Name
    column: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDefault:
    """ALTER COLUMN ... SET DEFAULT."""

    table: Name
    column: str
    default: DefaultKind
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDefault:
    """ALTER COLUMN ... DROP DEFAULT."""

    table: Name
    column: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIdentity:
    """ALTER COLUMN ... ADD GENERATED AS IDENTITY, or SET GENERATED."""

    table: Name
    column: str
    identity: Identity
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIdentity:
    """ALTER COLUMN ... DROP IDENTITY."""

    table: Name
    column: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DropExpression:
    """ALTER COLUMN ... DROP EXPRESSION: an ordinary column from now on."""

    table: Name
    column: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumn:
    """ALTER TABLE ... RENAME COLUMN, the word COLUMN being optional."""

    table: Name
    column: str
    to: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameRelation:
    """ALTER TABLE (or VIEW, INDEX ...) ... RENAME TO; the name may be that of an index."""

    name: Name
    to: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRelationSchema:
    """ALTER TABLE ... SET SCHEMA."""

    name: Name
    schema: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AddConstraint:
    """ALTER TABLE ... ADD CONSTRAINT."""

    table: Name
    constraint: ConstraintSpec
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DropConstraint:
    """ALTER TABLE ... DROP CONSTRAINT."""

    table: Name
    name: str
    dependents: Dependents = Dependents.RESTRICT
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameConstraint:
    """ALTER TABLE ... RENAME CONSTRAINT."""

    table: Name
    name: str
    to: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateConstraint:
    """ALTER TABLE ... VALIDATE CONSTRAINT."""

    table: Name
    name: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachPartition:
    """ALTER TABLE ... ATTACH PARTITION."""

    table: Name
    partition: Name
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachPartition:
    """ALTER TABLE ... DETACH PARTITION."""

    table: Name
    partition: Name
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherit:
    """ALTER TABLE ... INHERIT."""

    table: Name
    parent: Name
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class NoInherit:
    """ALTER TABLE ... NO INHERIT."""

    table: Name
    parent: Name
    missing: Existing = Existing.FAILS
    origin: Span


TableChange: TypeAlias = (
    AddColumn
    | DropColumn
    | AlterColumnType
    | SetNotNull
    | DropNotNull
    | SetDefault
    | DropDefault
    | SetIdentity
    | DropIdentity
    | DropExpression
    | RenameColumn
    | RenameRelation
    | SetRelationSchema
    | AddConstraint
    | DropConstraint
    | RenameConstraint
    | ValidateConstraint
    | AttachPartition
    | DetachPartition
    | Inherit
    | NoInherit
)
