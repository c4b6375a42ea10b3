"""A query's columns: of a SELECT, of RETURNING, of UNION and its like. Here all the parts meet."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.catalogue import Catalogue
from pytest_errorbudget.readers.shapes.nullability.classes import Nullity, worst
from pytest_errorbudget.readers.shapes.nullability.expressions import expression
from pytest_errorbudget.readers.shapes.nullability.scope import SELECT, Ask, Scope
from pytest_errorbudget.readers.shapes.tree import Node

_UNION, _INTERSECT, _EXCEPT = "1", "2", "3"


def output_nullities(query: Node, catalogue: Catalogue) -> tuple[Nullity, ...]:
    """Of each column of the result, in order. Raises ``ValueError`` (or ``KeyError``) on a tree of another format."""
    scope = Scope.of(query, None, catalogue, Ask(expression, column_of_query))
    return tuple(column_of_query(scope, int(target["resno"])) for target in output_columns(query))


def output_columns(query: Node) -> list[Node]:
    """The entries of the tree behind the columns of the result."""
    targets = query.get("targetList" if query["commandType"] == SELECT else "returningList", [])
    return [target for target in targets if "resjunk" not in target]


def column_of_query(scope: Scope, position: int) -> Nullity:
    """``position`` counts from 1."""
    query = scope.query
    if query["commandType"] != SELECT:
        return _target(query.get("returningList", []), position, scope.returned())
    if "setOperations" in query:
        return _of_set_operation(query["setOperations"], position, scope)
    return _target(query["targetList"], position, scope)


def _target(targets: list[Node], position: int, scope: Scope) -> Nullity:
    for target in targets:
        if int(target["resno"]) == position:
            return scope.ask.expression(target["expr"], scope)
    return Nullity.UNKNOWN


def _of_set_operation(part: Node, position: int, scope: Scope) -> Nullity:
    if part["tag"] == "RANGETBLREF":
        return scope.ask.column(scope.within(scope.entry(int(part["rtindex"]))["subquery"]), position)
    left = _of_set_operation(part["larg"], position, scope)
    if part["op"] == _EXCEPT:
        return left
    right = _of_set_operation(part["rarg"], position, scope)
    if part["op"] == _INTERSECT:
        return Nullity.NEVER if Nullity.NEVER in {left, right} else worst([left, right])
    return worst([left, right])
