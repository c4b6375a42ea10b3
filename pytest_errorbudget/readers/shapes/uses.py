"""What a query writes, and with which columns its parameters are compared or to which they are assigned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pytest_errorbudget.model.query_typing import Binding, ColumnRef, Write, Writing
from pytest_errorbudget.readers.shapes.sources import Columns, Queries, source_of
from pytest_errorbudget.readers.shapes.tree import Node

Operations = Sequence[tuple[Node, Queries]]

_WRITINGS = {"3": Writing.INSERT, "2": Writing.UPDATE}
_COLUMN_SETS = {Writing.INSERT: "inserted", Writing.UPDATE: "updated"}
_FIRST = 7  # PostgreSQL's sets of columns count from the lowest system column
_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
_IMPLICIT = "2"
_FORMATS = {
    "RELABELTYPE": "relabelformat",
    "COERCEVIAIO": "coerceformat",
    "ARRAYCOERCEEXPR": "coerceformat",
    "COERCETODOMAIN": "coercionformat",
}


def writes_of(query: Node, columns: Columns) -> tuple[Write, ...]:
    """Of the statement and its WITH queries. Columns are those that the text names, not those with a default."""
    return tuple(write for each in _statements(query) if (write := _write(each, columns)) is not None)


def _statements(query: Node) -> Iterator[Node]:
    for table in query.get("cteList", ()):
        yield from _statements(table["ctequery"])
    yield query


def _write(query: Node, columns: Columns) -> Write | None:
    kind = _WRITINGS.get(query["commandType"])
    if kind is None:
        return None
    entry = query["rtable"][int(query["resultRelation"]) - 1]
    permissions = query["rteperminfos"][int(entry["perminfoindex"]) - 1]
    relation = int(entry["relid"])
    found = [columns.get((relation, number - _FIRST)) for number in permissions.get(_COLUMN_SETS[kind], ())]
    refs = [column.ref for column in found if column is not None]
    name = refs[0] if refs else _any_column(relation, columns)
    if name is None:
        return None
    return Write(kind=kind, schema=name.schema, relation=name.relation, columns=tuple(column.column for column in refs))


def _any_column(relation: int, columns: Columns) -> ColumnRef | None:
    return next((fact.ref for (oid, _), fact in columns.items() if oid == relation), None)


def bindings_of(operations: Operations, columns: Columns, operators: Mapping[int, str]) -> tuple[Binding, ...]:
    """In order, each once. ``operations`` are what ``queries_and_operators`` gives."""
    found: set[Binding] = set()
    for node, queries in operations:
        if node["tag"] == "QUERY":
            found.update(_assigned(queries, columns))
        elif operators.get(int(node["opno"])) in _COMPARISONS:
            found.update(_compared(node["args"], queries, columns))
    return tuple(sorted(found))


def _compared(sides: list[Node], queries: Queries, columns: Columns) -> Iterator[Binding]:
    for side, other in (sides, reversed(sides)):
        number, value = _parameter(side), _bare(other)
        if number is not None and value["tag"] == "VAR":
            column = source_of(value, queries, columns)
            if column is not None:
                yield Binding(number, column)


def _assigned(queries: Queries, columns: Columns) -> Iterator[Binding]:
    query = queries[0]
    if query["commandType"] not in _WRITINGS:
        return
    relation = int(query["rtable"][int(query["resultRelation"]) - 1]["relid"])
    for target in (*query.get("targetList", ()), *query.get("onConflict", {}).get("onConflictSet", ())):
        column = columns.get((relation, int(target["resno"])))
        if column is None or "resjunk" in target or "expr" not in target:
            continue
        for value in _written(_bare(target["expr"]), query):
            number = _parameter(value)
            if number is not None:
                yield Binding(number, column.ref)


def _written(value: Node, query: Node) -> Iterator[Node]:
    """The value, or what each row of VALUES has in its place."""
    if value["tag"] == "VAR" and value["varlevelsup"] == 0:
        entry = query["rtable"][value["varno"] - 1]
        if entry["rtekind"] == "5":
            yield from (row[value["varattno"] - 1] for row in entry["values_lists"])
            return
    yield value


def _parameter(value: Node) -> int | None:
    inner = _bare(value)
    return int(inner["paramid"]) if inner["tag"] == "PARAM" and inner["paramkind"] == "0" else None


def _bare(value: Node) -> Node:
    """Without the casts that nobody wrote."""
    while True:
        if value["tag"] == "FUNCEXPR" and value["funcformat"] == _IMPLICIT and "args" in value:
            value = value["args"][0]
        elif value["tag"] in _FORMATS and value[_FORMATS[value["tag"]]] == _IMPLICIT:
            value = value["arg"]
        else:
            return value
