"""Indexes of relations as values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pytest_errorbudget.model.schema import Index
from pytest_errorbudget.readers.catalog.expressions import rendered, rendered_list
from pytest_errorbudget.readers.catalog.grouping import Row, Tuples, by_name, grouped
from pytest_errorbudget.readers.catalog.guards import Place
from pytest_errorbudget.readers.catalog.keys import KeyOptions
from pytest_errorbudget.readers.catalog.layouts import Layout
from pytest_errorbudget.readers.catalog.objects import Objects


class _Numbers(dict[str, tuple[int, ...]]):
    """The numbers in the text of a vector, read once."""

    def __missing__(self, text: str) -> tuple[int, ...]:
        found = self[text] = tuple(map(int, text.split()))
        return found


class Indexes:
    """From rows of ``sql/indexes.sql`` and ``sql/key_classes.sql``. Equal ones are one object, and equal lists too."""

    def __init__(self, rows: Iterable[Row], classes: Iterable[Row], objects: Objects) -> None:
        self._rows = grouped(rows)
        self._objects = objects
        self._options = KeyOptions(classes, objects)
        self._numbers = _Numbers()
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
        if row[7] is not None or row[8] is not None or layout.collations:
            return self._new_index(row, place)
        names = place.columns
        key = (row[1:], *[names.get(number) for number in self._numbers[row[2]]])
        known = self._plain.get(key)
        if known is None:
            known = self._plain[key] = self._new_index(row, place)
        return known

    def _new_index(self, row: Row, place: Place) -> Index:
        _, name, vector, count, unique, primary, valid, expressions, predicate, method, nulls_equal, *vectors = row
        keys, *options = [self._numbers[text] for text in (vector, *vectors)]
        texts = iter(rendered_list(expressions, self._objects, place.columns, place.own) if expressions else ())
        columns = tuple(place.columns[key] if key else next(texts) for key in keys[:count])
        include = tuple(place.columns[key] for key in keys[count:])
        where = None if predicate is None else rendered(predicate, self._objects, place.columns, place.own)
        told = self._options.told(row[0], keys[:count], *options)
        key = (name, columns, unique, primary, valid, method, include, where, told, nulls_equal)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Index(
                name=name,
                columns=columns,
                unique=unique,
                primary=primary,
                partial=where is not None,
                valid=valid,
                method=method,
                predicate=where,
                options=told,
                include=include,
                nulls_equal=nulls_equal,
            )
        return known
