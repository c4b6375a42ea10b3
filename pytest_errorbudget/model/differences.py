"""How one schema differs from another, object by object.

Indexes, constraints and triggers are matched by what they do: the same under another name is no difference.
Partitions are left out: they come and go while a service runs. The order of columns is no difference either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from pytest_errorbudget.model.difference import (
    CompositeDiffers,
    DefaultDiffers,
    Difference,
    DomainDiffers,
    EnumLabelsDiffer,
    GeneratedDiffers,
    MissingColumn,
    MissingTable,
    NullabilityDiffers,
    TypeDiffers,
    UnexpectedColumn,
    UnexpectedTable,
    ViewDiffers,
)
from pytest_errorbudget.model.differing_guards import guards
from pytest_errorbudget.model.differing_parts import constraints, indexes
from pytest_errorbudget.model.matching import told_alike
from pytest_errorbudget.model.schema import Column, Relation, RelationKind, Schema

T = TypeVar("T")


def differences(expected: Schema, actual: Schema) -> tuple[Difference, ...]:
    """Everything in which ``actual`` is not ``expected``; enums, domains and composite types first, then relations by
    name.

    An expression that is not known on one side is no difference.
    """
    types = (*_enums(expected, actual), *_domains(expected, actual), *_composites(expected, actual))
    return (*types, *_relations(expected, actual))


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


def _composites(expected: Schema, actual: Schema) -> Iterator[Difference]:
    for left, right in _pairs(expected.composites, actual.composites, lambda c: (c.schema, c.name)):
        if left != right:
            yield CompositeDiffers(left, right)


def _relations(expected: Schema, actual: Schema) -> Iterator[Difference]:
    for left, right in _pairs(_compared(expected), _compared(actual), lambda r: (r.schema, r.name)):
        if left is not None and right is not None and left.kind is right.kind:
            yield from _relation(left, right)
            continue
        if left is not None:
            yield MissingTable(left)
        if right is not None:
            yield UnexpectedTable(right)


def _compared(schema: Schema) -> Iterator[Relation]:
    return (relation for relation in schema.relations if relation.kind is not RelationKind.PARTITION)


def _relation(expected: Relation, actual: Relation) -> Iterator[Difference]:
    found = tuple(_columns(expected, actual))
    yield from found
    if not found and not told_alike(expected.query, actual.query):
        yield ViewDiffers(expected, actual)
    yield from indexes(expected, actual)
    yield from constraints(expected, actual)
    yield from guards(expected, actual)


def _columns(expected: Relation, actual: Relation) -> Iterator[Difference]:
    missing = [column for column in expected.columns if actual.column(column.name) is None]
    surplus = [column for column in actual.columns if expected.column(column.name) is None]
    for column in expected.columns:
        found = actual.column(column.name)
        if found is None:
            yield MissingColumn(expected, actual, column, _renamed(column, missing, surplus))
        else:
            yield from _column(expected, actual, column, found)
    for column in surplus:
        yield UnexpectedColumn(expected, actual, column, _renamed(column, surplus, missing))


def _renamed(column: Column, alike: list[Column], others: list[Column]) -> Column | None:
    """The one of ``others`` that ``column`` may be, where neither side has another that fits."""
    if Counter(map(_fits, alike))[_fits(column)] > 1:
        return None
    fitting = [other for other in others if _fits(other) == _fits(column)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(column: Column) -> Hashable:
    return (column.type, column.base, column.not_null)


def _column(expected: Relation, actual: Relation, column: Column, found: Column) -> Iterator[Difference]:
    if (column.type, column.base) != (found.type, found.base):
        yield TypeDiffers(expected, actual, column, found)
    if column.not_null != found.not_null:
        yield NullabilityDiffers(expected, actual, column, found)
    if _generated(column) != _generated(found) or not told_alike(column.generation, found.generation):
        yield GeneratedDiffers(expected, actual, column, found)
    elif column.has_default != found.has_default or not told_alike(column.default, found.default):
        yield DefaultDiffers(expected, actual, column, found)


def _generated(column: Column) -> Hashable:
    return (column.identity, column.generated)
