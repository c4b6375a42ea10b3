"""Messages that quote what is written, however long it is."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"`([^`]*)`|(?<=value )'([^']{81,})'")
_LONGEST = 80


def brief(message: str) -> str:
    """The message with whatever it quotes at length cut to 60 characters."""
    return _QUOTED.sub(_cut, message)


def _cut(found: re.Match[str]) -> str:
    text = found[1] if found[1] is not None else found[2]
    return found[0] if len(text) <= _LONGEST else f"`{text[:60]}…`"
