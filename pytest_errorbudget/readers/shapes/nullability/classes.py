"""What is known of a value: the four answers, and how they combine."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Nullity(Enum):
    """``NEVER`` is proved, ``CAN`` needs nothing but rows that the constraints allow, ``PARAMETER`` depends on what a
    parameter is, ``UNKNOWN`` claims nothing."""

    NEVER = "never NULL"
    CAN = "can be NULL"
    PARAMETER = "up to a parameter"
    UNKNOWN = "not known"

    @property
    def nullable(self) -> bool | None:
        """For a user: ``None`` is not known."""
        return {Nullity.NEVER: False, Nullity.CAN: True}.get(self)


def worst(found: Iterable[Nullity]) -> Nullity:
    """The value is one of these, in some row: NULL where any can be."""
    seen = set(found)
    for each in (Nullity.CAN, Nullity.UNKNOWN, Nullity.PARAMETER):
        if each in seen:
            return each
    return Nullity.NEVER


def first_value(found: Iterable[Nullity]) -> Nullity:
    """The first of these that is not NULL, as COALESCE takes it: NULL only where all are."""
    seen = set(found)
    if Nullity.NEVER in seen:
        return Nullity.NEVER
    return Nullity.CAN if seen == {Nullity.CAN} else Nullity.UNKNOWN


def one_of(found: Iterable[Nullity]) -> Nullity:
    """One of these, chosen by conditions that are not looked into: a branch may never be taken."""
    seen = set(found)
    return seen.pop() if len(seen) == 1 else Nullity.UNKNOWN
