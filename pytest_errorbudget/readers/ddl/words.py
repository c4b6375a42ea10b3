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
_TOKEN = re.compile(
    rf"""
    (?:[\s\ufeff]+|--[^\n]*|{_NESTED})*
    (?:([A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*)(?!['"&]) # 1: a bare word
    |([(),.;\[\]*=<>+-](?<!--))                                       # 2: a symbol
    |'((?:[^']|'')*)'                                                 # 3: a string
    |"((?:[^"]|"")+)"                                                 # 4: a quoted name
    |(\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?|0[xXoObB][\da-fA-F_]+|\.\d+) # 5: a number
    |(\$\$.*?\$\$|\$(?P<tag>[A-Za-z_]\w*)\$.*?\$(?P=tag)\$)             # 6: a dollar-quoted string
    |[eE]'((?:[^'\\]|\\.|'')*)'                                      # 8: a string with escapes
    |([bBxXnN])'((?:[^']|'')*)'                                       # 9, 10: bits, and national characters
    |[uU]&'((?:[^']|'')*)'                                            # 11: a string with Unicode escapes
    |[uU]&"((?:[^"]|"")+)"                                            # 12: such a name
    |([A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*)          # 13: a bare word before a quote
    |(::|:=|=>|[^'"\s])                                               # 14: any other symbol
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


_BARE, _QUOTED, _STRING, _SYMBOL = WordKind.BARE, WordKind.QUOTED, WordKind.STRING, WordKind.SYMBOL
# What stands before the content of a group: quotes, and the letter of a special string.
_BEFORE_CONTENT = {3: 1, 4: 1, 8: 2, 10: 2, 11: 3, 12: 3}


def words(sql: str) -> tuple[Word, ...]:
    """The words of one statement. Raises ``NotUnderstood`` where a quote or a comment is never closed."""
    found: list[Word] = []
    add = found.append
    make: Callable[[tuple[WordKind, str, str, int, int]], Word] = partial(
        tuple.__new__, Word
    )  # half the time of Word()
    before = 0
    for match in _TOKEN.finditer(sql):
        if match.start() != before:
            raise NotUnderstood(_UNCLOSED)
        before = match.end()
        group = match.lastindex
        if group == 1:
            text = match[1]
            key = text.lower() if text.isascii() else folded(text)
            name = key if len(key) <= _SHORT_NAME else identifier(key)
            add(make((_BARE, key, name, before - len(text), before)))
        elif group == 2:
            text = match[2]
            add(make((_SYMBOL, text, text, before - 1, before)))
        elif group is not None:
            add(_rare(match, group, before))
    if before != len(sql):
        raise NotUnderstood(_UNCLOSED)
    return tuple(found)


def _rare(match: re.Match[str], group: int, end: int) -> Word:
    text = match[group]
    start = match.start(group) - _BEFORE_CONTENT.get(group, 0)
    match group:
        case 3 | 10 | 11:
            return Word(_STRING, "", text.replace("''", "'"), start, end)
        case 4 | 12:
            return Word(_QUOTED, "", identifier(text.replace('""', '"')), start, end)
        case 5:
            return Word(WordKind.NUMBER, "", text, start, end)
        case 6 | 7:
            return Word(_STRING, "", _dollar_quoted(match[6]), match.start(6), end)
        case 8:
            return Word(_STRING, "", _ESCAPE.sub(_unescaped, text.replace("''", "'")), start, end)
        case 13:
            key = folded(text)
            return Word(_BARE, key, identifier(key), start, end)
    if text == "$" and match.string.startswith("$", end):
        raise NotUnderstood(_UNCLOSED)
    if match.string.startswith("/*", start):
        raise NotUnderstood(_UNCLOSED)
    return Word(_SYMBOL, text, text, start, end)


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
    listed = tuple(items)
    return frozenset(
        word.value
        for i, word in enumerate(listed)
        if word.is_name
        and not (i + 1 < len(listed) and listed[i + 1].key == "(")
        and not (i and listed[i - 1].key == "::")
    )
