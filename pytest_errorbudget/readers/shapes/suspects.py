"""Conditions that no index can serve: equality or a range on a column with which no index of the table begins.

Only conditions that every row must meet count, and only where the table is not found by another indexed column: the
rest (``$1 IS NULL OR …``, functions, patterns, ``<>``) no index on the column would help.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pytest_errorbudget.model.query_typing import ColumnRef, Comparison
from pytest_errorbudget.readers.shapes.sources import Columns
from pytest_errorbudget.readers.shapes.tree import Node, nodes
from pytest_errorbudget.readers.shapes.uses import Operations

Leading = frozenset[tuple[int, int]]

_COMPARISONS = {
    "=": Comparison.EQUALITY,
    **dict.fromkeys(("<", ">", "<=", ">="), Comparison.RANGE),
}
_RELATION = "0"
_BOOL = "16"  # an index on it finds half of the table
_TABLES = frozenset({"r", "p"})
_CASTS = frozenset({"RELABELTYPE", "COERCETODOMAIN", "COLLATEEXPR"})


@dataclass(frozen=True, slots=True)
class Suspect:
    """The table is searched by ``column``, and nothing indexed."""

    column: ColumnRef
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class _Condition:
    place: int
    attribute: int
    comparison: Comparison
    by_value: bool


def suspects_of(
    operations: Operations, columns: Columns, operators: Mapping[int, str], leading: Leading
) -> tuple[Suspect, ...]:
    """One a table of each query of the tree: by equality where there is one."""
    found = [
        suspect
        for node, _ in operations
        if node["tag"] == "QUERY"
        for suspect in _of_query(node, columns, operators, leading)
    ]
    return tuple(dict.fromkeys(found))


def _of_query(query: Node, columns: Columns, operators: Mapping[int, str], leading: Leading) -> Iterator[Suspect]:
    by_place: defaultdict[int, list[_Condition]] = defaultdict(list)
    for condition in _conditions(query, operators):
        by_place[condition.place].append(condition)
    for place, conditions in by_place.items():
        entry = query["rtable"][place - 1]
        if entry["rtekind"] != _RELATION or entry["relkind"] not in _TABLES:
            continue
        relation = int(entry["relid"])
        if any((relation, condition.attribute) in leading for condition in conditions):
            continue
        searched = sorted(
            (c for c in conditions if c.by_value), key=lambda c: (c.comparison is not Comparison.EQUALITY, c.attribute)
        )
        fact = columns.get((relation, searched[0].attribute)) if searched else None
        if fact is not None:
            yield Suspect(fact.ref, searched[0].comparison)


def _conditions(query: Node, operators: Mapping[int, str]) -> Iterator[_Condition]:
    pending = [query["jointree"]] if "jointree" in query else []
    while pending:
        part = pending.pop()
        pending.extend(part.get("fromlist", ()))
        pending.extend(part[side] for side in ("larg", "rarg") if side in part)
        if "quals" in part:
            for conjunct in _conjuncts(part["quals"]):
                yield from _condition(conjunct, operators)


def _conjuncts(condition: Node) -> Iterator[Node]:
    if condition["tag"] == "BOOLEXPR" and condition["boolop"] == "and":
        for part in condition["args"]:
            yield from _conjuncts(part)
    else:
        yield condition


def _condition(conjunct: Node, operators: Mapping[int, str]) -> Iterator[_Condition]:
    is_any = conjunct["tag"] == "SCALARARRAYOPEXPR" and "useOr" in conjunct
    if conjunct["tag"] != "OPEXPR" and not is_any:
        return
    comparison = _COMPARISONS.get(operators.get(int(conjunct["opno"]), ""))
    if comparison is None or len(conjunct["args"]) != 2:
        return
    first, second = conjunct["args"]
    for side, other in ((first, second),) if is_any else ((first, second), (second, first)):
        bare = _bare(side)
        if bare["tag"] != "VAR" or bare["varlevelsup"] or bare["varattno"] < 1 or bare["vartype"] == _BOOL:
            continue
        own = [v["varno"] for v in nodes(other) if v["tag"] == "VAR" and not v["varlevelsup"]]
        if bare["varno"] not in own:
            by_value = not own and not any(n["tag"] == "SUBLINK" for n in nodes(other))
            yield _Condition(bare["varno"], bare["varattno"], comparison, by_value)


def _bare(node: Node) -> Node:
    while node["tag"] in _CASTS:
        node = node["arg"]
    return node
