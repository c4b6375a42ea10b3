"""What the numbers of columns mean inside a stored query: entries of its range table, by their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.readers.catalog.node_tree import Node, Value

_RELATION, _JOIN, _GROUP = "0", "2", "9"
_NO_COLUMNS: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class Range:
    """A relation with its columns by number, or expressions that stand for columns; else what has numbers only."""

    columns: Mapping[int, str] | None = None
    stands_for: tuple[Value, ...] | None = None
    prefix: str = ""

    def meant(self, number: int) -> str | Node | None:
        """The name of a column, the expression that it stands for, or ``None`` where its number is all there is."""
        if self.stands_for is not None:
            inside = 0 < number <= len(self.stands_for)
            found = self.stands_for[number - 1] if inside else None
            return found if isinstance(found, Node) else None
        if self.columns is None:
            return None
        return f"{self.prefix}{'*' if number == 0 else quoted(self.columns.get(number, f'#{number}'))}"


def ranges_of(query: Node, columns: Mapping[int, Mapping[int, str]], depth: int) -> tuple[Range, ...]:
    """The range table of a query ``depth`` queries deep; ``columns`` are those of relations, by object id."""
    return tuple(_range(entry, f"{depth}.{place}.", columns) for place, entry in enumerate(query.nodes("rtable"), 1))


def _range(entry: Node, prefix: str, columns: Mapping[int, Mapping[int, str]]) -> Range:
    kind = entry.text("rtekind")
    if kind == _RELATION:
        return Range(columns.get(entry.number("relid"), _NO_COLUMNS), prefix=prefix)
    if kind in {_JOIN, _GROUP}:
        found = entry.fields.get("joinaliasvars" if kind == _JOIN else "groupexprs", ())
        return Range(stands_for=found if isinstance(found, tuple) else (found,))
    return Range()
