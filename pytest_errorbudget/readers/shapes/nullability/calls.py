"""Calls of functions and operators."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.catalogue import Function
from pytest_errorbudget.readers.shapes.nullability import functions as known
from pytest_errorbudget.readers.shapes.nullability.classes import Nullity, first_value, worst
from pytest_errorbudget.readers.shapes.nullability.scope import Scope
from pytest_errorbudget.readers.shapes.tree import Node, nodes

_CASTS = frozenset({"1", "2"})  # written and implicit ones


def call(node: Node, scope: Scope) -> Nullity:
    """Of a FUNCEXPR. A function that gives rows does so by its place: alone in the list, each row has its value."""
    function = scope.catalogue.functions.get(int(node["funcid"]))
    if function is None or not function.plain:
        return _of_strict(node, function, scope)
    if function.returns_set:
        alone = function.name in known.SET_ELEMENTS and _sets(scope.query.get("targetList", [])) <= 1
        return Nullity.NEVER if alone else Nullity.UNKNOWN
    args = node.get("args", [])
    if function.name in known.VALUES and not (function.strict and args):
        return Nullity.NEVER
    if function.name in known.BY_FIRST and args:
        return scope.ask.expression(args[0], scope)
    if function.name == "array_cat":
        return first_value([scope.ask.expression(arg, scope) for arg in args])
    return _certain(node, scope) if _keeps(node, function) else _of_strict(node, function, scope)


def _keeps(node: Node, function: Function) -> bool:
    """Whether it gives NULL only for NULL."""
    if not function.strict or function.source in known.RANGE_BOUNDS:
        return False
    if function.name in known.PARTS:
        return function.source in known.PARTS_BY_PLACE
    if function.name in known.EXTRACT:
        return _constant(node["args"][0]) in known.EXTRACTED
    if function.from_json and function.name in known.FROM_JSON:
        return False
    return node["funcformat"] in _CASTS or function.name in known.FUNCTIONS | known.VALUES


def _sets(targets: list[Node]) -> int:
    """However deep: two of them fill the shorter one with NULL."""
    return sum("funcretset" in node or "opretset" in node for node in nodes(targets))


def operator(node: Node, scope: Scope) -> Nullity:
    """Of an OPEXPR."""
    function = scope.catalogue.functions.get(int(node["opfuncid"]))
    if function is not None and function.plain and function.name in {"array_append", "array_prepend"}:
        return Nullity.NEVER
    if function is not None and function.plain and function.name == "array_cat":
        return first_value([scope.ask.expression(arg, scope) for arg in node["args"]])
    name = scope.catalogue.operators.get(int(node["opno"]))
    if function is not None and function.plain and function.strict and name in known.OPERATORS:
        return _certain(node, scope)
    return _of_strict(node, function, scope)


def _certain(node: Node, scope: Scope) -> Nullity:
    return worst([scope.ask.expression(arg, scope) for arg in node.get("args", [])])


def _of_strict(node: Node, function: Function | None, scope: Scope) -> Nullity:
    """NULL for NULL is all that is known."""
    if function is None or not function.strict or function.returns_set:
        return Nullity.UNKNOWN
    return Nullity.CAN if _certain(node, scope) is Nullity.CAN else Nullity.UNKNOWN


def _constant(node: Node) -> str:
    """The text of a constant, which the tree gives as signed bytes behind a header of 4 (or 1, where it is short)."""
    if node["tag"] != "CONST" or "constvalue" not in node:
        return ""
    numbers = [int(number) & 0xFF for number in node["constvalue"].split()]
    header = 1 if numbers[0] & 1 else 4
    return bytes(numbers[header:]).decode(errors="replace").lower()
