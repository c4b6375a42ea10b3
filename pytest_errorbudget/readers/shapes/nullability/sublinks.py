"""Sub-selects in expressions."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.catalogue import tables_of
from pytest_errorbudget.readers.shapes.nullability.classes import Nullity, worst
from pytest_errorbudget.readers.shapes.nullability.keys import equalities, is_plain_table, key_holds
from pytest_errorbudget.readers.shapes.nullability.scope import SELECT, Scope
from pytest_errorbudget.readers.shapes.nullability.single import has_one_row
from pytest_errorbudget.readers.shapes.tree import Node

_EXISTS, _EXPRESSION, _ARRAY = "0", "4", "6"
_UNFOLLOWED = ("groupClause", "groupingSets", "havingQual", "limitOffset", "hasTargetSRFs", "setOperations", "hasAggs")


def sublink(node: Node, scope: Scope) -> Nullity:
    """Of a SUBLINK: one that finds no row is NULL."""
    kind, query = node["subLinkType"], node["subselect"]
    if kind in {_EXISTS, _ARRAY}:
        return Nullity.NEVER
    if kind != _EXPRESSION or query["commandType"] != SELECT:
        return Nullity.UNKNOWN
    inner = scope.within(query)
    value = scope.ask.column(inner, 1)
    if has_one_row(query, scope) or _follows_key(inner, scope):
        return value
    if value is Nullity.CAN:
        return value
    own = tables_of(query)
    return Nullity.CAN if own and not own & _around(query, scope) and "setOperations" not in query else Nullity.UNKNOWN


def _around(query: Node, scope: Scope) -> frozenset[int]:
    """What the queries around it read: a table that is read there too may be known to have the row."""
    found: frozenset[int] = frozenset()
    outside: Scope | None = scope
    while outside is not None:
        for entry in outside.query.get("rtable", ()):
            if entry["rtekind"] == "0":
                found |= {int(entry["relid"])}
            elif entry["rtekind"] == "1" and entry["subquery"] is not query:
                found |= tables_of(entry["subquery"])
        outside = outside.parent
    return found


def _follows_key(inner: Scope, scope: Scope) -> bool:
    """``(SELECT … FROM t WHERE t.id = outer.t_id)`` along an enforced key, from columns that are not NULL."""
    query = inner.query
    sources = query["jointree"].get("fromlist", [])
    if any(name in query for name in _UNFOLLOWED) or len(sources) != 1 or sources[0]["tag"] != "RANGETBLREF":
        return False
    if _limit(query) == 0:
        return False
    place = int(sources[0]["rtindex"])
    target = inner.entry(place)
    condition = query["jointree"].get("quals")
    pairs = equalities(condition, inner, place) if condition is not None else None
    if not pairs or not is_plain_table(target):
        return False
    if any(pair.other["varlevelsup"] != 1 for pair in pairs) or len({pair.other["varno"] for pair in pairs}) != 1:
        return False
    if scope.query["commandType"] != SELECT and pairs[0].other["varno"] == int(scope.query["resultRelation"]):
        return False  # what the statement refers to may be newer than what it sees
    source = scope.entry(pairs[0].other["varno"])
    values = worst([scope.ask.expression({**pair.other, "varlevelsup": 0}, scope) for pair in pairs])
    return values is Nullity.NEVER and key_holds(pairs, source, target, inner)


def _limit(query: Node) -> int | None:
    """The number of rows to which it is cut; 0 where that is not a plain number."""
    limit = query.get("limitCount")
    if limit is None:
        return None
    return int(limit["constvalue"].split()[0]) if limit["tag"] == "CONST" and "constvalue" in limit else 0
