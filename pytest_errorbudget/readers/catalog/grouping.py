"""Rows by relation, and tuples that are one object where they hold the same objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Protocol, TypeVar

Row = tuple[Any, ...]


class Named(Protocol):
    @property
    def name(self) -> str: ...


One = TypeVar("One", bound=Named)


def grouped(rows: Iterable[Row]) -> Mapping[int, Sequence[Row]]:
    """By the first value of each."""
    groups: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row)
    return groups


def by_name(values: list[One]) -> tuple[One, ...]:
    if len(values) > 1:
        values.sort(key=attrgetter("name"))
    return tuple(values)


class Tuples:
    """Of values that are one object where they are equal, and that live as long as this."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[Any, ...]] = {}

    def same(self, values: tuple[One, ...]) -> tuple[One, ...]:
        return self._known.setdefault(tuple(map(id, values)), values)
