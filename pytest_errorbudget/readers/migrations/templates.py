"""Placeholders for a tenant's schema, replaced by the schema that the replay uses.

The replacement is as long as the placeholder, so that every line and column of the file stays what it is: the name is
followed by spaces where SQL allows them, and by underscores inside a longer name.
"""

from __future__ import annotations

import re

NEUTRAL = "public"
SHORTEST = len(NEUTRAL)
_CREATE = re.compile(rf"create\s+schema\s+\"?{NEUTRAL}\"?\s*", re.IGNORECASE)


def with_schema(text: str, placeholder: str) -> str:
    """The text with every placeholder (``SHORTEST`` characters or more) replaced, as long as before."""
    here = re.escape(placeholder)
    quoted = re.compile(rf"(?P<quote>[\"']){here}(?P=quote)|(?P<joined>(?<=\w){here}|{here}(?=\w))|{here}")
    return quoted.sub(lambda match: _replacement(match, len(placeholder)), text)


def _replacement(match: re.Match[str], length: int) -> str:
    if match["joined"]:
        return NEUTRAL.ljust(length, "_")
    quote = match["quote"] or ""
    return f"{quote}{NEUTRAL}{quote}".ljust(length + 2 * len(quote))


def makes_the_schema(sql: str) -> bool:
    """Whether a statement makes the schema of the replay, which a new database has from the beginning."""
    return _CREATE.fullmatch(sql) is not None
