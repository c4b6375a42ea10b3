"""The type of an expression, where small sound rules tell it; ``None`` leaves that column's type to PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import assert_never

from pytest_errorbudget.checks.replay.common_type import (
    BOOL,
    INT4,
    INT8,
    LITERAL,
    NUMERIC,
    common_type,
    settled,
)
from pytest_errorbudget.checks.replay.function_types import Types, builtin_result
from pytest_errorbudget.checks.replay.operator_types import operator_result, prefix_result
from pytest_errorbudget.checks.replay.scope import Scope, Typed
from pytest_errorbudget.checks.replay.state import State
from pytest_errorbudget.model.change_query import (
    ArrayOf,
    Attribute,
    Call,
    Case,
    Cast,
    ColumnRef,
    Elements,
    Exists,
    Expression,
    Literal,
    LiteralKind,
    Operator,
    Query,
    Scalar,
    Star,
    Subscript,
    Truth,
    Unread,
)
from pytest_errorbudget.model.pgtype import CATALOG, UNKNOWN, PgType

_KEEPS_DOMAINS = frozenset({"coalesce", "greatest", "least"})
# These give one of their arguments, so that a user's own overload can only widen what they take.
_LARGEST_INT4, _LARGEST_INT8 = 2**31 - 1, 2**63 - 1
Columns = Callable[[Query, Scope | None], Sequence[Typed] | None]


class Typing:
    """Types expressions; ``columns`` types the queries inside them."""

    def __init__(self, state: State, columns: Columns) -> None:
        self._state, self._columns = state, columns

    def of(self, expression: Expression, scope: Scope) -> PgType | None:
        match expression:
            case ColumnRef():
                found = scope.column(expression.qualifier, expression.name)
                return None if found == UNKNOWN else found
            case Literal():
                return _literal(expression)
            case Cast():
                return self._state.resolved(expression.type)
            case Truth() | Exists():
                return BOOL
            case Call():
                return self._call(expression, scope)
            case Operator():
                return self._operator(expression, scope)
            case Case():
                return self._case(expression, scope)
            case Scalar() | ArrayOf():
                return self._query(expression, scope)
            case Elements():
                found = settled(self.common([self.of(one, scope) for one in expression.elements]))
                return None if found is None else replace(found, dimensions=1)
            case Subscript():
                return self._subscript(expression, scope)
            case Star() | Attribute() | Unread():
                return None
        assert_never(expression)

    def common(self, types: Sequence[PgType | None]) -> PgType | None:
        """The common type; a domain among others counts as its base, which is left to PostgreSQL."""
        found = common_type(types)
        mixed = len(set(types)) > 1
        return None if mixed and any(one is not None and self._is_domain(one) for one in types) else found

    def based(self, found: PgType | None) -> PgType | None:
        """A domain as the type under it."""
        while found is not None and self._is_domain(found):
            found = self._state.domains[found.schema, found.name].base
        return found

    def _is_domain(self, found: PgType) -> bool:
        return found.dimensions == 0 and (found.schema, found.name) in self._state.domains

    def _call(self, call: Call, scope: Scope) -> PgType | None:
        own = self._state.results.get(call.name)
        if own is not None and call.schema != CATALOG:
            return own[0] if len(set(own)) == 1 and call.name not in _BUILTIN_TOO else None
        if call.schema not in (None, CATALOG):
            return None
        if call.star:
            return INT8 if call.name == "count" else None
        types: Types = tuple(self.of(argument, scope) for argument in call.arguments)
        if call.name in _KEEPS_DOMAINS:
            return self.common(types)
        return builtin_result(call.name, tuple(self.based(one) for one in types))

    def _operator(self, operator: Operator, scope: Scope) -> PgType | None:
        right = self.based(self.of(operator.right, scope))
        if operator.left is None:
            return prefix_result(operator.symbol, right)
        return operator_result(operator.symbol, self.based(self.of(operator.left, scope)), right)

    def _case(self, case: Case, scope: Scope) -> PgType | None:
        """ELSE comes first when the common type is chosen; without ELSE there is a NULL."""
        otherwise = LITERAL if case.otherwise is None else self.of(case.otherwise, scope)
        return self.common([otherwise, *(self.of(result, scope) for result in case.results)])

    def _query(self, expression: Scalar | ArrayOf, scope: Scope) -> PgType | None:
        columns = self._columns(expression.query, scope)
        if columns is None or len(columns) != 1:
            return None
        found = columns[0][1]
        if isinstance(expression, Scalar) or found is None:
            return found
        return replace(found, dimensions=1)

    def _subscript(self, subscript: Subscript, scope: Scope) -> PgType | None:
        found = self.based(self.of(subscript.operand, scope))
        if found is None:
            return None
        if found.dimensions:
            return found if subscript.slices else found.element
        return found if found == PgType("jsonb") else None


_BUILTIN_TOO = frozenset({"coalesce", "greatest", "least", "nullif"})


def _literal(literal: Literal) -> PgType:
    if literal.kind is not LiteralKind.NUMBER:
        return BOOL if literal.kind is LiteralKind.BOOLEAN else LITERAL
    digits = literal.text.replace("_", "")
    if not digits.isdigit():
        return INT4 if digits[:2].lower() in {"0x", "0o", "0b"} else NUMERIC
    number = int(digits)
    return INT4 if number <= _LARGEST_INT4 else INT8 if number <= _LARGEST_INT8 else NUMERIC
