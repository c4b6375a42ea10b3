"""Objects of two schemas in pairs of the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar


class Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


def told_alike(left: str | None, right: str | None) -> bool:
    """Whether two normal forms are the same, as far as they are known."""
    return left is None or right is None or left == right


def unmatched(
    expected: Iterable[T], actual: Iterable[T], same: Callable[[T, T], bool]
) -> tuple[list[T], list[T], list[tuple[T, T]]]:
    """What is left on both sides when equals are struck out in pairs, and the pairs. Those of one name go first."""
    first = _struck(expected, actual, lambda wanted, found: wanted.name == found.name and same(wanted, found))
    then = _struck(first[0], first[1], same)
    return then[0], then[1], [*first[2], *then[2]]


def _struck(
    expected: Iterable[T], actual: Iterable[T], same: Callable[[T, T], bool]
) -> tuple[list[T], list[T], list[tuple[T, T]]]:
    rest = list(actual)
    missing, pairs = [], []
    for wanted in expected:
        found = next((index for index, one in enumerate(rest) if same(wanted, one)), None)
        if found is None:
            missing.append(wanted)
        else:
            pairs.append((wanted, rest.pop(found)))
    return missing, rest, pairs
