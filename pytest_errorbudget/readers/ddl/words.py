"""sqlglot's tokens as plain words.

Everything in ``readers.ddl`` reads words, and sqlglot's own parser is not used: it keeps 6 % of real migration
statements as text (all of ALTER TYPE, partitions, any ALTER TABLE with one action that it does not know), misreads
others without a word (``RENAME a TO b``, ``int ARRAY NOT NULL``, ``float(10)``), and a dialect of our own cannot
inherit from its compiled classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from sqlglot.dialects.postgres import Postgres
from sqlglot.tokenizer_core import TokenType

_LONGEST_NAME_BYTES = 63
_SHORT_NAME = _LONGEST_NAME_BYTES // 4
_PIECE = re.compile(r"\S+")


class NotUnderstood(Exception):
    """A statement that these rules cannot read; the reason is for people."""


class WordKind(Enum):
    BARE = "bare"
    QUOTED = "quoted"
    STRING = "string"
    NUMBER = "number"
    SYMBOL = "symbol"


class Word(NamedTuple):
    """A tuple, because a run makes hundreds of thousands: a frozen dataclass takes four times as long to build.

    ``key`` is what keywords and symbols are matched by (lower case), empty for quoted names and strings.

    ``value`` is the identifier or the string's content. ``start`` and ``end`` are offsets, the end exclusive.
    """

    kind: WordKind
    key: str
    value: str
    start: int
    end: int

    @property
    def is_name(self) -> bool:
        return self.kind is WordKind.BARE or self.kind is WordKind.QUOTED


_KINDS = {
    TokenType.IDENTIFIER: WordKind.QUOTED,
    TokenType.NUMBER: WordKind.NUMBER,
    TokenType.STRING: WordKind.STRING,
    TokenType.NATIONAL_STRING: WordKind.STRING,
    TokenType.BYTE_STRING: WordKind.STRING,
    TokenType.BIT_STRING: WordKind.STRING,
    TokenType.HEX_STRING: WordKind.STRING,
    TokenType.RAW_STRING: WordKind.STRING,
    TokenType.HEREDOC_STRING: WordKind.STRING,
    TokenType.UNICODE_STRING: WordKind.STRING,
}


def words(sql: str) -> tuple[Word, ...]:
    """The words of one statement. Raises ``SqlglotError`` where sqlglot cannot cut the text."""
    found: list[Word] = []
    for token in Postgres().tokenize(sql):
        start, end = token.start, token.end + 1
        kind = _KINDS.get(token.token_type)
        if kind is not None:
            text = token.text
            found.append(Word(kind, "", identifier(text) if kind is WordKind.QUOTED else text, start, end))
            continue
        source = sql[start:end]
        if source[:1].isalpha() or source[:1] == "_":
            found.extend(_bare(source, start))
        else:
            found.append(Word(WordKind.SYMBOL, source, source, start, end))
    return tuple(found)


def identifier(text: str) -> str:
    """A name as PostgreSQL keeps it: cut to 63 bytes."""
    if len(text) <= _SHORT_NAME:
        return text
    encoded = text.encode()
    return text if len(encoded) <= _LONGEST_NAME_BYTES else encoded[:_LONGEST_NAME_BYTES].decode(errors="ignore")


def folded(text: str) -> str:
    """An unquoted name: ASCII letters in lower case, others as they are."""
    return text.lower() if text.isascii() else re.sub("[A-Z]+", lambda m: m[0].lower(), text)


def _bare(source: str, start: int) -> Iterable[Word]:
    """The words of a keyword token, which may be several (``primary   key``)."""
    if source.isalnum():
        text = folded(source)
        return (Word(WordKind.BARE, text, identifier(text), start, start + len(source)),)
    return [
        Word(WordKind.BARE, folded(piece[0]), identifier(folded(piece[0])), start + piece.start(), start + piece.end())
        for piece in _PIECE.finditer(source)
    ]


def mentioned(items: Iterable[Word]) -> frozenset[str]:
    """The identifiers among the words that may be columns: not called, not the type of a cast."""
    listed = tuple(items)
    return frozenset(
        word.value
        for i, word in enumerate(listed)
        if word.is_name
        and not (i + 1 < len(listed) and listed[i + 1].key == "(")
        and not (i and listed[i - 1].key == "::")
    )
