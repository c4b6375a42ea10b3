"""Conditions that follow a foreign key, so that the row they look for is there."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.readers.shapes.nullability.scope import Scope
from pytest_errorbudget.readers.shapes.tree import Node

_RELATION = "0"
_TABLES = frozenset({"r", "p"})


@dataclass(frozen=True, slots=True)
class Pair:
    """``column`` of the table that is looked into, equal to the column ``other`` of elsewhere."""

    column: int
    other: Node


Pairs = tuple[Pair, ...]


def equalities(condition: Node, scope: Scope, place: int) -> Pairs | None:
    """The condition as column equalities with the table at ``place``; ``None`` where it is anything more."""
    pairs = [_pair(conjunct, scope, place) for conjunct in _conjuncts(condition)]
    return tuple(pair for pair in pairs if pair is not None) if None not in pairs else None


def some_equalities(condition: Node, scope: Scope, place: int) -> Pairs:
    """The column equalities among what must all be true."""
    pairs = (_pair(conjunct, scope, place) for conjunct in _conjuncts(condition))
    return tuple(pair for pair in pairs if pair is not None)


def _conjuncts(condition: Node) -> list[Node]:
    if condition["tag"] == "BOOLEXPR" and condition["boolop"] == "and":
        return list(condition["args"])
    return [condition]


def _pair(condition: Node, scope: Scope, place: int) -> Pair | None:
    if condition["tag"] != "OPEXPR" or scope.catalogue.operators.get(int(condition["opno"])) != "=":
        return None
    sides = condition["args"]
    if any(side["tag"] != "VAR" for side in sides):
        return None
    own = [_is_here(side, place) for side in sides]
    if own == [True, False]:
        return Pair(sides[0]["varattno"], sides[1])
    if own == [False, True]:
        return Pair(sides[1]["varattno"], sides[0])
    return None


def _is_here(variable: Node, place: int) -> bool:
    return bool(variable["varlevelsup"] == 0 and variable["varno"] == place and not variable["varreturningtype"])


def is_plain_table(entry: Node) -> bool:
    """A table that is read whole: no sample, no row security, not ONLY of a partitioned one."""
    if entry["rtekind"] != _RELATION or entry["relkind"] not in _TABLES:
        return False
    return not (entry.keys() & {"tablesample", "securityQuals"}) and (entry["relkind"] == "r" or "inh" in entry)


def key_holds(pairs: Pairs, source: Node, target: Node, scope: Scope) -> bool:
    """Every row of ``source`` with these columns has its row in ``target``: by a foreign key, or because it is it."""
    if source["rtekind"] != _RELATION or source["relkind"] not in _TABLES or source.keys() & {"securityQuals"}:
        return False
    own, other = int(source["relid"]), int(target["relid"])
    wanted = {(pair.other["varattno"], pair.column) for pair in pairs}
    if own == other and all(first == second and first > 0 for first, second in wanted):
        return ("inh" in target) or ("inh" not in source)
    if own in scope.catalogue.parents and "inh" in source:
        return False  # children keep no foreign key of their parent
    return any(
        key.relation == own and key.referenced == other and wanted == set(key.columns)
        for key in scope.catalogue.foreign_keys
    )
