"""Whether an outer join can really fill a side with NULL: not where a key or a single row makes sure of a partner."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.catalogue import tables_of
from pytest_errorbudget.readers.shapes.nullability.classes import Nullity, worst
from pytest_errorbudget.readers.shapes.nullability.joins import OuterJoin, Side
from pytest_errorbudget.readers.shapes.nullability.keys import Pairs, equalities, is_plain_table, key_holds
from pytest_errorbudget.readers.shapes.nullability.scope import Scope
from pytest_errorbudget.readers.shapes.nullability.single import has_one_row
from pytest_errorbudget.readers.shapes.tree import Node

_RELATION, _SUBQUERY, _VALUES, _CTE = "0", "1", "5", "6"


def filled_with_null(join: OuterJoin, place: int, scope: Scope) -> Nullity:
    """``NEVER`` where the side of ``place`` always has a partner in the rows that are left."""
    side = join.side_of(place)
    if side is None:
        return Nullity.UNKNOWN
    if side not in join.nullable or (join.number, side) in scope.forced.reduced:
        return Nullity.NEVER
    part = join.parts[side]
    if len(join.nullable) == 1 and part["tag"] == "RANGETBLREF":
        entry = scope.entry(int(part["rtindex"]))
        if _is_true(join.condition) and (entry["rtekind"] == _VALUES or _one_row(entry, scope)):
            return Nullity.NEVER
        found = _by_key(join, int(part["rtindex"]), scope)
        if found is Nullity.NEVER:
            return found
    own, other = _tables(join, side, scope), _tables(join, side.other, scope)
    return Nullity.CAN if own and not own & other else Nullity.UNKNOWN


def _is_true(condition: Node | None) -> bool:
    if condition is None:
        return True
    return bool(condition["tag"] == "CONST" and condition.get("constvalue", "0").split()[:1] == ["1"])


def _one_row(entry: Node, scope: Scope) -> bool:
    return entry["rtekind"] == _SUBQUERY and has_one_row(entry["subquery"], scope)


def _by_key(join: OuterJoin, place: int, scope: Scope) -> Nullity:
    """The condition follows an enforced key from one table of the other side, whose columns are not NULL."""
    pairs = equalities(join.condition, scope, place) if join.condition is not None else None
    if not pairs:
        return Nullity.UNKNOWN
    entry = scope.entry(place)
    places = {pair.other["varno"] for pair in pairs}
    if len(places) != 1 or any(pair.other["varlevelsup"] for pair in pairs) or not is_plain_table(entry):
        return Nullity.UNKNOWN
    source = scope.entry(places.pop())
    return worst(_values(pairs, scope)) if key_holds(pairs, source, entry, scope) else Nullity.UNKNOWN


def _values(pairs: Pairs, scope: Scope) -> list[Nullity]:
    return [scope.ask.expression(pair.other, scope) for pair in pairs]


def _tables(join: OuterJoin, side: Side, scope: Scope) -> frozenset[int]:
    found: frozenset[int] = frozenset()
    for place in join.relations[side]:
        entry = scope.entry(place)
        if entry["rtekind"] == _RELATION:
            found |= {int(entry["relid"])}
        elif entry["rtekind"] == _SUBQUERY:
            found |= tables_of(entry["subquery"])
        elif entry["rtekind"] == _CTE:
            query = scope.common_table(entry)
            found |= tables_of(query) if query is not None else frozenset()
    return found
