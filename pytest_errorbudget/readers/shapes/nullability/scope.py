"""One query of a tree (the statement, a sub-select, a view, a WITH query) and what is around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from pytest_errorbudget.readers.shapes.catalogue import Catalogue
from pytest_errorbudget.readers.shapes.nullability.classes import Nullity
from pytest_errorbudget.readers.shapes.nullability.forced import NOTHING, Forced, forced_in
from pytest_errorbudget.readers.shapes.nullability.joins import OuterJoin, outer_joins
from pytest_errorbudget.readers.shapes.tree import Node

SELECT, UPDATE, INSERT, DELETE, MERGE, UTILITY = "1", "2", "3", "4", "5", "6"


class Phase(Enum):
    """Whether a column of the table that is written means the row as it was or as RETURNING gives it."""

    READ = "read"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Ask:
    """The two questions that everything here ends in: of an expression, and of a column of a query (from 1)."""

    expression: Callable[[Node, Scope], Nullity]
    column: Callable[[Scope, int], Nullity]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scope:
    """``assumed`` are the columns of recursive WITH queries whose answer is being worked out."""

    query: Node
    parent: Scope | None
    catalogue: Catalogue
    ask: Ask
    joins: dict[int, OuterJoin]
    forced: Forced
    phase: Phase = Phase.READ
    assumed: frozenset[tuple[int, int]] = frozenset()
    inner: dict[int, Scope] = field(default_factory=dict)

    @classmethod
    def of(cls, query: Node, parent: Scope | None, catalogue: Catalogue, ask: Ask) -> Scope:
        tree = query.get("jointree")
        joins = outer_joins(tree) if tree else {}
        forced = NOTHING if query["commandType"] == MERGE else forced_in(query, joins, catalogue)
        assumed = parent.assumed if parent is not None else frozenset()
        return cls(
            query=query, parent=parent, catalogue=catalogue, ask=ask, joins=joins, forced=forced, assumed=assumed
        )

    def within(self, query: Node) -> Scope:
        """The scope of a query that is part of this one."""
        found = self.inner.get(id(query))
        if found is None:
            found = self.inner[id(query)] = Scope.of(query, self, self.catalogue, self.ask)
        return found

    def assuming(self, query: Node, assumed: frozenset[tuple[int, int]]) -> Scope:
        """Like ``within``, while the answers for these columns of recursive queries are being worked out."""
        return replace(Scope.of(query, self, self.catalogue, self.ask), assumed=assumed)

    def returned(self) -> Scope:
        return replace(self, phase=Phase.RETURNED)

    def before(self) -> Scope:
        """Where the columns of the written table mean the row as it was."""
        return replace(self, phase=Phase.READ)

    def up(self, levels: int) -> Scope:
        """Raises ``ValueError`` where the tree names a level that it does not have."""
        scope: Scope | None = self
        for _ in range(levels):
            scope = scope.parent if scope is not None else None
        if scope is None:
            raise ValueError("a column of a query that is not there")
        return scope

    def entry(self, number: int) -> Node:
        found: Node = self.query["rtable"][number - 1]
        return found

    def common_table(self, entry: Node) -> Node | None:
        """The WITH query that an entry of FROM names."""
        found = self.common_table_node(entry)
        query: Node | None = found[1]["ctequery"] if found is not None else None
        return query

    def common_table_node(self, entry: Node) -> tuple[Scope, Node] | None:
        """It with the query to which it belongs."""
        owner = self.up(int(entry["ctelevelsup"]))
        for table in owner.query.get("cteList", ()):
            if table["ctename"] == entry["ctename"]:
                return owner, table
        return None
