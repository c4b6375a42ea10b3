"""Queries that give exactly one row."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.nullability.scope import SELECT, Scope
from pytest_errorbudget.readers.shapes.tree import Node

_FILTERS = ("groupClause", "groupingSets", "havingQual", "limitCount", "limitOffset", "hasTargetSRFs", "setOperations")
_SEQUENCE = "S"


def has_one_row(query: Node, scope: Scope) -> bool:
    """An aggregate over everything, a SELECT from nothing, or the row of a sequence."""
    if query["commandType"] != SELECT or any(name in query for name in _FILTERS):
        return False
    if "hasAggs" in query:
        return True
    tree = query["jointree"]
    if "quals" in tree:
        return False
    sources = tree.get("fromlist", [])
    return not sources or (len(sources) == 1 and _is_one_row(sources[0], query, scope))


def _is_one_row(source: Node, query: Node, scope: Scope) -> bool:
    if source["tag"] != "RANGETBLREF":
        return False
    entry = query["rtable"][int(source["rtindex"]) - 1]
    if entry["rtekind"] == "1":
        return has_one_row(entry["subquery"], scope)
    return bool(entry["rtekind"] == "0" and entry["relkind"] == _SEQUENCE)
