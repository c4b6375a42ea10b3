"""Differences of the indexes and constraints of one relation."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.model.difference import (
    CheckDiffers,
    ConstraintDifference,
    DuplicateIndex,
    IndexDifference,
    InvalidIndex,
    MissingConstraint,
    MissingIndex,
    UnexpectedConstraint,
    UnexpectedIndex,
    UnvalidatedConstraint,
)
from pytest_errorbudget.model.matching import told_alike, unmatched
from pytest_errorbudget.model.schema import Constraint, ConstraintKind, Index, Relation

_UNIQUE_KINDS = frozenset({ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE, ConstraintKind.EXCLUDE})
_NAMED_KINDS = frozenset({ConstraintKind.CHECK, ConstraintKind.EXCLUDE})


def own_indexes(relation: Relation) -> tuple[Index, ...]:
    """Indexes that no constraint stands for: those are compared as constraints."""
    backing = {constraint.name for constraint in relation.constraints if constraint.kind in _UNIQUE_KINDS}
    return tuple(index for index in relation.indexes if index.name not in backing)


def same_role(left: Index, right: Index) -> bool:
    """Whether two indexes do the same, whatever they are called and whether or not they are valid."""
    return _role(left) == _role(right) and told_alike(left.predicate, right.predicate)


def _role(index: Index) -> tuple[object, ...]:
    return (
        index.columns,
        index.unique,
        index.partial,
        index.method,
        index.options,
        index.include,
        index.nulls_equal,
    )


def duplicates(relation: Relation) -> Iterator[tuple[Index, Index]]:
    """Indexes that do what another one of the relation does, each with the one that stays: a constraint's, else the
    first. One that is not valid stands for nothing."""
    own = {index.name for index in own_indexes(relation)}
    kept: list[Index] = [index for index in relation.indexes if index.name not in own]
    for index in (index for index in relation.indexes if index.name in own and index.valid):
        twin = next((other for other in kept if same_role(index, other)), None)
        if twin is None:
            kept.append(index)
        else:
            yield index, twin


def indexes(expected: Relation, actual: Relation) -> Iterator[IndexDifference]:
    missing, surplus, _ = unmatched(
        own_indexes(expected),
        own_indexes(actual),
        lambda wanted, found: same_role(wanted, found) and (found.valid or not wanted.valid),
    )
    for index in missing:
        invalid = next((found for found in surplus if same_role(index, found)), None)
        if invalid is None:
            yield MissingIndex(expected, index)
        else:
            surplus.remove(invalid)
            yield InvalidIndex(expected, index, invalid)
    for place, index in enumerate(surplus):
        others = (other for other in actual.indexes if other.valid and other not in surplus[place:])
        twin = next((other for other in others if same_role(index, other)), None) if index.valid else None
        if twin is None:
            yield UnexpectedIndex(actual, index, expected.origin)
        else:
            yield DuplicateIndex(actual, index, twin, expected.origin)


def constraints(expected: Relation, actual: Relation) -> Iterator[ConstraintDifference]:
    missing, surplus, pairs = unmatched(_compared(expected), _compared(actual), _same)
    for wanted, found in pairs:
        if wanted.validated and not found.validated:
            yield UnvalidatedConstraint(expected, wanted, found)
    for constraint in missing:
        namesake = next((c for c in surplus if c.kind is constraint.kind and _is_namesake(c, constraint)), None)
        if namesake is None:
            yield MissingConstraint(expected, constraint)
        else:
            surplus.remove(namesake)
            yield CheckDiffers(expected, constraint, namesake)
    for constraint in surplus:
        yield UnexpectedConstraint(actual, constraint, expected.origin)


def _compared(relation: Relation) -> Iterator[Constraint]:
    return (constraint for constraint in relation.constraints if constraint.kind is not ConstraintKind.NOT_NULL)


def _same(wanted: Constraint, found: Constraint) -> bool:
    """A CHECK is what it tests; where that is not known, its name stands for it."""
    if wanted.kind is not found.kind:
        return False
    if wanted.kind not in _NAMED_KINDS:
        return (wanted.columns, wanted.references) == (found.columns, found.references)
    if wanted.expression is not None and found.expression is not None:
        return wanted.expression == found.expression
    return (wanted.name, wanted.columns) == (found.name, found.columns)


def _is_namesake(one: Constraint, other: Constraint) -> bool:
    told = one.expression is not None and other.expression is not None
    return one.kind is ConstraintKind.CHECK and one.name == other.name and told
