"""In what one schema may differ from another, object by object. ``model.differences`` finds it."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.schema import (
    Column,
    CompositeType,
    Constraint,
    Domain,
    EnumType,
    Index,
    Policy,
    Relation,
    RelationKind,
    Trigger,
)
from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True)
class MissingTable:
    """``relation`` is expected and not there. Views count as tables."""

    relation: Relation


@dataclass(frozen=True, slots=True)
class UnexpectedTable:
    """``relation`` is there and not expected."""

    relation: Relation


@dataclass(frozen=True, slots=True)
class MissingColumn:
    """``relation`` is the expected one, ``actual`` what is there instead, in this and the following classes.

    ``renamed`` is the only unexpected column that fits: perhaps the same one under another name.
    """

    relation: Relation
    actual: Relation
    column: Column
    renamed: Column | None = None


@dataclass(frozen=True, slots=True)
class UnexpectedColumn:
    """``renamed`` is the only missing column that fits: perhaps the same one under another name."""

    relation: Relation
    actual: Relation
    column: Column
    renamed: Column | None = None


@dataclass(frozen=True, slots=True)
class TypeDiffers:
    """Also where only the type under a domain differs."""

    relation: Relation
    actual: Relation
    expected_column: Column
    actual_column: Column


@dataclass(frozen=True, slots=True)
class NullabilityDiffers:
    relation: Relation
    actual: Relation
    expected_column: Column
    actual_column: Column


@dataclass(frozen=True, slots=True)
class DefaultDiffers:
    """The default of a column that the server does not fill by itself on either side."""

    relation: Relation
    actual: Relation
    expected_column: Column
    actual_column: Column


@dataclass(frozen=True, slots=True)
class GeneratedDiffers:
    """Identity, or what a column is computed from."""

    relation: Relation
    actual: Relation
    expected_column: Column
    actual_column: Column


@dataclass(frozen=True, slots=True)
class MissingIndex:
    relation: Relation
    index: Index


@dataclass(frozen=True, slots=True)
class InvalidIndex:
    """``invalid`` is the index that does the same and cannot be used (``CREATE INDEX CONCURRENTLY`` failed)."""

    relation: Relation
    index: Index
    invalid: Index


@dataclass(frozen=True, slots=True)
class DuplicateIndex:
    """An index that is not expected, and that does what ``twin`` does. ``relation`` is the actual one, ``origin`` where
    the expected one is made."""

    relation: Relation
    index: Index
    twin: Index
    origin: Span | None = None


@dataclass(frozen=True, slots=True)
class UnexpectedIndex:
    """``relation`` is the actual one, ``origin`` where the expected one is made."""

    relation: Relation
    index: Index
    origin: Span | None = None


@dataclass(frozen=True, slots=True)
class MissingConstraint:
    relation: Relation
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class UnvalidatedConstraint:
    """``unproven`` is the same constraint, added ``NOT VALID``: older rows may break it."""

    relation: Relation
    constraint: Constraint
    unproven: Constraint


@dataclass(frozen=True, slots=True)
class CheckDiffers:
    """Two checks of one name that test different things."""

    relation: Relation
    expected: Constraint
    actual: Constraint


@dataclass(frozen=True, slots=True)
class UnexpectedConstraint:
    """``relation`` is the actual one, ``origin`` where the expected one is made."""

    relation: Relation
    constraint: Constraint
    origin: Span | None = None


@dataclass(frozen=True, slots=True)
class ViewDiffers:
    """Two views of the same columns with different queries."""

    relation: Relation
    actual: Relation


@dataclass(frozen=True, slots=True)
class MissingTrigger:
    """``instead`` is the trigger of the same name that does something else, or at another time."""

    relation: Relation
    trigger: Trigger
    instead: Trigger | None = None


@dataclass(frozen=True, slots=True)
class UnexpectedTrigger:
    """``relation`` is the actual one, ``origin`` where the expected one is made."""

    relation: Relation
    trigger: Trigger
    origin: Span | None = None


@dataclass(frozen=True, slots=True)
class MissingPolicy:
    """``instead`` is the policy of the same name that lets other rows through."""

    relation: Relation
    policy: Policy
    instead: Policy | None = None


@dataclass(frozen=True, slots=True)
class UnexpectedPolicy:
    """``relation`` is the actual one, ``origin`` where the expected one is made."""

    relation: Relation
    policy: Policy
    origin: Span | None = None


@dataclass(frozen=True, slots=True)
class RowSecurityDiffers:
    relation: Relation
    actual: Relation


@dataclass(frozen=True, slots=True)
class EnumLabelsDiffer:
    """``None`` where the enum itself is missing or not expected."""

    expected: EnumType | None
    actual: EnumType | None


@dataclass(frozen=True, slots=True)
class CompositeDiffers:
    """``None`` where the composite type itself is missing or not expected."""

    expected: CompositeType | None
    actual: CompositeType | None


@dataclass(frozen=True, slots=True)
class DomainDiffers:
    """``None`` where the domain itself is missing or not expected."""

    expected: Domain | None
    actual: Domain | None


ColumnDifference = (
    MissingColumn | UnexpectedColumn | TypeDiffers | NullabilityDiffers | DefaultDiffers | GeneratedDiffers
)
IndexDifference = MissingIndex | InvalidIndex | DuplicateIndex | UnexpectedIndex
ConstraintDifference = MissingConstraint | UnvalidatedConstraint | CheckDiffers | UnexpectedConstraint
GuardDifference = MissingTrigger | UnexpectedTrigger | MissingPolicy | UnexpectedPolicy | RowSecurityDiffers
Difference = (
    MissingTable
    | UnexpectedTable
    | ColumnDifference
    | IndexDifference
    | ConstraintDifference
    | ViewDiffers
    | GuardDifference
    | EnumLabelsDiffer
    | DomainDiffers
    | CompositeDiffers
)

_VIEW_KINDS = frozenset({RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW})


def is_view(relation: Relation) -> bool:
    return relation.kind in _VIEW_KINDS
