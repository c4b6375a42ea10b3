"""Trees that were read before: the same query over tables that did not change has the same tree in the next shape.

All shapes are built in one database, one after the other, so that object ids stay. Only two shapes' trees are held.
"""

from __future__ import annotations

from typing import Any

from pytest_errorbudget.readers.shapes.tree import parse_tree


class KnownTrees:
    """The trees of this shape and of the one before it, by their text. Nobody changes them."""

    def __init__(self) -> None:
        self._before: dict[str, list[Any]] = {}
        self._now: dict[str, list[Any]] = {}

    def next_shape(self) -> None:
        self._before, self._now = self._now, {}

    def read(self, text: str) -> list[Any]:
        """As ``parse_tree`` reads it; raises what it raises."""
        found = self._now.get(text) or self._before.get(text)
        if found is None:
            found = parse_tree(text)
        self._now[text] = found
        return found
