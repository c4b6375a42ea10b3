"""A column of what stands in FROM, before any join: of a table, a sub-select, VALUES, a function, a group."""

from __future__ import annotations

from pytest_errorbudget.readers.shapes.nullability.classes import Nullity, worst
from pytest_errorbudget.readers.shapes.nullability.functions import SET_ELEMENTS
from pytest_errorbudget.readers.shapes.nullability.scope import Scope
from pytest_errorbudget.readers.shapes.tree import Node

_RELATION, _SUBQUERY, _FUNCTION, _VALUES, _CTE, _GROUP = "0", "1", "3", "5", "6", "9"
_STORED = frozenset({"r", "p"})


def column_of_entry(entry: Node, attribute: int, scope: Scope) -> Nullity:
    """``attribute`` counts from 1; 0 is the whole row, system columns are below."""
    match entry["rtekind"]:
        case "0":
            return _of_relation(entry, attribute, scope)
        case _ if attribute == 0:
            return Nullity.NEVER if entry["rtekind"] in {_SUBQUERY, _CTE, _VALUES} else Nullity.UNKNOWN
        case "1":
            return scope.ask.column(scope.within(entry["subquery"]), attribute)
        case "3":
            return _of_functions(entry, attribute, scope)
        case "5":
            return worst([scope.ask.expression(row[attribute - 1], scope) for row in entry["values_lists"]])
        case "6":
            return _of_common_table(entry, attribute, scope)
        case "9":
            return scope.ask.expression(entry["groupexprs"][attribute - 1], scope)
        case _:
            return Nullity.UNKNOWN


def _of_relation(entry: Node, attribute: int, scope: Scope) -> Nullity:
    kind, relation = entry["relkind"], int(entry["relid"])
    catalogue = scope.catalogue
    if kind == "S":
        return Nullity.NEVER
    if kind == "m" and attribute > 0 and relation in catalogue.materialized:
        return scope.ask.column(scope.within(catalogue.materialized[relation]), attribute)
    if kind not in _STORED and not (kind == "c" and attribute > 0):
        return Nullity.UNKNOWN
    if attribute <= 0 or catalogue.never_null(relation, attribute):
        return Nullity.NEVER
    found = catalogue.columns.get((relation, attribute))
    if found is None or found.calculated or kind == "c":
        return Nullity.UNKNOWN
    return Nullity.CAN


def _of_common_table(entry: Node, attribute: int, scope: Scope) -> Nullity:
    found = scope.common_table_node(entry)
    if found is None:
        return Nullity.UNKNOWN
    owner, table = found
    if "search_clause" in table or "cycle_clause" in table:
        return Nullity.UNKNOWN
    query = table["ctequery"]
    if "cterecursive" not in table:
        return scope.ask.column(owner.within(query), attribute)
    key = (id(query), attribute)
    if key in scope.assumed:
        return Nullity.NEVER  # what the rows before it were, as long as nothing else says otherwise
    return scope.ask.column(owner.assuming(query, scope.assumed | {key}), attribute)


def _of_functions(entry: Node, attribute: int, scope: Scope) -> Nullity:
    functions = entry["functions"]
    if len(functions) != 1:
        return Nullity.UNKNOWN
    function = functions[0]
    count = int(function["funccolcount"])
    if attribute > count:
        return Nullity.NEVER  # WITH ORDINALITY
    call = function["funcexpr"]
    if count > 1 or call["tag"] != "FUNCEXPR" or "funccolnames" in function:
        return _of_pairs(call, attribute, scope)
    known = scope.catalogue.functions.get(int(call["funcid"]))
    if known is None or not known.plain:
        return Nullity.UNKNOWN
    if not known.returns_set:
        return scope.ask.expression(call, scope)
    if known.name in SET_ELEMENTS:
        return Nullity.NEVER
    is_parameter = known.name == "unnest" and _bare(call["args"][0])["tag"] == "PARAM"
    return Nullity.PARAMETER if is_parameter else Nullity.UNKNOWN


def _of_pairs(call: Node, attribute: int, scope: Scope) -> Nullity:
    """The keys of ``jsonb_each`` and its like, and the values of those that keep JSON's own null."""
    known = scope.catalogue.functions.get(int(call["funcid"])) if call["tag"] == "FUNCEXPR" else None
    if known is None or not known.plain:
        return Nullity.UNKNOWN
    if known.name in {"jsonb_each", "json_each"} or (
        known.name in {"jsonb_each_text", "json_each_text"} and attribute == 1
    ):
        return Nullity.NEVER
    return Nullity.UNKNOWN


def _bare(node: Node) -> Node:
    while node["tag"] in {"RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR", "COLLATEEXPR"}:
        node = node["arg"]
    return node
