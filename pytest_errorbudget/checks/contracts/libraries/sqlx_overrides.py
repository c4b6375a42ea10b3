"""sqlx's column overrides: ``SELECT x AS "amount!: i64"``.

Only the macros read them (sqlx-macros-core/src/query/output.rs, ``ColumnDecl::parse``); to everything else they are
plain column names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_NAME = re.compile(r"\s*(?:r#)?(?P<name>[^\s:!?]+)\s*(?P<mark>[!?])?\s*(?::\s*(?P<type>.+?))?\s*\Z")


class Nullness(Enum):
    """What the author says of NULL: nothing, ``!`` (never) or ``?`` (sometimes)."""

    INFERRED = ""
    NEVER = "!"
    SOMETIMES = "?"


@dataclass(frozen=True, slots=True)
class Override:
    """``type`` is the Rust type as written, ``_`` for one that Rust infers, ``None`` where sqlx chooses it."""

    name: str
    nullness: Nullness = Nullness.INFERRED
    type: str | None = None


def parse_override(column: str) -> Override:
    """The override in a column's name; a name that is none stands for itself."""
    match = _NAME.match(column)
    if match is None:
        return Override(column)
    return Override(match["name"], Nullness(match["mark"] or ""), match["type"])
