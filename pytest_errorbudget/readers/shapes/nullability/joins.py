"""The outer joins of a query, by the number that the tree's columns name them with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.readers.shapes.tree import Node

_LEFT, _FULL, _RIGHT = "1", "2", "3"


class Side(Enum):
    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class OuterJoin:
    """``nullable`` are the sides that it can fill with NULL; ``relations`` the tables (by place) on each side."""

    number: int
    nullable: frozenset[Side]
    relations: dict[Side, frozenset[int]]
    parts: dict[Side, Node]
    condition: Node | None

    def side_of(self, relation: int) -> Side | None:
        return next((side for side, relations in self.relations.items() if relation in relations), None)


def outer_joins(jointree: Node) -> dict[int, OuterJoin]:
    return {join.number: join for part in jointree.get("fromlist", ()) for join in _below(part)}


def _below(part: Node) -> Iterator[OuterJoin]:
    if part["tag"] != "JOINEXPR":
        return
    yield from _below(part["larg"])
    yield from _below(part["rarg"])
    nullable = {
        _LEFT: frozenset({Side.RIGHT}),
        _RIGHT: frozenset({Side.LEFT}),
        _FULL: frozenset(Side),
    }.get(part["jointype"])
    if nullable is not None:
        yield OuterJoin(
            number=int(part["rtindex"]),
            nullable=nullable,
            relations={Side.LEFT: relations_in(part["larg"]), Side.RIGHT: relations_in(part["rarg"])},
            parts={Side.LEFT: part["larg"], Side.RIGHT: part["rarg"]},
            condition=part.get("quals"),
        )


def relations_in(part: Node) -> frozenset[int]:
    """The places of everything that is joined below, the joins themselves included: a column may name either."""
    if part["tag"] == "RANGETBLREF":
        return frozenset({int(part["rtindex"])})
    own = frozenset({int(part["rtindex"])})
    return own | relations_in(part["larg"]) | relations_in(part["rarg"])
