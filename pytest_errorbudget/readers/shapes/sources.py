"""The one table column behind an output column: through casts, sub-selects and WITH queries, as the tree has them."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_errorbudget.model.query_typing import ColumnRef
from pytest_errorbudget.readers.shapes.catalogue import ColumnFact
from pytest_errorbudget.readers.shapes.tree import Node, alias_variables

Columns = Mapping[tuple[int, int], ColumnFact]
Queries = tuple[Node, ...]

_SELECT = "1"
_CAST_CALLS = frozenset({"1", "2"})
_CASTS = frozenset({"RELABELTYPE", "COERCEVIAIO", "ARRAYCOERCEEXPR", "COERCETODOMAIN", "COLLATEEXPR"})


def source_of(value: Node, queries: Queries, columns: Columns) -> ColumnRef | None:
    """The column that the value only casts or renames. ``queries`` are those around it, the innermost first."""
    inner = _without_casts(value)
    if inner["tag"] != "VAR" or inner["varattno"] < 1 or inner["varlevelsup"] >= len(queries):
        return None
    around = queries[inner["varlevelsup"] :]
    entry = around[0]["rtable"][inner["varno"] - 1]
    attribute = inner["varattno"]
    match entry["rtekind"]:
        case "0":
            return _column(entry, attribute, columns)
        case "1" if "relid" in entry and entry["relid"] != "0":
            return _column(entry, attribute, columns)  # of a view
        case "1":
            return _of_query(entry["subquery"], attribute, around, columns)
        case "2":
            return source_of(alias_variables(entry)[attribute - 1], around, columns)
        case "6":
            return _of_common_table(entry, attribute, around, columns)
        case "9":
            return source_of(entry["groupexprs"][attribute - 1], around, columns)
        case _:
            return None


def _without_casts(value: Node) -> Node:
    while True:
        if value["tag"] in _CASTS:
            value = value["arg"]
        elif value["tag"] == "FUNCEXPR" and value["funcformat"] in _CAST_CALLS and "args" in value:
            value = value["args"][0]
        else:
            return value


def _column(entry: Node, attribute: int, columns: Columns) -> ColumnRef | None:
    found = columns.get((int(entry["relid"]), attribute))
    return found.ref if found is not None else None


def _of_query(query: Node, position: int, around: Queries, columns: Columns) -> ColumnRef | None:
    if "setOperations" in query:
        return None
    targets = query.get("targetList" if query["commandType"] == _SELECT else "returningList", ())
    for target in targets:
        if int(target["resno"]) == position:
            return source_of(target["expr"], (query, *around), columns)
    return None


def _of_common_table(entry: Node, attribute: int, around: Queries, columns: Columns) -> ColumnRef | None:
    owners = around[int(entry["ctelevelsup"]) :]
    for table in owners[0].get("cteList", ()) if owners else ():
        if table["ctename"] == entry["ctename"] and "cterecursive" not in table:
            return _of_query(table["ctequery"], attribute, owners, columns)
    return None
