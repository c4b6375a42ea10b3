"""Where a fact was read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text file.

    ``path`` is relative to the rootdir, with forward slashes. Lines and columns count from 1, columns count
    characters; the end is exclusive. An end of ``None`` means: the rest of the line.
    """

    path: str
    line: int
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"
