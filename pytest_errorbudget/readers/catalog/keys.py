"""What of an index's keys is not the default: operator class, collation, order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.readers.catalog.objects import Objects

# Bits of pg_index.indoption: descending, and NULLs first. Descending keys have NULLs first unless they say otherwise.
_ORDERS = {0: "", 1: "desc nulls last", 2: "nulls first", 3: "desc"}


class KeyOptions:
    """``classes`` are rows of ``sql/key_classes.sql``."""

    def __init__(self, classes: Iterable[tuple[Any, ...]], objects: Objects) -> None:
        self._classes = dict(row for row in classes)
        self._objects = objects

    def told(
        self,
        relation: int,
        keys: Sequence[int],
        classes: Sequence[int],
        collations: Sequence[int],
        orders: Sequence[int],
    ) -> tuple[str, ...]:
        """Of each key; empty where all of them are plain."""
        if not any(orders) and self._classes.keys().isdisjoint(classes) and not any(collations):
            return ()
        parts = (
            (self._classes.get(class_), self._collation(relation, key, collation), _ORDERS[order])
            for key, class_, collation, order in zip(keys, classes, collations, orders, strict=False)
        )
        found = tuple(" ".join(filter(None, part)) for part in parts)
        return found if any(found) else ()

    def _collation(self, relation: int, key: int, collation: int) -> str:
        """That of the index where it is not the column's own; an expression's is the database's."""
        if collation in (0, self._objects.collation_of(relation, key)):
            return ""
        _, name = self._objects.collations.get(collation, ("", f"#{collation}"))
        return f"collate {quoted(name)}"
