"""The name of an output column without an alias: ``FigureColname`` of PostgreSQL's parse_target.c."""

from __future__ import annotations

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
    Operator,
    Query,
    Scalar,
    Select,
    Star,
    Subscript,
    Truth,
    Unread,
)

_NONE = "?column?"


def figure(expression: Expression) -> str | None:
    """The column's name; ``None`` where the expression was not read far enough to tell."""
    found = _figure(expression)
    if found is None:
        return None
    name, strength = found
    return name if strength else _NONE


def _figure(expression: Expression | None) -> tuple[str, int] | None:
    """A name and its strength: 2 for a column or function, 1 for a type or CASE, which an outer cast replaces."""
    match expression:
        case ColumnRef() | Call() | Attribute():
            return expression.name, 2
        case Elements() | ArrayOf():
            return "array", 2
        case Exists():
            return "exists", 2
        case Subscript():
            return _figure(expression.operand)
        case Cast():
            inner = _figure(expression.operand)
            return inner if inner is None or inner[1] > 1 else (expression.type.name, 1)
        case Case():
            inner = _figure(expression.otherwise)
            return inner if inner is None or inner[1] > 1 else ("case", 1)
        case Scalar():
            return _first_output(expression.query)
        case Unread():
            return None if expression.label is None else (expression.label, 2)
        case Literal() | Operator() | Truth() | Star() | None:
            return "", 0


def _first_output(query: Query) -> tuple[str, int] | None:
    """The name of a subquery's only column; set operations take the left branch's."""
    body = query.body
    if not isinstance(body, Select) or not body.outputs:
        return None
    name = body.outputs[0].name
    if name is None:
        return None
    return ("", 0) if name == _NONE else (name, 2)
