"""What a prepared query means: where its columns come from, whether they can be NULL, what it writes and compares.

All from the tree into which PostgreSQL turned it. Without a tree, or with one of another major's format, it is not
known: only the table column that PostgreSQL itself names behind an output column is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import OutputColumn, Typed
from pytest_errorbudget.readers.shapes.catalogue import Catalogue
from pytest_errorbudget.readers.shapes.known_trees import KnownTrees
from pytest_errorbudget.readers.shapes.nullability.query import output_columns, output_nullities
from pytest_errorbudget.readers.shapes.sources import Columns, source_of
from pytest_errorbudget.readers.shapes.suspects import Suspect, suspects_of
from pytest_errorbudget.readers.shapes.tree import Node, queries_and_operators
from pytest_errorbudget.readers.shapes.uses import bindings_of, writes_of

_UTILITY = "6"


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedColumn:
    name: str
    type: PgType
    relation: int
    attribute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """``tree`` is PostgreSQL's own text; ``None`` where there is none that we can read."""

    columns: tuple[DescribedColumn, ...]
    parameters: tuple[PgType, ...]
    tree: str | None


@dataclass(frozen=True, slots=True)
class Meaning:
    """The query in this shape, and what it searches without an index as far as the tree shows."""

    typed: Typed
    suspects: tuple[Suspect, ...] = ()


def meaning_of(described: Described, columns: Columns, catalogue: Catalogue | None, trees: KnownTrees) -> Meaning:
    """What the tree does not say is not known."""
    plain = Typed(columns=_described(described, columns), parameters=described.parameters)
    if described.tree is None or catalogue is None:
        return Meaning(plain)
    try:
        query = _statement(trees.read(described.tree))
        return Meaning(plain) if query is None else _analysed(plain, query, catalogue)
    except (LookupError, ValueError, RecursionError):
        return Meaning(plain)


def _described(described: Described, columns: Columns) -> tuple[OutputColumn, ...]:
    result = []
    for column in described.columns:
        found = columns.get((column.relation, column.attribute))
        origin = found.ref if found is not None else None
        result.append(OutputColumn(name=column.name, type=column.type, nullable=None, origin=origin, source=origin))
    return tuple(result)


def _statement(queries: list[Node]) -> Node | None:
    """The query that answers; rules may add others, or put none in its place."""
    return next((query for query in queries if query["commandType"] != _UTILITY and "canSetTag" in query), None)


def _analysed(plain: Typed, query: Node, catalogue: Catalogue) -> Meaning:
    written = output_columns(query)
    if len(written) != len(plain.columns):
        return Meaning(plain)
    nullities = output_nullities(query, catalogue)
    outputs = (
        replace(
            column,
            nullable=nullity.nullable,
            source=column.origin or source_of(target["expr"], (query,), catalogue.columns),
            always_null=target["expr"]["tag"] == "CONST" and "constisnull" in target["expr"],
        )
        for column, nullity, target in zip(plain.columns, nullities, written, strict=True)
    )
    operations = queries_and_operators(query)
    found = replace(
        plain,
        columns=tuple(outputs),
        writes=writes_of(query, catalogue.columns),
        bindings=bindings_of(operations, catalogue.columns, catalogue.operators),
    )
    return Meaning(found, suspects_of(operations, catalogue.columns, catalogue.operators, catalogue.leading))
