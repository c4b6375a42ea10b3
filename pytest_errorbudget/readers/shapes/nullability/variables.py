"""A column that an expression names: what it is in its table, and whether an outer join fills it with NULL."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.nullability.classes import Nullity, worst
from pytest_errorbudget.readers.shapes.nullability.outer import filled_with_null
from pytest_errorbudget.readers.shapes.nullability.relations import column_of_entry
from pytest_errorbudget.readers.shapes.nullability.scope import SELECT, Phase, Scope
from pytest_errorbudget.readers.shapes.nullability.written import returned_column
from pytest_errorbudget.readers.shapes.tree import Node, alias_variables

_GROUP, _JOIN = "9", "2"
_FULL = "2"


def variable(node: Node, scope: Scope) -> Nullity:
    """Of a VAR. Its own query says which outer joins may fill it."""
    own = scope.up(node["varlevelsup"])
    place, attribute = node["varno"], node["varattno"]
    written = own.query["commandType"] != SELECT and place == int(own.query["resultRelation"])
    if written and (own.phase is Phase.RETURNED or node["varreturningtype"]):
        base = returned_column(node, own)
    else:
        base = _base(own, place, attribute)
    filled = [_filled(number, place, own) for number in node["varnullingrels"]]
    return worst([base, *filled])


def _base(scope: Scope, place: int, attribute: int) -> Nullity:
    if (place, attribute) in scope.forced.columns:
        return Nullity.NEVER
    entry = scope.entry(place)
    if entry["rtekind"] == _JOIN:
        return _merged(entry, attribute, scope)
    return column_of_entry(entry, attribute, scope)


def _merged(entry: Node, attribute: int, scope: Scope) -> Nullity:
    """A column of a join: one side's, or both sides' merged by USING, of which a FULL join always has one."""
    if attribute < 1:
        return Nullity.UNKNOWN
    meaning = alias_variables(entry)[attribute - 1]
    if entry["jointype"] == _FULL and meaning["tag"] == "COALESCEEXPR":
        sides = meaning["args"]
        if all(side["tag"] == "VAR" for side in sides):
            place = scope.query["rtable"].index(entry) + 1
            present = worst([variable({**side, "varnullingrels": _without(side, place)}, scope) for side in sides])
            return present if present is Nullity.NEVER else Nullity.UNKNOWN
    return scope.ask.expression(meaning, scope)


def _without(node: Node, number: int) -> tuple[int, ...]:
    return tuple(one for one in node["varnullingrels"] if one != number)


def _filled(number: int, place: int, scope: Scope) -> Nullity:
    """Grouping sets fill what they leave out; they are named by the place of the group."""
    if scope.entry(number)["rtekind"] == _GROUP:
        return Nullity.CAN
    join = scope.joins.get(number)
    return filled_with_null(join, place, scope) if join is not None else Nullity.UNKNOWN
