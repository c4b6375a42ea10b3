"""sqlglot's tokens as plain words, and a cursor over them.

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

from pytest_errorbudget.model.change_parts import Name
from pytest_errorbudget.model.source import Span

_LONGEST_NAME_BYTES = 63
_SHORT_NAME = _LONGEST_NAME_BYTES // 4
# Reading is quadratic in the depth of brackets; people stay far below this.
_DEEPEST = 100
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


_OPEN, _CLOSE = frozenset("(["), frozenset(")]")


class Cursor:
    """A place in a statement's words. Reading methods raise ``NotUnderstood`` and say what they wanted."""

    def __init__(self, sql: str, items: tuple[Word, ...], places: PlacesOf) -> None:
        self.sql, self._words, self._places = sql, items, places
        self._at = 0

    @property
    def word(self) -> Word | None:
        return self._words[self._at] if self._at < len(self._words) else None

    @property
    def key(self) -> str:
        return self._words[self._at].key if self._at < len(self._words) else ""

    @property
    def done(self) -> bool:
        return self._at >= len(self._words)

    @property
    def place(self) -> int:
        """The offset at which the next word starts."""
        return self._words[self._at].start if self._at < len(self._words) else len(self.sql)

    def copy(self) -> Cursor:
        """A cursor at the same place, to look ahead with."""
        ahead = Cursor(self.sql, self._words, self._places)
        ahead._at = self._at
        return ahead

    def peek(self, *keys: str) -> bool:
        if self.key != keys[0]:
            return False
        if len(keys) == 1:
            return True
        return tuple(word.key for word in self._words[self._at : self._at + len(keys)]) == keys

    def accept(self, *keys: str) -> bool:
        if not self.peek(*keys):
            return False
        self._at += len(keys)
        return True

    def expect(self, *keys: str) -> None:
        if not self.accept(*keys):
            raise NotUnderstood(f"`{' '.join(keys).upper()}` was expected {self._here()}")

    def one_of(self, *keys: str) -> str:
        """The keyword that comes next, which must be one of these."""
        key = self.key
        if key not in keys:
            raise NotUnderstood(f"{' or '.join(f'`{k.upper()}`' for k in keys)} was expected {self._here()}")
        self._at += 1
        return key

    def next(self) -> Word:
        word = self.word
        if word is None:
            raise NotUnderstood("the statement ends too early")
        self._at += 1
        return word

    def name(self) -> str:
        """An identifier."""
        word = self.word
        if word is None or not word.is_name:
            raise NotUnderstood(f"a name was expected {self._here()}")
        self._at += 1
        return word.value

    def qualified(self) -> Name:
        """``name``, ``schema.name`` or ``database.schema.name``."""
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        return Name(parts[-2] if len(parts) > 1 else None, parts[-1])

    def string(self) -> str:
        word = self.next()
        if word.kind is not WordKind.STRING:
            raise NotUnderstood(f"a string was expected instead of `{word.value}`")
        return word.value

    def group(self) -> tuple[Word, ...]:
        """The words inside the brackets that open here, without the brackets."""
        if self.key not in _OPEN:
            raise NotUnderstood(f"`(` was expected {self._here()}")
        start, depth = self._at + 1, 0
        while not self.done:
            key = self.next().key
            if key in _OPEN:
                depth += 1
                if depth > _DEEPEST:
                    raise NotUnderstood(f"its brackets nest more than {_DEEPEST} deep")
            elif key in _CLOSE:
                depth -= 1
                if depth == 0:
                    return self._words[start : self._at - 1]
        raise NotUnderstood("a bracket is never closed")

    def names(self) -> tuple[str, ...]:
        """``(a, b)``"""
        inner = self.inside(self.group())
        found = [inner.name()]
        while inner.accept(","):
            found.append(inner.name())
        return tuple(found)

    def inside(self, items: tuple[Word, ...]) -> Cursor:
        """A cursor over some of the statement's words."""
        return Cursor(self.sql, items, self._places)

    def parts(self, items: tuple[Word, ...]) -> tuple[tuple[Word, ...], ...]:
        """The words between the commas that are in no bracket."""
        found: list[tuple[Word, ...]] = []
        start = depth = 0
        for index, word in enumerate(items):
            if word.key in _OPEN:
                depth += 1
            elif word.key in _CLOSE:
                depth -= 1
            elif word.key == "," and depth == 0:
                found.append(items[start:index])
                start = index + 1
        return (*found, items[start:]) if items else ()

    def until(self, stops: frozenset[str]) -> tuple[Word, ...]:
        """The words up to one of ``stops`` outside brackets and CASE … END, or up to the end."""
        start, depth = self._at, 0
        while not self.done:
            key = self.key
            if depth == 0 and key in stops:
                break
            if key in _OPEN or key == "case":
                depth += 1
            elif key in _CLOSE or (key == "end" and depth):
                depth -= 1
            self._at += 1
        return self._words[start : self._at]

    def rest(self) -> tuple[Word, ...]:
        found = self._words[self._at :]
        self._at = len(self._words)
        return found

    def text(self, items: tuple[Word, ...]) -> str:
        """The source of some words, white space folded."""
        return " ".join(self.sql[items[0].start : items[-1].end].split()) if items else ""

    def span(self, start: int) -> Span:
        """From the offset ``start`` to the last word read."""
        end = self._words[self._at - 1].end if self._at else start
        return self._places.span(start, max(start, end))

    def span_of(self, items: tuple[Word, ...]) -> Span:
        return self._places.span(items[0].start, items[-1].end)

    def _here(self) -> str:
        word = self.word
        return f"before `{self.sql[word.start : word.end]}`" if word is not None else "at the end"


class PlacesOf:
    """Spans of a statement by offset, worked out only when they are asked for."""

    def __init__(self, sql: str, whole: Span) -> None:
        self._sql, self._whole = sql, whole

    def span(self, start: int, end: int) -> Span:
        return Span(self._whole.path, *self._of(start), *self._of(end))

    def _of(self, offset: int) -> tuple[int, int]:
        before = self._sql.rfind("\n", 0, offset) + 1
        if before == 0:
            return self._whole.line, self._whole.column + offset
        return self._whole.line + self._sql.count("\n", 0, offset), offset - before + 1


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
