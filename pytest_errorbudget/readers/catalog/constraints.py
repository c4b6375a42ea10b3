"""Constraints of relations as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pytest_errorbudget.model.schema import Constraint, ConstraintKind, Reference
from pytest_errorbudget.readers.catalog.expressions import rendered
from pytest_errorbudget.readers.catalog.grouping import Numbers, Row, Tuples, by_name, grouped
from pytest_errorbudget.readers.catalog.guards import Place
from pytest_errorbudget.readers.catalog.objects import Objects

_KINDS: Mapping[str, ConstraintKind] = {
    "p": ConstraintKind.PRIMARY_KEY,
    "u": ConstraintKind.UNIQUE,
    "f": ConstraintKind.FOREIGN_KEY,
    "c": ConstraintKind.CHECK,
    "x": ConstraintKind.EXCLUDE,
}
_NO_COLUMNS: Mapping[int, str] = {}


class Constraints:
    """From rows of ``sql/constraints.sql`` that are no NOT NULL. Equal ones are one object, and equal lists of them."""

    def __init__(self, rows: Iterable[Row], objects: Objects) -> None:
        self._rows = grouped(rows)
        self._objects = objects
        self._numbers = Numbers()
        self._tuples = Tuples()
        self._plain: dict[tuple[Any, ...], Constraint] = {}  # by what their rows say, and the names of their columns
        self._known: dict[tuple[Any, ...], Constraint] = {}

    def of(self, relation: int, place: Place) -> tuple[Constraint, ...]:
        rows = self._rows.get(relation)
        if rows is None:
            return ()
        return self._tuples.same(by_name([self._constraint(row, place) for row in rows]))

    def _constraint(self, row: Row, place: Place) -> Constraint:
        """One with an expression, or that points at another relation, names more than columns of its own."""
        if row[3] is None or row[4] or row[9] is not None:
            return self._new_constraint(row, place)
        names = place.columns
        key = (row[1:], *[names.get(number) for number in self._numbers[row[3]]])
        known = self._plain.get(key)
        if known is None:
            known = self._plain[key] = self._new_constraint(row, place)
        return known

    def _new_constraint(self, row: Row, place: Place) -> Constraint:
        _, name, kind, keys, target, target_keys, validated, target_schema, target_name, expression = row
        reference = None
        if target and target_name is not None:
            far = self._objects.columns.get(target, _NO_COLUMNS)
            reference = Reference(
                schema=place.own.get(target_schema, target_schema),
                relation=target_name,
                columns=tuple(far.get(key, f"#{key}") for key in self._numbers[target_keys or ""]),
            )
        columns = tuple([place.columns.get(key, f"#{key}") for key in self._numbers[keys or ""]])
        test = None if expression is None else rendered(expression, self._objects, place.columns, place.own)
        identity = (name, kind, columns, reference, validated, test)
        known = self._known.get(identity)
        if known is None:
            known = self._known[identity] = Constraint(
                name=name,
                kind=_KINDS[kind],
                columns=columns,
                references=reference,
                validated=validated,
                expression=test,
            )
        return known
