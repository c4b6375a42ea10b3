"""Rows by relation, and tuples that are one object where they hold the same objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Protocol, TypeVar

Row = tuple[Any, ...]
_NUMBER = re.compile(r"-?\d+")


class Named(Protocol):
    @property
    def name(self) -> str: ...


One = TypeVar("One", bound=Named)


def grouped(rows: Iterable[Row]) -> Mapping[int, Sequence[Row]]:
    """By the first value of each. In tuples: Python's garbage collector leaves those of plain values alone."""
    groups: dict[int, tuple[Row, ...]] = {}
    for row in rows:
        found = groups.get(row[0])
        groups[row[0]] = (row,) if found is None else (*found, row)
    return groups


def by_name(values: list[One]) -> tuple[One, ...]:
    if len(values) > 1:
        values.sort(key=attrgetter("name"))
    return tuple(values)


class Numbers(dict[str, tuple[int, ...]]):
    """The numbers in the text of a vector (``1 2``) or an array (``{1,2}``), each text read once."""

    def __missing__(self, text: str) -> tuple[int, ...]:
        found = self[text] = tuple([int(number) for number in _NUMBER.findall(text)])
        return found


class Tuples:
    """Of values that are one object where they are equal, and that live as long as this."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[Any, ...]] = {}

    def same(self, values: tuple[One, ...]) -> tuple[One, ...]:
        return self._known.setdefault(tuple(map(id, values)), values)
