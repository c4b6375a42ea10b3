"""The one table column behind an output column, read from the query's text: through casts, aliases and sub-selects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pytest_errorbudget.model.query_typing import ColumnRef

Relations = Mapping[tuple[str, str], frozenset[str]]
_DEPTH = 16


def parsed(sql: str) -> exp.Expression | None:
    """The query's tree, or nothing where sqlglot does not read it."""
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect="postgres") if tree is not None]
    except (SqlglotError, RecursionError):
        return None
    return trees[0] if len(trees) == 1 and isinstance(trees[0], exp.Expression) else None


def projections(tree: exp.Expression | None, names: Sequence[str]) -> tuple[exp.Expression | None, ...]:
    """The written expression behind each output column; ``None`` where a star or a set operation hides it."""
    written = _written(tree)
    if len(written) == len(names) and not any(_is_star(expression) for expression in written):
        return tuple(written)
    plain = [expression for expression in written if not _is_star(expression)]
    counts = Counter(names)
    by_name = {e.alias_or_name: e for e in plain if counts[e.alias_or_name] == 1}
    return tuple(by_name.get(name) for name in names)


def _written(tree: exp.Expression | None) -> list[exp.Expression]:
    if isinstance(tree, exp.Select):
        return list(tree.expressions)
    returning = tree.args.get("returning") if tree is not None else None
    return list(returning.expressions) if isinstance(returning, exp.Returning) else []


def _is_star(expression: exp.Expression) -> bool:
    return expression.is_star and not isinstance(expression.unalias(), exp.Func)


def source_of(tree: exp.Expression, projection: exp.Expression, relations: Relations) -> ColumnRef | None:
    """The column that the expression only casts or renames."""
    if isinstance(tree, exp.Select):
        return _through(tree, projection, relations, _DEPTH)
    target = tree.this if isinstance(tree, exp.Insert | exp.Update | exp.Delete) else None
    table = target.this if isinstance(target, exp.Schema) else target
    column = _bare_column(projection)
    if column is None or not isinstance(table, exp.Table) or _others(tree):
        return None
    return _in_table(table, column.name, relations)


def _others(tree: exp.Expression) -> bool:
    return bool(tree.args.get("from_") or tree.args.get("from") or tree.args.get("using"))


def _bare_column(expression: exp.Expression) -> exp.Column | None:
    """The column under aliases, brackets and casts; an array's element or a field is not the column."""
    inner: exp.Expression | None = expression
    while isinstance(inner, exp.Alias | exp.Paren | exp.Cast):
        inner = inner.this
    return inner if isinstance(inner, exp.Column) and not isinstance(inner.this, exp.Star) else None


def _through(select: exp.Select, expression: exp.Expression, relations: Relations, depth: int) -> ColumnRef | None:
    column = _bare_column(expression)
    if column is None or depth == 0:
        return None
    sources = _sources(select)
    if column.table:
        named = [source for source in sources if source.alias_or_name.lower() == column.table.lower()]
        return _in_source(named[0], column.name, select, relations, depth) if len(named) == 1 else None
    found = [_in_source(source, column.name, select, relations, depth) for source in sources]
    certain = [ref for ref in found if ref is not None]
    return certain[0] if len(certain) == 1 else None


def _sources(select: exp.Select) -> list[exp.Expression]:
    start = select.args.get("from_") or select.args.get("from")
    joins = select.args.get("joins") or []
    first = [start.this] if isinstance(start, exp.From) else []
    return [*first, *(join.this for join in joins)]


def _in_source(
    source: exp.Expression, name: str, select: exp.Select, relations: Relations, depth: int
) -> ColumnRef | None:
    if isinstance(source, exp.Subquery):
        return _in_select(source.this, name, relations, depth)
    if not isinstance(source, exp.Table):
        return None
    query = None if source.db else _common_table(select, source.name)
    return _in_table(source, name, relations) if query is None else _in_select(query, name, relations, depth)


def _common_table(select: exp.Expression, name: str) -> exp.Expression | None:
    """The WITH query of that name in this SELECT or around it."""
    scope: exp.Expression | None = select
    while scope is not None:
        with_ = scope.args.get("with_") or scope.args.get("with")
        for common in with_.expressions if isinstance(with_, exp.With) else ():
            if common.alias.lower() == name.lower():
                query = common.this
                return query if isinstance(query, exp.Expression) else None
        outer = scope.parent
        scope = outer if isinstance(outer, exp.Expression) else None
    return None


def _in_select(query: object, name: str, relations: Relations, depth: int) -> ColumnRef | None:
    if not isinstance(query, exp.Select):
        return None
    for expression in query.expressions:
        if expression.alias_or_name.lower() == name.lower():
            return _through(query, expression, relations, depth - 1)
    if any(_is_star(expression) for expression in query.expressions):
        return _through(query, exp.column(name), relations, depth - 1)
    return None


def _in_table(table: exp.Table, name: str, relations: Relations) -> ColumnRef | None:
    """Without a schema the table is one of the tenant's own."""
    schema = table.db or "public"
    for candidate in (table.name, table.name.lower()):
        columns = relations.get((schema, candidate), frozenset())
        for column in (name, name.lower()):
            if column in columns:
                return ColumnRef(schema, candidate, column)
    return None
