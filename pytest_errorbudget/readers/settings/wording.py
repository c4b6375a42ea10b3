"""What the format refuses, in words for the person who wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pytest_errorbudget.readers.settings.errors import Key
from pytest_errorbudget.readers.settings.help import help_for, title_of

_PATTERN = "matching regex"
_CALENDAR = re.compile(r"(\d*)\s*(?:(M|mo|month)|(Q|quarter)|(Y|year))s?", re.IGNORECASE | re.ASCII)
_LETTERS = "MQY"
_URLS = frozenset({"url", "urls"})


def worded(value: Any, key: Key, message: str) -> tuple[str, str]:
    """The message and the help for the ``value`` at ``key``, of which msgspec says ``message``; never a pattern."""
    if key[:1] == ("slos",) and isinstance(value, dict):
        return "`slos` lists the paths of OpenSLO files, and this is a table", "write the short form under `[[slo]]`"
    if _PATTERN in message and not _URLS.isdisjoint(key):  # which may hold a password
        return f"`{_name(key)}` is not {title_of(key)}", help_for(key)
    if _PATTERN in message:
        return f"`{value}` is not {title_of(key)}", _of_calendar(str(value), key) or help_for(key)
    for form, written in _FORMS:
        if (found := form.fullmatch(message)) is not None:
            return written(value, key, found)
    return message, help_for(key)


def _of_another_kind(_: Any, key: Key, found: re.Match[str]) -> tuple[str, str]:
    wanted = " or ".join(_KINDS.get(kind, kind) for kind in found[1].split(" | ") if kind != "null")
    return f"`{_name(key)}` is {_KINDS.get(found[2], found[2])}, where {wanted} belongs", help_for(key)


def _missing(_: Any, key: Key, found: re.Match[str]) -> tuple[str, str]:
    table = "[[{}]]" if key and isinstance(key[-1], int) else "[{}]"
    name = ".".join(step for step in key if isinstance(step, str))
    return f"{table.format(name)} has no `{found[1]}`", help_for((*key, found[1]))


def _none_of_those(value: Any, key: Key, _: re.Match[str]) -> tuple[str, str]:
    return f"`{value}` is nothing that `{_name(key)}` may be", help_for(key)


def _too_short(value: Any, key: Key, _: re.Match[str]) -> tuple[str, str]:
    return f"`{_name(key)}` is {f'`{value}`, which is too short' if value else 'empty'}", help_for(key)


def _no_date(value: Any, key: Key, _: re.Match[str]) -> tuple[str, str]:
    return f"`{value}` is no date", help_for(key)


def _name(key: Key) -> str:
    """Of an entry of a list, the list's."""
    return next((step for step in reversed(key) if isinstance(step, str)), "settings")


_KINDS = {
    "str": "a text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date",
    "datetime": "a date and time",
    "time": "a time",
    "null": "nothing",
}
_Written = Callable[[Any, Key, "re.Match[str]"], tuple[str, str]]
_FORMS: tuple[tuple[re.Pattern[str], _Written], ...] = (
    (re.compile(r"Expected `(.+)`, got `(.+)`"), _of_another_kind),
    (re.compile(r"Object missing required field `(.+)`"), _missing),
    (re.compile(r"Invalid (?:enum )?value .+"), _none_of_those),
    (re.compile(r"Expected `str` of length >= \d+"), _too_short),
    (re.compile(r"Invalid RFC3339 encoded date"), _no_date),
)


def _of_calendar(text: str, key: Key) -> str:
    """A month, a quarter and a year are spans of the calendar, which a period may be."""
    found = _CALENDAR.fullmatch(text.strip())
    if found is None or key[:1] != ("slo",) or key[-1] != "period":
        return ""
    (letter,) = (letter for letter, word in zip(_LETTERS, found.groups()[1:], strict=True) if word)
    return f'write `period = {{ calendar = "{found[1] or 1}{letter}" }}`, or a rolling one such as `28d`'
