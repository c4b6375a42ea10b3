"""What a FROM item shows to the rest of its query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from pytest_errorbudget.checks.replay.expression_types import Columns, Typing
from pytest_errorbudget.checks.replay.fixed_results import FIXED
from pytest_errorbudget.checks.replay.scope import Items, Scope, Seen, Typed, renamed
from pytest_errorbudget.checks.replay.state import State
from pytest_errorbudget.model.change_query import (
    CallSource,
    JoinSource,
    QuerySource,
    Source,
    TableSource,
    UnreadSource,
)
from pytest_errorbudget.model.pgtype import CATALOG, UNKNOWN, PgType

_TEXT, _JSON, _JSONB = PgType("text"), PgType("json"), PgType("jsonb")
# Functions with OUT parameters, whose names the columns keep.
_NAMED: dict[str, tuple[Typed, ...]] = {
    "json_array_elements": (("value", _JSON),),
    "json_array_elements_text": (("value", _TEXT),),
    "json_each": (("key", _TEXT), ("value", _JSON)),
    "json_each_text": (("key", _TEXT), ("value", _TEXT)),
    "jsonb_array_elements": (("value", _JSONB),),
    "jsonb_array_elements_text": (("value", _TEXT),),
    "jsonb_each": (("key", _TEXT), ("value", _JSONB)),
    "jsonb_each_text": (("key", _TEXT), ("value", _TEXT)),
}
# Functions of one value a row, whose column is named after the alias.
_PLAIN = frozenset({"generate_series", "unnest", "generate_subscripts", "json_object_keys", "jsonb_object_keys"})
_RESULTS = {"generate_subscripts": PgType("int4"), "json_object_keys": _TEXT, "jsonb_object_keys": _TEXT}
_PLAIN_FIXED = frozenset({"regexp_split_to_table", "string_to_table", "regexp_matches", "jsonb_path_query"})


class SourceColumns:
    """Types sources; ``columns`` types the queries among them."""

    def __init__(self, state: State, typing: Typing, columns: Columns) -> None:
        self._state, self._typing, self._columns = state, typing, columns

    def of(self, source: Source, siblings: Scope, outer: Scope) -> Items:
        """``siblings`` has the FROM items before this one, for functions and LATERAL."""
        match source:
            case TableSource():
                return _item(source.alias, _under(self._table(source, outer), source.columns))
            case QuerySource():
                found = self._columns(source.query, siblings if source.lateral else outer)
                return _item(source.alias, _under(found, source.columns))
            case CallSource():
                return self._function(source, siblings)
            case JoinSource():
                return self._join(source, siblings, outer)
            case UnreadSource():
                return Items((Seen(source.alias, None),) if source.alias else (), None)
        assert_never(source)

    def _table(self, source: TableSource, scope: Scope) -> Sequence[Typed] | None:
        name = source.name
        if name.schema is None and name.name in scope.common:
            return scope.common[name.name]
        table = self._state.find(name)
        if table is None or self._state.is_uncertain(table.key):
            return None
        return [(c.name, None if c.type == UNKNOWN else c.type) for c in table.columns.values()]

    def _function(self, source: CallSource, scope: Scope) -> Items:
        call = source.call
        if source.definitions:
            typed = [(name, self._state.resolved(type_)) for name, type_ in source.definitions]
            return _item(source.alias or call.name, typed)
        unknown = Items((Seen(source.alias or call.name, None),), None)
        if call.schema not in (None, CATALOG) or call.name in self._state.results:
            return unknown
        columns = _NAMED.get(call.name)
        if columns is None:
            if call.name not in _PLAIN | _PLAIN_FIXED or (len(call.arguments) > 1 and call.name == "unnest"):
                return unknown
            found = _RESULTS.get(call.name) or FIXED.get(call.name) or self._typing.of(call, scope)
            columns = ((source.alias or call.name, found),)
        whole = columns[0][1] if len(columns) == 1 else None
        if source.ordinality:
            columns = (*columns, ("ordinality", PgType("int8")))
            whole = None
        alias = source.alias or call.name
        typed_columns = renamed(columns, source.columns)
        return Items((Seen(alias, tuple(typed_columns), whole),), tuple(typed_columns))

    def _join(self, source: JoinSource, siblings: Scope, outer: Scope) -> Items:
        left = self.of(source.left, siblings, outer)
        beside = Scope((*siblings.items, left), siblings.common, siblings.outer)
        right = self.of(source.right, beside, outer)
        columns = _joined(source, left.columns, right.columns)
        if source.alias is not None:
            return _item(source.alias, columns)
        return Items((*left.seen, *right.seen), None if columns is None else tuple(columns))


def _item(alias: str, columns: Sequence[Typed] | None) -> Items:
    known = None if columns is None else tuple(columns)
    return Items((Seen(alias, known),) if alias else (), known)


def _under(columns: Sequence[Typed] | None, names: tuple[str, ...]) -> Sequence[Typed] | None:
    return None if columns is None else renamed(columns, names)


def _joined(source: JoinSource, left: Sequence[Typed] | None, right: Sequence[Typed] | None) -> Sequence[Typed] | None:
    """Merged columns come first; their type is certain where both sides have the same."""
    if left is None or right is None:
        return None
    names = source.using
    if source.natural:
        names = tuple(name for name, _ in left if any(name == other for other, _ in right))
    merged: list[Typed] = []
    for name in names:
        types = [type_ for side in (left, right) for column, type_ in side if column == name]
        merged.append((name, types[0] if len(types) == 2 and types[0] == types[1] else None))
    rest = [column for column in (*left, *right) if column[0] not in names]
    return [*merged, *rest]
