"""A file's text as statements, split on sqlglot's own tokens.

Where a text is so plain that these tokens cannot matter, a regular expression finds the same places ten times as
quickly (``plain_text.py``). Three things are not in the tokens: the body of ``BEGIN ATOMIC … END`` holds semicolons of
its own, psql's meta-commands end with their line, and the rows after ``COPY … FROM stdin;`` are data up to ``\\.``. A
text that sqlglot cannot cut into tokens (a quote that is never closed) is one statement, which PostgreSQL then refuses
at its place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, count
from operator import add
from typing import TYPE_CHECKING

from pytest_errorbudget.model.migration import Statement
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.migrations.plain_text import plain_stretches

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

_META_COMMAND = re.compile(r"^\\[^\n]*", re.MULTILINE)
_COPY_DATA = re.compile(r"^[ \t]*copy\b[^;]*\bfrom\s+stdin\b[^;]*;[^\n]*\n(.*?)(?:^\\\.[^\n]*$|\Z)", re.I | re.M | re.S)
_ATOMIC = re.compile(r"\batomic\b", re.I)
_NOT_A_LINE_END = re.compile(r"[^\r\n]")
_WHITE = " \t\r\n\f\v"


def split(text: str, path: str, begin: int = 0, end: int | None = None) -> tuple[Statement, ...]:
    """The statements of a file in order, without their ``;``; never raises.

    Only the stretch from ``begin`` to ``end`` is read; places are those of the whole file.
    """
    places = Places(text, path)
    code, meta = _without_psql(_only(text, begin, len(text) if end is None else end))
    plain = plain_stretches(code)
    stretches = sorted([*(_stretches(code) if plain is None else plain), *meta])
    return tuple(Statement(sql=text[first:last], span=places.span(first, last)) for first, last in stretches)


def _only(text: str, begin: int, end: int) -> str:
    """The text with all but a stretch blanked; offsets and lines stay."""
    if (begin, end) == (0, len(text)):
        return text
    return f"{_NOT_A_LINE_END.sub(' ', text[:begin])}{text[begin:end]}{_NOT_A_LINE_END.sub(' ', text[end:])}"


class Places:
    """Lines and columns of a text, by offset; both count from 1."""

    def __init__(self, text: str, path: str, line: int = 1, column: int = 1) -> None:
        self._path = path
        self._starts = [0, *map(add, accumulate(map(len, text.split("\n"))), count(1))]
        self._line, self._column = line, column

    def span(self, start: int, end: int) -> Span:
        return Span(self._path, *self._at(start), *self._at(end))

    def _at(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self._starts, offset) - 1
        column = offset - self._starts[row] + (self._column if row == 0 else 1)
        return self._line + row, column


def _without_psql(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with psql's own lines blanked, and the stretches of its meta-commands; offsets stay."""
    if "\\" not in text:
        return text, []
    code = _COPY_DATA.sub(lambda match: match[0][: match.start(1) - match.start()] + _blank(match, 1), text)
    if not _META_COMMAND.search(code):
        return code, []
    quoted = _quoted(code)
    meta = [m.span() for m in _META_COMMAND.finditer(code) if not any(a < m.start() < b for a, b in quoted)]
    for start, end in meta:
        code = code[:start] + " " * (end - start) + code[end:]
    return code, [(start, start + len(code_text(text[start:end]))) for start, end in meta]


def code_text(line: str) -> str:
    return line.rstrip(_WHITE)


def _blank(match: re.Match[str], group: int) -> str:
    return _NOT_A_LINE_END.sub(" ", match.string[match.start(group) : match.end()])


def _quoted(code: str) -> list[tuple[int, int]]:
    """The stretches of strings, in which a backslash at the start of a line is text."""
    return [(token.start, token.end) for token in _tokens(code) or () if "\n" in code[token.start : token.end]]


def _tokens(code: str) -> list[Token] | None:
    """sqlglot is imported here: most migrations are so plain that it is not needed."""
    from sqlglot.dialects.postgres import Postgres
    from sqlglot.errors import SqlglotError

    try:
        return Postgres().tokenize(code)
    except (SqlglotError, UnicodeError):
        return None


def _stretches(code: str) -> Iterator[tuple[int, int]]:
    tokens = _tokens(code)
    if tokens is None:
        stripped = code.strip(_WHITE)
        if stripped:
            start = len(code) - len(code.lstrip(_WHITE))
            yield start, start + len(stripped)
        return
    if _ATOMIC.search(code):
        yield from _between_semicolons(tokens, code)
    else:
        yield from _plainly_between(tokens, code)


def _plainly_between(tokens: list[Token], code: str) -> Iterator[tuple[int, int]]:
    """Where no body holds semicolons of its own, only these tokens need a look."""
    from sqlglot.tokenizer_core import TokenType

    first = 0
    semicolon = TokenType.SEMICOLON
    ends = [place for place, token in enumerate(tokens) if token.token_type is semicolon]
    for end in (*ends, len(tokens)):
        if end > first:
            start, last = tokens[first].start, min(tokens[end - 1].end + 1, len(code))
            yield start, start + len(code[start:last].rstrip(_WHITE))
        first = end + 1


def _between_semicolons(tokens: list[Token], code: str) -> Iterator[tuple[int, int]]:
    first: int | None = None
    last = depth = 0
    before = ""
    for token in tokens:
        word = token.text if len(token.text) < 8 else ""
        if word == ";" and code[token.start : token.end + 1] == ";":
            if depth == 0:
                if first is not None:
                    yield first, first + len(code[first:last].rstrip(_WHITE))
                first = None
            before = ";"
            continue
        if first is None:
            first, depth = token.start, 0
        last = min(max(last, token.end + 1), len(code))
        word = word.upper()
        if (before == "BEGIN" and word == "ATOMIC") or (depth and word == "CASE"):
            depth += 1
        elif depth and word == "END":
            depth -= 1
        before = word
    if first is not None:
        yield first, first + len(code[first:last].rstrip(_WHITE))
