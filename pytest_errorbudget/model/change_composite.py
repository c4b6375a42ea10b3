"""What a migration does to composite types: types with members, which are no tables."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.change_parts import Existing, Name
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateComposite:
    """CREATE TYPE ... AS (...); ``fields`` are (name, type) in their order."""

    name: Name
    fields: tuple[tuple[str, PgType], ...]
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAttribute:
    """ALTER TYPE ... ADD ATTRIBUTE."""

    name: Name
    field: str
    type: PgType
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DropAttribute:
    """ALTER TYPE ... DROP ATTRIBUTE."""

    name: Name
    field: str
    missing: Existing = Existing.FAILS
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RetypeAttribute:
    """ALTER TYPE ... ALTER ATTRIBUTE ... TYPE."""

    name: Name
    field: str
    type: PgType
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameAttribute:
    """ALTER TYPE ... RENAME ATTRIBUTE."""

    name: Name
    field: str
    to: str
    origin: Span


CompositeChange = CreateComposite | AddAttribute | DropAttribute | RetypeAttribute | RenameAttribute
