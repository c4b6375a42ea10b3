"""Columns that cannot be NULL in a row that a condition lets through, and the outer joins that then do not matter.

A condition must be TRUE. What is strict gives NULL for NULL, so its columns are not NULL; and where a column of the
nullable side of an outer join is not NULL, that side was there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce

from pytest_errorbudget.readers.shapes.catalogue import Catalogue
from pytest_errorbudget.readers.shapes.nullability.joins import OuterJoin, Side
from pytest_errorbudget.readers.shapes.tree import Node

_Variable = tuple[int, int, tuple[int, ...]]
_Variables = frozenset[_Variable]
_NONE: _Variables = frozenset()
_IS_TRUE, _IS_FALSE, _IS_KNOWN = "0", "2", "5"
_IS_NULL, _IS_NOT_NULL = "0", "1"
_ANY = "2"
_THROUGH = frozenset(
    {"RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR", "CONVERTROWTYPEEXPR", "COLLATEEXPR", "COERCETODOMAIN"}
    | {"FIELDSELECT"}
)


@dataclass(frozen=True, slots=True)
class Forced:
    """``columns`` by (place of the relation, number); ``reduced`` sides of outer joins are never filled with NULL."""

    columns: frozenset[tuple[int, int]]
    reduced: frozenset[tuple[int, Side]]


NOTHING = Forced(frozenset(), frozenset())


def forced_in(query: Node, joins: dict[int, OuterJoin], catalogue: Catalogue) -> Forced:
    """By WHERE, HAVING, and the conditions of the joins."""
    found = _true(query["havingQual"], catalogue) if "havingQual" in query else _NONE
    tree = query.get("jointree")
    if tree:
        found |= _true(tree["quals"], catalogue) if "quals" in tree else _NONE
        for part in tree.get("fromlist", ()):
            found |= _by_joins(part, joins, catalogue)
    columns = frozenset((relation, attribute) for relation, attribute, _ in found)
    return Forced(columns, frozenset(_reduced(found, joins)))


def _reduced(found: _Variables, joins: dict[int, OuterJoin]) -> Iterator[tuple[int, Side]]:
    for relation, _, nulling in found:
        for number in nulling:
            side = joins[number].side_of(relation) if number in joins else None
            if side is not None:
                yield number, side


def _by_joins(part: Node, joins: dict[int, OuterJoin], catalogue: Catalogue) -> _Variables:
    if part["tag"] != "JOINEXPR":
        return _NONE
    found = _by_joins(part["larg"], joins, catalogue) | _by_joins(part["rarg"], joins, catalogue)
    if "quals" not in part:
        return found
    own = _true(part["quals"], catalogue)
    outer = joins.get(int(part["rtindex"]))
    if outer is None:
        return found | own
    if len(outer.nullable) > 1:
        return found  # a row of either side comes through a FULL join whatever the condition says
    (side,) = outer.nullable
    return found | frozenset(one for one in own if one[0] in outer.relations[side])


def _union(parts: list[Node], of: Callable[[Node, Catalogue], _Variables], catalogue: Catalogue) -> _Variables:
    return frozenset().union(*(of(part, catalogue) for part in parts))


def _common(parts: list[Node], of: Callable[[Node, Catalogue], _Variables], catalogue: Catalogue) -> _Variables:
    return reduce(frozenset.intersection, [of(part, catalogue) for part in parts])


def _true(condition: Node, catalogue: Catalogue) -> _Variables:
    """What is not NULL where the condition is TRUE."""
    tag = condition["tag"]
    if tag == "BOOLEXPR":
        args = condition["args"]
        match condition["boolop"]:
            case "and":
                return _union(args, _true, catalogue)
            case "or":
                return _common(args, _true, catalogue)
            case _:
                return _false(args[0], catalogue)
    if tag == "NULLTEST":
        is_not_null = condition["nulltesttype"] == _IS_NOT_NULL and "argisrow" not in condition
        return _not_null(condition["arg"], catalogue) if is_not_null else _NONE
    if tag == "BOOLEANTEST":
        of = {_IS_TRUE: _true, _IS_FALSE: _false, _IS_KNOWN: _not_null}.get(condition["booltesttype"])
        return of(condition["arg"], catalogue) if of is not None else _NONE
    if tag == "SUBLINK":
        is_any = condition["subLinkType"] == _ANY and "testexpr" in condition
        return _true(condition["testexpr"], catalogue) if is_any else _NONE
    if tag == "SCALARARRAYOPEXPR" and "useOr" in condition and _is_strict(condition, "opfuncid", catalogue):
        return _union(condition["args"], _not_null, catalogue)
    return _not_null(condition, catalogue)


def _false(condition: Node, catalogue: Catalogue) -> _Variables:
    """What is not NULL where the condition is FALSE."""
    tag = condition["tag"]
    if tag == "BOOLEXPR":
        args = condition["args"]
        match condition["boolop"]:
            case "and":
                return _common(args, _false, catalogue)
            case "or":
                return _union(args, _false, catalogue)
            case _:
                return _true(args[0], catalogue)
    if tag == "NULLTEST":
        is_null = condition["nulltesttype"] == _IS_NULL and "argisrow" not in condition
        return _not_null(condition["arg"], catalogue) if is_null else _NONE
    if tag in {"BOOLEANTEST", "SUBLINK"}:
        return _NONE
    if tag == "SCALARARRAYOPEXPR" and "useOr" not in condition and _is_strict(condition, "opfuncid", catalogue):
        return _union(condition["args"], _not_null, catalogue)
    return _not_null(condition, catalogue)


def _not_null(value: Node, catalogue: Catalogue) -> _Variables:
    """What is not NULL where the value is not NULL."""
    tag = value["tag"]
    if tag == "VAR":
        own = value["varlevelsup"] == 0 and value["varreturningtype"] == 0
        return frozenset({(value["varno"], value["varattno"], value["varnullingrels"])}) if own else _NONE
    if tag in _THROUGH:
        return _not_null(value["arg"], catalogue)
    if tag == "OPEXPR":
        return _union(value["args"], _not_null, catalogue) if _is_strict(value, "opfuncid", catalogue) else _NONE
    if tag == "FUNCEXPR":
        strict = _is_strict(value, "funcid", catalogue) and "args" in value
        return _union(value["args"], _not_null, catalogue) if strict else _NONE
    if tag == "SUBSCRIPTINGREF":
        return _not_null(value["refexpr"], catalogue) if "refassgnexpr" not in value else _NONE
    if tag == "BOOLEXPR" and value["boolop"] == "not":
        return _not_null(value["args"][0], catalogue)
    if tag == "ROWCOMPAREEXPR":  # decided by its first pair, unless that is equal
        return _not_null(value["largs"][0], catalogue) | _not_null(value["rargs"][0], catalogue)
    return _NONE


def _is_strict(node: Node, name: str, catalogue: Catalogue) -> bool:
    function = catalogue.functions.get(int(node[name]))
    return function is not None and function.strict
