"""Queries that give exactly one row, or at least one."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.nullability.scope import SELECT, Scope
from pytest_errorbudget.readers.shapes.tree import Node

_FILTERS = ("groupClause", "groupingSets", "havingQual", "limitCount", "limitOffset", "hasTargetSRFs", "setOperations")
_VALUES, _SEQUENCE = "5", "S"


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


def has_a_row(query: Node, scope: Scope) -> bool:
    """The same, or nothing but VALUES."""
    if has_one_row(query, scope):
        return True
    tree = query.get("jointree", {})
    sources = tree.get("fromlist", [])
    if query["commandType"] != SELECT or any(name in query for name in _FILTERS) or "quals" in tree:
        return False
    return (
        len(sources) == 1
        and sources[0]["tag"] == "RANGETBLREF"
        and query["rtable"][int(sources[0]["rtindex"]) - 1]["rtekind"] == _VALUES
    )


def _is_one_row(source: Node, query: Node, scope: Scope) -> bool:
    if source["tag"] != "RANGETBLREF":
        return False
    entry = query["rtable"][int(source["rtindex"]) - 1]
    if entry["rtekind"] == "1":
        return has_one_row(entry["subquery"], scope)
    return bool(entry["rtekind"] == "0" and entry["relkind"] == _SEQUENCE)
