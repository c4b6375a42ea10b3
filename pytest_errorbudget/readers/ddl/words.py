"""The words of a statement, cut as PostgreSQL's scanner cuts them (scan.l).

Statements are found with sqlglot's tokens; inside one, a single regular expression finds the words, because making
sqlglot's tokens a second time costs more than everything else that is done with them. sqlglot's own parser is not
used: it keeps 6 % of real migration statements as text (all of ALTER TYPE, partitions, any ALTER TABLE with one action
that it does not know), misreads others without a word (``RENAME a TO b``, ``int ARRAY NOT NULL``, ``float(10)``), and
a dialect of our own cannot inherit from its compiled classes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial
from typing import NamedTuple

_LONGEST_NAME_BYTES = 63
_SHORT_NAME = _LONGEST_NAME_BYTES // 4
_COMMENT = r"/\*(?:[^*/]|\*(?!/)|/(?!\*))*\*/"
_NESTED = rf"/\*(?:{_COMMENT}|[^*/]|\*(?!/)|/(?!\*))*\*/"
_BARE_WORD = r"[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*+"
_WORDS = re.compile(
    rf"""
    ((?:[\s\ufeff]++|--[^\n]*+|{_NESTED})*)         # 1: what is between words
    (?:({_BARE_WORD})(?!['"&])                      # 2: a bare word
    |([(),.;\[\]*=<>+-](?<!--))                     # 3: a symbol
    |('(?:[^']|'')*'                                # 4: a string, or
      |"(?:[^"]|"")+"                               # a quoted name
      |\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?|0[xXoObB][\da-fA-F_]+|\.\d+  # a number
      |\$\$.*?\$\$|\$([A-Za-z_]\w*)\$.*?\$\5\$      # a dollar-quoted string, 5: its tag
      |[eE]'(?:[^'\\]|\\.|'')*'                     # a string with escapes
      |[bBxXnN]'(?:[^']|'')*'                       # bits, and national characters
      |[uU]&'(?:[^']|'')*'                          # a string with Unicode escapes
      |[uU]&"(?:[^"]|"")+"                          # such a name
      |{_BARE_WORD}                                 # a bare word before a quote
      |::|:=|=>|[^'"\s])                            # any other symbol
    |\Z)
    """,
    re.X | re.S,
)
_ESCAPE = re.compile(r"\\(.)", re.S)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_UNCLOSED = "a quote or a comment is never closed"


class NotUnderstood(Exception):
    """A statement that these rules cannot read; the reason is for people.

    ``mentions`` are the identifiers that it may touch, where that is less than all in its text.
    """

    def __init__(self, reason: str, mentions: frozenset[str] | None = None) -> None:
        super().__init__(reason)
        self.mentions = mentions


class WordKind(Enum):
    BARE = "bare"
    QUOTED = "quoted"
    STRING = "string"
    NUMBER = "number"
    SYMBOL = "symbol"


_KIND = 0  # a word's kind by its place, which is found faster than by name


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
        return self[_KIND] in NAMES


# A tuple: finding a member of an enumeration by its hash is a call in Python.
NAMES = (WordKind.BARE, WordKind.QUOTED)
_BARE, _QUOTED, _STRING, _SYMBOL = WordKind.BARE, WordKind.QUOTED, WordKind.STRING, WordKind.SYMBOL
_DIGITS = frozenset("0123456789")
_Parts = tuple[WordKind, str, str, int, int]


def words(sql: str) -> tuple[Word, ...]:
    """The words of one statement. Raises ``NotUnderstood`` where a quote or a comment is never closed."""
    found: list[_Parts] = []
    add = found.append
    is_ascii = sql.isascii()
    at = 0
    # Texts alone, with places counted from their lengths: asking each match for both takes half as long again.
    for between, bare, symbol, other, _tag in _WORDS.findall(sql):
        start = at + len(between)
        if bare:
            at = start + len(bare)
            key = bare.lower() if is_ascii else folded(bare)
            add((_BARE, key, key if len(key) <= _SHORT_NAME else identifier(key), start, at))
        elif symbol:
            at = start + 1
            add((_SYMBOL, symbol, symbol, start, at))
        elif other:
            at = start + len(other)
            add((*_rare(other, sql, start), start, at))
        else:
            at = start
    if at != len(sql):
        raise NotUnderstood(_UNCLOSED)
    make: Callable[[_Parts], Word] = partial(tuple.__new__, Word)  # half the time of Word()
    return tuple(map(make, found))


def _rare(text: str, sql: str, start: int) -> tuple[WordKind, str, str]:
    first, last = text[0], text[-1]
    if first in _DIGITS or (first == "." and len(text) > 1):
        return WordKind.NUMBER, "", text
    if last == "'":
        return _STRING, "", _content(text)
    if last == '"':
        return _QUOTED, "", identifier(text[text.index('"') + 1 : -1].replace('""', '"'))
    if first == "$" and len(text) > 1:
        return _STRING, "", _dollar_quoted(text)
    if first == "_" or first.isalpha() or first >= "\x80":
        key = folded(text)
        return _BARE, key, identifier(key)
    if sql.startswith(("$$", "/*"), start):
        raise NotUnderstood(_UNCLOSED)
    return _SYMBOL, text, text


def _content(text: str) -> str:
    """What a string with a letter before it, or with none, holds."""
    content = text[text.index("'") + 1 : -1].replace("''", "'")
    return _ESCAPE.sub(_unescaped, content) if text[0] in "eE" else content


def _dollar_quoted(text: str) -> str:
    tag = text.index("$", 1) + 1
    return text[tag:-tag]


def _unescaped(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[1], match[1])


def identifier(text: str) -> str:
    """A name as PostgreSQL keeps it: cut to 63 bytes."""
    if len(text) <= _SHORT_NAME:
        return text
    encoded = text.encode()
    return text if len(encoded) <= _LONGEST_NAME_BYTES else encoded[:_LONGEST_NAME_BYTES].decode(errors="ignore")


def folded(text: str) -> str:
    """An unquoted name: ASCII letters in lower case, others as they are."""
    return text.lower() if text.isascii() else re.sub("[A-Z]+", lambda m: m[0].lower(), text)


def mentioned(items: Iterable[Word]) -> frozenset[str]:
    """The identifiers among the words that may be columns: not called, not the type of a cast."""
    found: set[str] = set()
    name = before = last = ""
    for kind, key, value, _, _ in items:
        if name and key != "(" and before != "::":
            found.add(name)
        name = value if kind in NAMES else ""
        before, last = last, key
    if name and before != "::":
        found.add(name)
    return frozenset(found)
