"""Whether an outer join can really fill a side with NULL: not where a key or a single row makes sure of a partner."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.catalogue import tables_of
from pytest_errorbudget.readers.shapes.nullability.classes import Nullity, worst
from pytest_errorbudget.readers.shapes.nullability.joins import OuterJoin, Side
from pytest_errorbudget.readers.shapes.nullability.keys import equalities, is_plain_table, key_holds, some_equalities
from pytest_errorbudget.readers.shapes.nullability.scope import Scope
from pytest_errorbudget.readers.shapes.nullability.single import has_a_row
from pytest_errorbudget.readers.shapes.tree import Node

_RELATION, _SUBQUERY, _CTE = "0", "1", "6"


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
        if _is_true(join.condition) and _has_a_row(entry, scope):
            return Nullity.NEVER
        found = _by_key(join, int(part["rtindex"]), scope)
        if found in {Nullity.NEVER, Nullity.CAN}:
            return found
    own, other = _tables(join, side, scope), _tables(join, side.other, scope)
    return Nullity.CAN if own and not own & other else Nullity.UNKNOWN


def _is_true(condition: Node | None) -> bool:
    if condition is None:
        return True
    return bool(condition["tag"] == "CONST" and condition.get("constvalue", "0").split()[:1] == ["1"])


def _has_a_row(entry: Node, scope: Scope) -> bool:
    return entry["rtekind"] == _SUBQUERY and has_a_row(entry["subquery"], scope)


def _by_key(join: OuterJoin, place: int, scope: Scope) -> Nullity:
    """``NEVER`` where the condition follows an enforced key from columns that are not NULL; ``CAN`` where one of the
    columns that it looks by can be NULL, and then finds no partner."""
    if join.condition is None:
        return Nullity.UNKNOWN
    keys = worst([scope.ask.expression(p.other, scope) for p in some_equalities(join.condition, scope, place)])
    pairs = equalities(join.condition, scope, place)
    if keys is not Nullity.NEVER or not pairs:
        return Nullity.CAN if keys is Nullity.CAN else Nullity.UNKNOWN
    entry, places = scope.entry(place), {pair.other["varno"] for pair in pairs}
    if len(places) != 1 or any(pair.other["varlevelsup"] for pair in pairs) or not is_plain_table(entry):
        return Nullity.UNKNOWN
    return Nullity.NEVER if key_holds(pairs, scope.entry(places.pop()), entry, scope) else Nullity.UNKNOWN


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
