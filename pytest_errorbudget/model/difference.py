"""How one schema differs from another, object by object.

Indexes and constraints are matched by what they do: the same columns under another name are no difference.
Partitions are left out: they come and go while a service runs. The order of columns is no difference either.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pytest_errorbudget.model.schema import (
    Column,
    Constraint,
    ConstraintKind,
    Domain,
    EnumType,
    Index,
    Relation,
    RelationKind,
    Schema,
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
    """``relation`` is the expected one, ``actual`` what is there instead, in this and the following classes."""

    relation: Relation
    actual: Relation
    column: Column


@dataclass(frozen=True, slots=True)
class UnexpectedColumn:
    relation: Relation
    actual: Relation
    column: Column


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
    """What fills the column where a statement leaves it out: a default, an identity, a generation expression."""

    relation: Relation
    actual: Relation
    expected_column: Column
    actual_column: Column


@dataclass(frozen=True, slots=True)
class MissingIndex:
    """``invalid`` is the index that does the same and cannot be used (``CREATE INDEX CONCURRENTLY`` failed)."""

    relation: Relation
    index: Index
    invalid: Index | None = None


@dataclass(frozen=True, slots=True)
class UnexpectedIndex:
    """``relation`` is the actual one, ``origin`` where the expected one is made."""

    relation: Relation
    index: Index
    origin: Span | None = None


@dataclass(frozen=True, slots=True)
class MissingConstraint:
    """``unproven`` is the same constraint, added ``NOT VALID``: older rows may break it."""

    relation: Relation
    constraint: Constraint
    unproven: Constraint | None = None


@dataclass(frozen=True, slots=True)
class UnexpectedConstraint:
    """``relation`` is the actual one, ``origin`` where the expected one is made."""

    relation: Relation
    constraint: Constraint
    origin: Span | None = None


@dataclass(frozen=True, slots=True)
class EnumLabelsDiffer:
    """``None`` where the enum itself is missing or not expected."""

    expected: EnumType | None
    actual: EnumType | None


@dataclass(frozen=True, slots=True)
class DomainDiffers:
    """``None`` where the domain itself is missing or not expected."""

    expected: Domain | None
    actual: Domain | None


ColumnDifference = MissingColumn | UnexpectedColumn | TypeDiffers | NullabilityDiffers | DefaultDiffers
Difference = (
    MissingTable
    | UnexpectedTable
    | ColumnDifference
    | MissingIndex
    | UnexpectedIndex
    | MissingConstraint
    | UnexpectedConstraint
    | EnumLabelsDiffer
    | DomainDiffers
)

T = TypeVar("T")
_UNIQUE_KINDS = frozenset({ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE, ConstraintKind.EXCLUDE})
_VIEW_KINDS = frozenset({RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW})


def is_view(relation: Relation) -> bool:
    return relation.kind in _VIEW_KINDS


def differences(expected: Schema, actual: Schema) -> tuple[Difference, ...]:
    """Everything in which ``actual`` is not ``expected``; enums and domains first, then relations by name."""
    return (*_enums(expected, actual), *_domains(expected, actual), *_relations(expected, actual))


def _pairs(
    expected: Iterable[T], actual: Iterable[T], key: Callable[[T], tuple[str, str]]
) -> Iterator[tuple[T | None, T | None]]:
    left, right = {key(x): x for x in expected}, {key(x): x for x in actual}
    for name in sorted(left.keys() | right.keys()):
        yield left.get(name), right.get(name)


def _enums(expected: Schema, actual: Schema) -> Iterator[Difference]:
    for left, right in _pairs(expected.enums, actual.enums, lambda e: (e.schema, e.name)):
        if left != right:
            yield EnumLabelsDiffer(left, right)


def _domains(expected: Schema, actual: Schema) -> Iterator[Difference]:
    for left, right in _pairs(expected.domains, actual.domains, lambda d: (d.schema, d.name)):
        if left != right:
            yield DomainDiffers(left, right)


def _relations(expected: Schema, actual: Schema) -> Iterator[Difference]:
    for left, right in _pairs(_compared(expected), _compared(actual), lambda r: (r.schema, r.name)):
        if left is not None and right is not None and left.kind is right.kind:
            yield from _columns(left, right)
            yield from _indexes(left, right)
            yield from _constraints(left, right)
            continue
        if left is not None:
            yield MissingTable(left)
        if right is not None:
            yield UnexpectedTable(right)


def _compared(schema: Schema) -> Iterator[Relation]:
    return (relation for relation in schema.relations if relation.kind is not RelationKind.PARTITION)


def _columns(expected: Relation, actual: Relation) -> Iterator[Difference]:
    for column in expected.columns:
        found = actual.column(column.name)
        if found is None:
            yield MissingColumn(expected, actual, column)
            continue
        if (column.type, column.base) != (found.type, found.base):
            yield TypeDiffers(expected, actual, column, found)
        if column.not_null != found.not_null:
            yield NullabilityDiffers(expected, actual, column, found)
        if _filling(column) != _filling(found):
            yield DefaultDiffers(expected, actual, column, found)
    for column in actual.columns:
        if expected.column(column.name) is None:
            yield UnexpectedColumn(expected, actual, column)


def _filling(column: Column) -> Hashable:
    return (column.has_default, column.default, column.identity, column.generated)


def _unmatched(expected: Iterable[T], actual: Iterable[T], key: Callable[[T], Hashable]) -> tuple[list[T], list[T]]:
    """What is left on both sides when equals are struck out in pairs."""
    rest = list(actual)
    missing = []
    for wanted in expected:
        same = next((x for x in rest if key(x) == key(wanted)), None)
        if same is None:
            missing.append(wanted)
        else:
            rest.remove(same)
    return missing, rest


def _own_indexes(relation: Relation) -> tuple[Index, ...]:
    """Indexes that no constraint stands for: those are compared as constraints."""
    backing = {constraint.name for constraint in relation.constraints if constraint.kind in _UNIQUE_KINDS}
    return tuple(index for index in relation.indexes if index.name not in backing)


def _index_role(index: Index) -> Hashable:
    return (index.columns, index.unique, index.partial, index.method)


def _indexes(expected: Relation, actual: Relation) -> Iterator[Difference]:
    missing, surplus = _unmatched(
        _own_indexes(expected), _own_indexes(actual), lambda index: (_index_role(index), index.valid)
    )
    for index in missing:
        invalid = next((x for x in surplus if not x.valid and _index_role(x) == _index_role(index)), None)
        if invalid is not None:
            surplus.remove(invalid)
        yield MissingIndex(expected, index, invalid)
    for index in surplus:
        yield UnexpectedIndex(actual, index, expected.origin)


def _constraint_role(constraint: Constraint) -> Hashable:
    """The expression of a CHECK is not known here: its name stands for it."""
    name = constraint.name if constraint.kind in {ConstraintKind.CHECK, ConstraintKind.EXCLUDE} else None
    return (constraint.kind, constraint.columns, constraint.references, name)


def _constraints(expected: Relation, actual: Relation) -> Iterator[Difference]:
    missing, surplus = _unmatched(
        (c for c in expected.constraints if c.kind is not ConstraintKind.NOT_NULL),
        (c for c in actual.constraints if c.kind is not ConstraintKind.NOT_NULL),
        lambda constraint: (_constraint_role(constraint), constraint.validated),
    )
    for constraint in missing:
        unproven = next((x for x in surplus if _constraint_role(x) == _constraint_role(constraint)), None)
        if unproven is not None:
            surplus.remove(unproven)
        yield MissingConstraint(expected, constraint, unproven)
    for constraint in surplus:
        yield UnexpectedConstraint(actual, constraint, expected.origin)
