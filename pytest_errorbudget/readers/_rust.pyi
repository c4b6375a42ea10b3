"""The compiled extension: parsing of Rust sources, places in TOML documents, drawing of diagnostics."""

from collections.abc import Sequence

__all__ = ["draw", "toml_key_places"]

def draw(
    severity: str,
    rule: str,
    message: str,
    excerpts: Sequence[tuple[str, str | None, Sequence[tuple[int, int, int | None, int | None, str, bool]]]],
    notes: Sequence[tuple[str, str]],
    *,
    coloured: bool,
) -> str:
    """A diagnostic as text. Excerpts are (path, source, marks), marks (line, column, end line, end column, label,
    whether it is primary); notes are (``note`` or ``help``, text)."""

def toml_key_places(text: str) -> list[tuple[tuple[str | int, ...], tuple[int, int, int, int]]]:
    """(key path, (line, column, end line, end column)) of every key. Raises ``ValueError(message, line, column)``."""
