"""The statements of a SQL file, and the question that each asks: itself, or that of a view, a table, a cursor or an
EXPLAIN that is made of it. Seen on sqlglot's tokens, so that the question is read as the team wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlglot.dialects.dialect import Dialect

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

_HEADS = frozenset({"explain", "create", "prepare", "declare", "copy"})
_OF_A_VIEW = frozenset(
    {"create", "or", "replace", "temp", "temporary", "unlogged", "materialized", "recursive", "global", "local"}
)
_ENDS = (("with", "no", "data"), ("with", "data"))
_NOT_A_SELECT = "not a SELECT"
_FUNCTION = "the body of a function is not read: what it asks belongs into a statement of its own"


def tokens_of(text: str) -> Sequence[Token]:
    return Dialect.get_or_raise("postgres").tokenize(text)


def statements(text: str) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, without its semicolon."""
    start, end = None, 0
    for token in tokens_of(text):
        if token.text == ";" and not _is_text(token):
            if start is not None:
                yield start, end
            start = None
        else:
            start = token.start if start is None else start
            end = token.end + 1
    if start is not None:
        yield start, end


def _is_text(token: Token) -> bool:
    return token.token_type.name.endswith("STRING")


def question(text: str) -> tuple[int, int]:
    """Where in a statement its question begins and ends. Raises ``ValueError`` with the reason where there is none."""
    word = text.split(maxsplit=1)[0].lower().split("(")[0] if text.split() else ""
    if word in {"select", "with", "values", "table", "insert", ""}:
        return 0, len(text)
    if word == "do":
        raise ValueError(_FUNCTION)
    if word not in _HEADS:
        raise ValueError(_NOT_A_SELECT)
    # The tokenizer takes some words for commands, whose rest it leaves as a text: so without the word.
    place = text.lower().index(word) + len(word)
    return _within(word, tokens_of(text[place:]), place, len(text))


def _within(word: str, tokens: Sequence[Token], place: int, end: int) -> tuple[int, int]:
    if word == "create":
        _must_be_a_relation(tokens)
    depth = 0
    for before, token, after in zip((None, *tokens), tokens, (*tokens[1:], None), strict=False):
        if depth == 0 and token.text == "(" and before is not None and before.text.lower() == "as":
            return place + token.start, _end(tokens, place, end)
        depth += {"(": 1, ")": -1}.get(token.text, 0) if not _is_text(token) else 0
        if depth == 0 and _begins(token, after):
            return place + token.start, _end(tokens, place, end)
        if depth == 1 and word == "copy" and _begins(token, after):
            return place + token.start, _closed(tokens, token, place, end)
    raise ValueError(_NOT_A_SELECT)


def _must_be_a_relation(tokens: Sequence[Token]) -> None:
    kind = next((token.text.lower() for token in tokens if token.text.lower() not in _OF_A_VIEW), "")
    if kind in {"function", "procedure"}:
        raise ValueError(_FUNCTION)
    if kind not in {"view", "table"}:
        raise ValueError(_NOT_A_SELECT)


def _begins(token: Token, after: Token | None) -> bool:
    """``with`` and a parenthesis are the options of a view."""
    name = token.text.lower()
    return not _is_text(token) and (
        name in {"select", "values"} or (name == "with" and after is not None and after.text not in {"(", "no", "data"})
    )


def _end(tokens: Sequence[Token], place: int, end: int) -> int:
    """Before ``with no data``."""
    for words in _ENDS:
        last = tokens[-len(words) :]
        if tuple(token.text.lower() for token in last) == words:
            return place + last[0].start
    return end


def _closed(tokens: Sequence[Token], first: Token, place: int, end: int) -> int:
    """Before the parenthesis that is closed behind it."""
    depth = 1
    for token in tokens:
        if token.start >= first.start and not _is_text(token):
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0:
                return place + token.start
    return end
