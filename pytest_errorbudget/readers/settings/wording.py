"""What the format refuses, in words for the person who wrote it."""

from __future__ import annotations

import re
from typing import Any

from pytest_errorbudget.readers.settings.errors import Key
from pytest_errorbudget.readers.settings.help import help_for, title_of

_PATTERN = "matching regex"
_CALENDAR = re.compile(r"(\d*)\s*(?:(M|mo|month)|(Q|quarter)|(Y|year))s?", re.IGNORECASE | re.ASCII)
_LETTERS = "MQY"


def worded(value: Any, key: Key, message: str) -> tuple[str, str]:
    """The message and the help for the ``value`` at ``key``, of which msgspec says ``message``; never a pattern."""
    if key[:1] == ("slos",) and isinstance(value, dict):
        return "`slos` lists the paths of OpenSLO files, and this is a table", "write the short form under `[[slo]]`"
    if _PATTERN not in message:
        return message, help_for(key)
    return f"`{value}` is not {title_of(key)}", _of_calendar(str(value), key) or help_for(key)


def _of_calendar(text: str, key: Key) -> str:
    """A month, a quarter and a year are spans of the calendar, which a period may be."""
    found = _CALENDAR.fullmatch(text.strip())
    if found is None or key[:1] != ("slo",) or key[-1] != "period":
        return ""
    (letter,) = (letter for letter, word in zip(_LETTERS, found.groups()[1:], strict=True) if word)
    return f'write `period = {{ calendar = "{found[1] or 1}{letter}" }}`, or a rolling one such as `28d`'
