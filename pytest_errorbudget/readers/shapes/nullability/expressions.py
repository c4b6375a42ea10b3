"""Expressions: what is NULL when its parts are, what never is, and what picks one of its parts."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.nullability.aggregates import aggregate, window
from pytest_errorbudget.readers.shapes.nullability.calls import call, operator
from pytest_errorbudget.readers.shapes.nullability.classes import Nullity, first_value, one_of, worst
from pytest_errorbudget.readers.shapes.nullability.scope import Scope
from pytest_errorbudget.readers.shapes.nullability.sublinks import sublink
from pytest_errorbudget.readers.shapes.nullability.variables import variable
from pytest_errorbudget.readers.shapes.tree import Node

_EXTERNAL = "0"
_CURRENT_SCHEMA = "14"
_NEVER = frozenset(
    {"NULLTEST", "BOOLEANTEST", "DISTINCTEXPR", "ROWEXPR", "ARRAYEXPR", "GROUPINGFUNC", "NEXTVALUEEXPR"}
    | {"MERGESUPPORTFUNC"}
)
_OF_ARGUMENT = frozenset(
    {"RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR", "CONVERTROWTYPEEXPR", "COLLATEEXPR", "NAMEDARGEXPR"}
    | {"FIELDSTORE"}
)


def expression(node: Node, scope: Scope) -> Nullity:
    """What is known of the value; ``UNKNOWN`` for every kind of expression that is not listed."""
    match node["tag"]:
        case "VAR":
            return variable(node, scope)
        case "CONST":
            return Nullity.CAN if "constisnull" in node else Nullity.NEVER
        case "PARAM":
            return Nullity.PARAMETER if node["paramkind"] == _EXTERNAL else Nullity.UNKNOWN
        case tag if tag in _NEVER:
            return Nullity.NEVER
        case tag if tag in _OF_ARGUMENT:
            return expression(node["arg"], scope)
        case "FUNCEXPR":
            return call(node, scope)
        case "OPEXPR":
            return operator(node, scope)
        case "AGGREF":
            return aggregate(node, scope)
        case "WINDOWFUNC":
            return window(node, scope)
        case "SUBLINK":
            return sublink(node, scope)
        case _:
            return _chosen(node, scope)


def _chosen(node: Node, scope: Scope) -> Nullity:
    match node["tag"]:
        case "COALESCEEXPR":
            return first_value(_each(node["args"], scope))
        case "MINMAXEXPR":
            return first_value(_each(node["args"], scope))
        case "CASEEXPR":
            results = [branch["result"] for branch in node["args"]]
            return one_of([*_each(results, scope), _default(node, scope)])
        case "BOOLEXPR":
            return _of_boolean(node, scope)
        case "NULLIFEXPR":
            return Nullity.CAN if expression(node["args"][0], scope) is Nullity.CAN else Nullity.UNKNOWN
        case "SCALARARRAYOPEXPR":
            return _of_any(node, scope)
        case "SQLVALUEFUNCTION":
            return Nullity.UNKNOWN if node["op"] == _CURRENT_SCHEMA else Nullity.NEVER
        case _:
            return _rarer(node, scope)


def _rarer(node: Node, scope: Scope) -> Nullity:
    match node["tag"]:
        case "COERCETODOMAIN":
            enforced = int(node["resulttype"]) in scope.catalogue.not_null_domains
            return Nullity.NEVER if enforced else expression(node["arg"], scope)
        case "ROWCOMPAREEXPR":
            found = worst(_each([*node["largs"], *node["rargs"]], scope))
            return found if found is Nullity.NEVER else Nullity.UNKNOWN
        case "JSONCONSTRUCTOREXPR":
            return expression(node["func"], scope) if "func" in node else Nullity.UNKNOWN
        case "JSONISPREDICATE":
            return expression(node["expr"], scope)
        case "FIELDSELECT":
            return Nullity.CAN if expression(node["arg"], scope) is Nullity.CAN else Nullity.UNKNOWN
        case "SUBSCRIPTINGREF" if "refassgnexpr" not in node:
            return Nullity.CAN if expression(node["refexpr"], scope) is Nullity.CAN else Nullity.UNKNOWN
        case _:
            return Nullity.UNKNOWN


def _each(parts: list[Node], scope: Scope) -> list[Nullity]:
    return [expression(part, scope) for part in parts]


def _default(node: Node, scope: Scope) -> Nullity:
    return expression(node["defresult"], scope) if "defresult" in node else Nullity.CAN


def _of_boolean(node: Node, scope: Scope) -> Nullity:
    found = set(_each(node["args"], scope))
    return found.pop() if len(found) == 1 else Nullity.UNKNOWN


def _of_any(node: Node, scope: Scope) -> Nullity:
    """``x = ANY (array)``: an element that is NULL gives NULL too."""
    value, array = node["args"]
    of_value = expression(value, scope)
    if of_value is Nullity.CAN:
        return of_value
    elements = array["elements"] if array["tag"] == "ARRAYEXPR" else None
    if elements is None:
        return Nullity.UNKNOWN
    found = worst([of_value, *_each(elements, scope)])
    return found if found in {Nullity.NEVER, Nullity.PARAMETER} else Nullity.UNKNOWN
