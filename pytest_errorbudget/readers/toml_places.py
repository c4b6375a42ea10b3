"""Where the keys of a TOML document are written, for errors that name their line."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers import _rust

KeyPath = tuple[str | int, ...]


class TomlSyntaxError(ValueError):
    """The text is not TOML: ``message`` says what was expected, ``span`` where."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(f"{span}: {message}")
        self.message = message
        self.span = span


def key_places(path: str, text: str) -> Mapping[KeyPath, Span]:
    """The place of every key: ``("slo", 0, "name")``, indexes for arrays of tables and elements of arrays.

    A key's span includes its value where both are on one line. Raises ``TomlSyntaxError``.
    """
    try:
        places = _rust.toml_key_places(text)
    except ValueError as error:
        message, line, column = error.args
        raise TomlSyntaxError(message, Span(path, line, column)) from None
    return MappingProxyType({tuple(key): Span(path, *place) for key, place in places})
