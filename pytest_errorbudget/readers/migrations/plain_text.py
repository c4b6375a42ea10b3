"""Statements of a text that every lexer cuts alike, found with one regular expression.

Making sqlglot's tokens takes ten times as long, and most migrations are plain: names, numbers, operators, comments of
a line, strings without a backslash, bodies between dollars. Whatever else may hold a ``;`` or a quote (backslashes,
comments inside comments, braces, letters outside ASCII that are in no string, ``BEGIN ATOMIC``) is in doubt, and is
left to sqlglot's tokens. A test holds this to them.
"""

from __future__ import annotations

import re

# Each piece ends in one way only, and what repeats one character never gives any back: no text makes this slow.
# A comment right behind an operator is in doubt, because it may be read as the operator's last letters.
_APART = r"(?:[ \t\r\n]++|(?<![-+*/<>=~!@#%^&|`?])(?:--[^\n]*+|/\*(?!\+)[^/]*\*/))"
_PIECE = r"""
    (?:[^;'"$\\{/\-\x00-\x20\x7f-\U0010ffff]++
    |'[^'\\]*'
    |"[^"\\]*"
    |-(?!-)
    |/(?!\*)
    |(?<![\w$])\$(?:\$[^$]*\$\$|([A-Za-z_]\w*)\$[^$]*\$\2\$))
"""
_STATEMENT = re.compile(rf"{_APART}*((?:{_APART}*{_PIECE})*){_APART}*(;|\Z|)", re.X)


def plain_stretches(code: str) -> list[tuple[int, int]] | None:
    """Where statements start and end, without their ``;``; ``None`` where anything is in doubt."""
    if "atomic" in code.lower():
        return None
    found: list[tuple[int, int]] = []
    at, size = 0, len(code)
    while at < size:
        match = _STATEMENT.match(code, at)
        if match is None or (not match[3] and match.end() != size):
            return None
        start, end = match.span(1)
        if end > start:
            found.append((start, end))
        at = match.end()
    return found
