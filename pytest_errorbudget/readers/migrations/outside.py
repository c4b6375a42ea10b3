"""Statements that PostgreSQL refuses inside a transaction."""

from __future__ import annotations

import re

_OUTSIDE = re.compile(
    r"\b(?:create\s+(?:unique\s+)?index\s+concurrently|drop\s+index\s+concurrently"
    r"|reindex\s+(?:\([^)]*\)\s*)?(?:schema|database|system|(?:table|index)\s+concurrently)"
    r"|(?:create|drop)\s+(?:database|tablespace)|alter\s+system|vacuum|discard\s+all)\b",
    re.IGNORECASE,
)
_COMMENT_OR_STRING = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|(\$\w*\$).*?\1", re.DOTALL)


def needs_no_transaction(text: str) -> bool:
    """Whether one of the statements cannot run inside a transaction; comments and strings do not count."""
    return _OUTSIDE.search(_COMMENT_OR_STRING.sub(" ", text)) is not None
