"""``[[allow]]`` entries as the text that is put at the end of ``errorbudget.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

from pytest_errorbudget.model.formats.plain import text
from pytest_errorbudget.model.settings import Accepted


class NotAppendable(ValueError):
    """The settings hold their allowances in a form to which no ``[[allow]]`` can be added."""


def with_allowances(settings: str, entries: Iterable[Accepted]) -> str:
    """``settings`` as they are, and the entries behind them, with the line ends that the file has.

    Raises ``NotAppendable``.
    """
    lines = [line for entry in entries for line in _entry(entry)]
    end = "\r\n" if "\r\n" in settings else "\n"
    head = settings if settings.endswith("\n") or not settings else settings + end
    whole = head + "".join(f"{line}{end}" for line in lines)
    try:
        tomllib.loads(whole.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise NotAppendable(str(error)) from None
    return whole


def _entry(entry: Accepted) -> tuple[str, ...]:
    return (
        "",
        "[[allow]]",
        f"rule = {text(entry.rule)}",
        f"where = {text(entry.where)}",
        f"reason = {text(entry.reason)}",
    )
