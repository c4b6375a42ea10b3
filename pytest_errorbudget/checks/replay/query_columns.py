"""The columns of a query: names, and types where they follow from tables, casts, and PostgreSQL's own functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from pytest_errorbudget.checks.replay.common_type import settled
from pytest_errorbudget.checks.replay.expression_types import Typing
from pytest_errorbudget.checks.replay.scope import Items, Scope, Typed, renamed
from pytest_errorbudget.checks.replay.source_columns import SourceColumns
from pytest_errorbudget.checks.replay.state import State
from pytest_errorbudget.model.change_query import (
    Body,
    Combined,
    CommonTable,
    Query,
    Select,
    Star,
    UnreadBody,
    Values,
)
from pytest_errorbudget.model.pgtype import PgType

_DEEPEST = 40


def query_columns(state: State, query: Query) -> Sequence[Typed] | None:
    """The columns in order; ``None`` where not even their names are known."""
    return _Reader(state).columns(query, None)


class _Reader:
    def __init__(self, state: State) -> None:
        self._typing = Typing(state, self.columns)
        self._sources = SourceColumns(state, self._typing, self.columns)
        self._depth = 0

    def columns(self, query: Query, outer: Scope | None) -> Sequence[Typed] | None:
        """As a subquery gives them: what is still a literal is text."""
        found = self._unsettled(query, outer)
        return None if found is None else [(name, settled(type_)) for name, type_ in found]

    def _unsettled(self, query: Query, outer: Scope | None) -> Sequence[Typed] | None:
        if self._depth > _DEEPEST:
            return None
        self._depth += 1
        common = dict(outer.common) if outer is not None else {}
        for table in query.common:
            common[table.name] = self._common(table, query.recursive, replace(_around(outer), common=dict(common)))
        found = self._body(query.body, replace(_around(outer), common=common))
        self._depth -= 1
        return found

    def _common(self, table: CommonTable, recursive: bool, outer: Scope) -> tuple[Typed, ...] | None:
        """A recursive table has the columns of its first branch."""
        body = table.query.body
        query = table.query
        if recursive and isinstance(body, Combined) and not query.common:
            query = _leftmost(body.left)
        found = self.columns(query, outer)
        return None if found is None else tuple(renamed(found, table.columns))

    def _body(self, body: Body, scope: Scope) -> Sequence[Typed] | None:
        match body:
            case Select():
                return self._select(body, scope)
            case Values():
                return self._values(body, scope)
            case Combined():
                return self._combined(body, scope)
            case UnreadBody():
                return None
        assert_never(body)

    def _select(self, select: Select, outer: Scope) -> Sequence[Typed] | None:
        items: list[Items] = []
        for source in select.sources:
            siblings = replace(outer, items=tuple(items), outer=outer)
            items.append(self._sources.of(source, siblings, outer))
        scope = Scope(items=tuple(items), common=outer.common, outer=outer)
        found: list[Typed] = []
        for output in select.outputs:
            if isinstance(output.expression, Star):
                columns = scope.star(output.expression.qualifier)
                if columns is None:
                    return None
                found.extend(columns)
            elif output.name is None:
                return None
            else:
                found.append((output.name, self._typing.of(output.expression, scope)))
        return found

    def _values(self, values: Values, scope: Scope) -> Sequence[Typed] | None:
        width = len(values.rows[0]) if values.rows else 0
        if any(len(row) != width for row in values.rows):
            return None
        types = [[self._typing.of(one, scope) for one in row] for row in values.rows]
        return [
            (f"column{position + 1}", settled(self._typing.common([row[position] for row in types])))
            for position in range(width)
        ]

    def _combined(self, body: Combined, scope: Scope) -> Sequence[Typed] | None:
        left, right = self._unsettled(body.left, scope), self._unsettled(body.right, scope)
        if left is None:
            return None
        types: list[PgType | None] = [None] * len(left) if right is None else [type_ for _, type_ in right]
        if len(types) != len(left):
            return None
        return [
            (name, settled(self._typing.common((type_, other))))
            for (name, type_), other in zip(left, types, strict=True)
        ]


def _around(outer: Scope | None) -> Scope:
    return outer if outer is not None else Scope()


def _leftmost(query: Query) -> Query:
    while isinstance(query.body, Combined) and not query.common:
        query = query.body.left
    return query
