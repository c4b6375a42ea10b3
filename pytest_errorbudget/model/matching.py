"""Objects of two schemas in pairs of the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def told_alike(left: str | None, right: str | None) -> bool:
    """Whether two normal forms are the same, as far as they are known."""
    return left is None or right is None or left == right


def unmatched(
    expected: Iterable[T], actual: Iterable[T], same: Callable[[T, T], bool]
) -> tuple[list[T], list[T], list[tuple[T, T]]]:
    """What is left on both sides when equals are struck out in pairs, and the pairs."""
    rest = list(actual)
    missing, pairs = [], []
    for wanted in expected:
        found = next((index for index, one in enumerate(rest) if same(wanted, one)), None)
        if found is None:
            missing.append(wanted)
        else:
            pairs.append((wanted, rest.pop(found)))
    return missing, rest, pairs
