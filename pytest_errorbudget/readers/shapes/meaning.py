"""What the columns of a prepared query mean: where they come from, and whether they can be NULL.

PostgreSQL names the table column behind an output column that is nothing else. The rest is read from the query's
text, and only where that is certain: a column is said never to be NULL when no outer join, grouping set or the like
can have made it so, and *not known* otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import ColumnRef, OutputColumn
from pytest_errorbudget.readers.shapes.sources import parsed, projections, source_of

_TABLES = frozenset({"r", "p"})
_MAY_NULL = re.compile(r"\b(left|right|full|outer|grouping|rollup|cube|merge|old|new)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CatalogueColumn:
    ref: ColumnRef
    kind: str
    not_null: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Columns of the shape by (relation's object id, attribute number), and the columns of each relation by name."""

    columns: Mapping[tuple[int, int], CatalogueColumn]
    relations: Mapping[tuple[str, str], frozenset[str]]

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]]) -> Catalogue:
        columns: dict[tuple[int, int], CatalogueColumn] = {}
        relations: dict[tuple[str, str], set[str]] = {}
        for oid, number, schema, relation, kind, name, not_null in rows:
            columns[oid, number] = CatalogueColumn(ColumnRef(schema, relation, name), kind, not_null)
            relations.setdefault((schema, relation), set()).add(name)
        return cls(columns, {key: frozenset(names) for key, names in relations.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedColumn:
    name: str
    type: PgType
    relation: int
    attribute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    sql: str
    columns: tuple[DescribedColumn, ...]


def output_columns(described: Described, catalogue: Catalogue) -> tuple[OutputColumn, ...]:
    """The query's columns, in order."""
    tree = parsed(described.sql)
    written = projections(tree, [column.name for column in described.columns])
    may_null = _may_null(described.sql, tree)
    result = []
    for position, column in enumerate(described.columns):
        found = catalogue.columns.get((column.relation, column.attribute))
        projection = written[position]
        origin = found.ref if found else None
        source = origin or (source_of(tree, projection, catalogue.relations) if tree and projection else None)
        nullable = _nullable(tree, found, may_null) if found else _of_expression(projection)
        result.append(OutputColumn(name=column.name, type=column.type, nullable=nullable, origin=origin, source=source))
    return tuple(result)


def _may_null(sql: str, tree: exp.Expression | None) -> bool:
    """Whether something in the query can turn a NOT NULL column into NULL. Words that are absent settle it."""
    if _MAY_NULL.search(sql) is None:
        return False
    if tree is None:
        return True
    joins = any(join.side in {"LEFT", "RIGHT", "FULL"} for join in tree.find_all(exp.Join))
    groups = any(tree.find(kind) for kind in (exp.GroupingSets, exp.Rollup, exp.Cube, exp.Merge))
    images = any(column.table.lower() in {"old", "new"} for column in tree.find_all(exp.Column))
    natural = any(join.args.get("method") for join in tree.find_all(exp.Join))
    return joins or groups or images or natural


def _nullable(tree: exp.Expression | None, column: CatalogueColumn, may_null: bool) -> bool | None:
    if column.not_null:
        return None if may_null else False
    if column.kind not in _TABLES or tree is None:
        return None  # a view's column may well be NOT NULL underneath
    if not isinstance(tree, exp.Query) or _constrained(tree, column.ref.column):
        return None  # the statement itself may set it, or leave out the rows where it is NULL
    return True


def _constrained(tree: exp.Expression, name: str) -> bool:
    conditions = [c for kind in (exp.Where, exp.Having, exp.Join) for c in tree.find_all(kind)]
    return any(column.name.lower() == name.lower() for c in conditions for column in c.find_all(exp.Column))


def _of_expression(projection: exp.Expression | None) -> bool | None:
    """A few expressions that never are NULL, whatever they read."""
    if projection is None:
        return None
    inner = projection.unalias().unnest()
    while isinstance(inner, exp.Cast):
        inner = inner.this.unnest()
    if isinstance(inner, exp.Count | exp.Exists):
        return False
    if isinstance(inner, exp.Literal | exp.Boolean):
        return False
    if isinstance(inner, exp.Coalesce):
        return False if any(_of_expression(part) is False for part in (inner.this, *inner.expressions)) else None
    return None
