"""sqlx's own rules for a folder of migrations (``sqlx-core``, ``migrate/source.rs`` and ``migrate/migration_type.rs``).

A file is a migration if its name is ``<VERSION>_<DESCRIPTION>.sql``; anything else in the folder is ignored, and so are
subfolders. ``.up.sql`` is the way up of a reversible migration, ``.down.sql`` the way down. The version is a 64-bit
integer and decides the order. A file that starts with ``-- no-transaction`` is applied outside a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

_LARGEST = 2**63 - 1
NO_TRANSACTION = "-- no-transaction"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A file that sqlx takes for a migration on the way up."""

    version: int
    file_name: str
    name: str


@dataclass(frozen=True, slots=True)
class BadVersion:
    """A file that sqlx takes for a migration and whose version is not a 64-bit integer: sqlx refuses the folder."""

    file_name: str
    version: str


def entry(file_name: str) -> Entry | BadVersion | None:
    """What sqlx makes of a file's name; ``None`` where it ignores the file."""
    version, underscore, rest = file_name.partition("_")
    if not underscore or not rest.endswith(".sql") or rest.endswith(".down.sql"):
        return None
    number = _integer(version)
    if number is None:
        return BadVersion(file_name, version)
    stem = rest.removesuffix(".sql").removesuffix(".up")
    return Entry(number, file_name, stem.replace("_", " "))


def is_transactional(text: str) -> bool:
    return not text.startswith(NO_TRANSACTION)


def _integer(text: str) -> int | None:
    digits = text.removeprefix("+") if text.startswith("+") else text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits[:20]) if len(digits) < 20 else _LARGEST + 1
    signed = -number if text.startswith("-") else number
    return signed if -_LARGEST - 1 <= signed <= _LARGEST else None
