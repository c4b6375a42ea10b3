"""Text files in UTF-8, with the line of the byte that is not."""

from __future__ import annotations

from pathlib import Path

from pytest_errorbudget.model.source import Span


class TextError(Exception):
    """The file cannot be read, at ``span``."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message, self.span = message, span


def read_text(root: Path, path: str) -> str:
    """The text of ``root / path`` without a byte order mark."""
    try:
        data = (root / path).read_bytes()
    except OSError as error:
        raise TextError(f"`{path}` cannot be read: {error.strerror or error}", Span(path, 1)) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        message = f"`{path}` cannot be read: the byte 0x{data[error.start]:02X} is not UTF-8"
        raise TextError(message, Span(path, line, column)) from None
