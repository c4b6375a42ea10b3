"""Indexes of relations as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pytest_errorbudget.model.schema import Index
from pytest_errorbudget.readers.catalog.expressions import rendered, rendered_list
from pytest_errorbudget.readers.catalog.grouping import Numbers, Row, Tuples, by_name, grouped
from pytest_errorbudget.readers.catalog.guards import Place
from pytest_errorbudget.readers.catalog.keys import KeyOptions
from pytest_errorbudget.readers.catalog.layouts import Layout
from pytest_errorbudget.readers.catalog.objects import Objects


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What most indexes have alike; vectors are by key."""

    keys: int
    unique: bool
    primary: bool
    valid: bool
    nulls_equal: bool
    classes: tuple[int, ...]
    collations: tuple[int, ...]
    orders: tuple[int, ...]
    method: str


def _numbers(vector: str) -> tuple[int, ...]:
    return tuple(map(int, vector.split()))


class _Known(dict[str, _Facts]):
    def __missing__(self, text: str) -> _Facts:
        keys, unique, primary, valid, nulls_equal, classes, collations, orders, method = text.split("/", 8)
        found = self[text] = _Facts(
            keys=int(keys),
            unique=unique == "t",
            primary=primary == "t",
            valid=valid == "t",
            nulls_equal=nulls_equal == "t",
            classes=_numbers(classes),
            collations=_numbers(collations),
            orders=_numbers(orders),
            method=method,
        )
        return found


def collations_of(rows: Iterable[Row]) -> frozenset[int]:
    """Of keys of rows of ``sql/indexes.sql``."""
    known = _Known()
    return frozenset(number for text in {row[3] for row in rows} for number in known[text].collations)


class Indexes:
    """From rows of ``sql/indexes.sql`` and ``sql/key_classes.sql``. Equal ones are one object, and equal lists too."""

    def __init__(self, rows: Iterable[Row], classes: Iterable[Row], objects: Objects) -> None:
        self._rows = grouped(rows)
        self._objects = objects
        self._options = KeyOptions(classes, objects)
        self._numbers = Numbers()
        self._facts = _Known()
        self._tuples = Tuples()
        self._known: dict[tuple[Any, ...], Index] = {}
        self._plain: dict[tuple[Any, ...], Index] = {}  # by what their rows say, and the names of their columns

    def of(self, relation: int, layout: Layout, place: Place) -> tuple[Index, ...]:
        rows = self._rows.get(relation)
        if rows is None:
            return ()
        return self._tuples.same(by_name([self._index(row, layout, place) for row in rows]))

    def _index(self, row: Row, layout: Layout, place: Place) -> Index:
        """Expressions name more than columns: only an index without any is known by its row."""
        _, name, vector, facts, expressions, predicate = row
        if expressions is not None or predicate is not None or layout.collations:
            return self._new_index(row, place)
        names = place.columns
        key = (name, vector, facts, *[names.get(number) for number in self._numbers[vector]])
        known = self._plain.get(key)
        if known is None:
            known = self._plain[key] = self._new_index(row, place)
        return known

    def _new_index(self, row: Row, place: Place) -> Index:
        relation, name, vector, text, expressions, predicate = row
        numbers, facts = self._numbers[vector], self._facts[text]
        keys = numbers[: facts.keys]
        texts = iter(rendered_list(expressions, self._objects, place.columns, place.own) if expressions else ())
        columns = tuple(place.columns[key] if key else next(texts) for key in keys)
        include = tuple(place.columns[key] for key in numbers[facts.keys :])
        where = None if predicate is None else rendered(predicate, self._objects, place.columns, place.own)
        told = self._options.told(relation, keys, facts.classes, facts.collations, facts.orders)
        flags = (facts.unique, facts.primary, facts.valid, facts.nulls_equal)
        key = (name, columns, flags, facts.method, include, where, told)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Index(
                name=name,
                columns=columns,
                unique=facts.unique,
                primary=facts.primary,
                partial=where is not None,
                valid=facts.valid,
                method=facts.method,
                predicate=where,
                options=told,
                include=include,
                nulls_equal=facts.nulls_equal,
            )
        return known
