"""What a library says of a Rust type over a PostgreSQL type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepts:
    """The value is decoded."""


@dataclass(frozen=True, slots=True)
class Refuses:
    """The value is refused. ``declares`` is the SQL type that the Rust type stands for, as the library names it;
    ``None`` where the library has no such Rust type at all. ``because`` is the reason where it is not this type."""

    declares: str | None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class NotKnown:
    """The Rust type is not in the library's table: neither right nor wrong."""

    reason: str


Answer = Accepts | Refuses | NotKnown
