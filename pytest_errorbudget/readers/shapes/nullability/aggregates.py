"""Aggregates and window functions."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.catalogue import tables_of
from pytest_errorbudget.readers.shapes.nullability.classes import Nullity, worst
from pytest_errorbudget.readers.shapes.nullability.functions import names
from pytest_errorbudget.readers.shapes.nullability.scope import Scope
from pytest_errorbudget.readers.shapes.tree import Node

_COUNTS = frozenset({"count", "regr_count"})
_OF_ARGUMENT = names(
    """
    sum min max avg bool_and bool_or every bit_and bit_or bit_xor string_agg any_value range_agg
    """
)
_COLLECTIONS = names(
    """
    array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_agg_strict jsonb_agg_strict
    json_object_agg_strict jsonb_object_agg_strict json_object_agg_unique jsonb_object_agg_unique
    """
)
_NUMBERS = frozenset(["row_number", "rank", "dense_rank", "percent_rank", "cume_dist"])
_IS_NOT_NULL = "1"
_START, _END = 0x20 | 0x200, 0x400 | 0x100  # frames that begin before or with the row and end with or after it
_EXCLUDES = 0x8000 | 0x10000 | 0x20000


def aggregate(node: Node, scope: Scope) -> Nullity:
    """Of an AGGREF: over no row it is NULL, unless it counts."""
    function = scope.catalogue.functions.get(int(node["aggfnoid"]))
    if function is None or not function.plain:
        return Nullity.UNKNOWN
    if function.name in _COUNTS:
        return Nullity.NEVER
    if node["agglevelsup"] != "0" or "groupingSets" in scope.query:
        return Nullity.UNKNOWN
    if "groupClause" not in scope.query:
        if "havingQual" in scope.query:
            return Nullity.UNKNOWN
        return Nullity.CAN if _reads_tables(scope) else Nullity.UNKNOWN
    if "aggfilter" in node and not _passes(node["aggfilter"], scope):
        return Nullity.CAN
    if function.name in _COLLECTIONS:
        return Nullity.NEVER
    if function.name not in _OF_ARGUMENT:
        return Nullity.UNKNOWN
    return scope.ask.expression(node["args"][0]["expr"], scope)  # a group can be a single row


def _reads_tables(scope: Scope) -> bool:
    return bool(tables_of(scope.query)) or any(entry["rtekind"] == "6" for entry in scope.query.get("rtable", ()))


def _passes(condition: Node, scope: Scope) -> bool:
    """``FILTER (WHERE x IS NOT NULL)`` of an x that never is."""
    is_test = condition["tag"] == "NULLTEST" and condition["nulltesttype"] == _IS_NOT_NULL
    return is_test and scope.ask.expression(condition["arg"], scope) is Nullity.NEVER


def window(node: Node, scope: Scope) -> Nullity:
    """Of a WINDOWFUNC."""
    function = scope.catalogue.functions.get(int(node["winfnoid"]))
    if function is None or not function.plain:
        return Nullity.UNKNOWN
    args = [scope.ask.expression(arg, scope) for arg in node.get("args", [])]
    if function.name in _NUMBERS or function.name in _COUNTS:
        return Nullity.NEVER
    if function.name == "ntile":
        return args[0]
    if function.name in {"lag", "lead"}:
        if len(args) < 3:
            return Nullity.CAN
        found = worst([args[0], args[1], args[2]])
        return found if found is Nullity.NEVER else Nullity.UNKNOWN
    if "aggfilter" in node:
        return Nullity.UNKNOWN
    if not _holds_its_row(node["winref"], scope):
        return Nullity.UNKNOWN
    if function.name in _COLLECTIONS:
        return Nullity.NEVER
    if function.name in _OF_ARGUMENT or function.name in {"first_value", "last_value"}:
        return args[0] if args[0] is Nullity.NEVER else Nullity.UNKNOWN
    return Nullity.UNKNOWN


def _holds_its_row(reference: str, scope: Scope) -> bool:
    """Whether the frame of every row contains the row itself."""
    for clause in scope.query.get("windowClause", ()):
        if clause["winref"] == reference:
            options = int(clause["frameOptions"])
            return bool(options & _START and options & _END and not options & _EXCLUDES)
    return False
