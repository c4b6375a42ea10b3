"""Operators in an expression, put together from sqlglot's tokens by PostgreSQL's own rule."""

from __future__ import annotations

from pytest_errorbudget.readers.ddl.cursor import Cursor
from pytest_errorbudget.readers.ddl.words import WordKind

_CHARACTERS = frozenset("+-*/<>=~!@#%^&|`?")
_NO_OPERATORS = frozenset("().,;:[]")
# An operator may end in + or - only if it holds one of these.
_ALLOW_SIGN_AT_END = frozenset("~!@#%^&|`?")
COMPARISONS = frozenset({"=", "<", ">", "<=", ">=", "<>", "!="})
_STRENGTHS = {"+": 8, "-": 8, "*": 9, "/": 9, "%": 9, "^": 10}
ANY_OTHER = 7


def operator_at(cursor: Cursor) -> tuple[str, int]:
    """The operator that starts here and the number of its words; an empty one where there is none."""
    first = cursor.word
    if first is None or first.kind is not WordKind.SYMBOL or first.key in _NO_OPERATORS:
        return "", 0
    ahead = cursor.copy()
    text, pieces = "", [""]
    end = -1
    while (word := ahead.word) is not None and word.kind is WordKind.SYMBOL:
        if not set(word.value) <= _CHARACTERS or (text and word.start != end):
            break
        text, end = text + word.value, word.end
        pieces.append(text)
        ahead.next()
    while len(pieces) > 2 and pieces[-1][-1] in "+-" and not set(pieces[-1]) & _ALLOW_SIGN_AT_END:
        pieces.pop()
    return pieces[-1], len(pieces) - 1


def strength(symbol: str) -> int:
    """How tightly a binary operator binds; comparisons bind less than any of these."""
    return _STRENGTHS.get(symbol, ANY_OTHER)
