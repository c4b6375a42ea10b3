"""What the facts file holds of Rust enums, of diesel's tables and of values taken from rows by hand."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

FactLibrary = Literal["sqlx", "diesel", "sea-orm", "tokio-postgres"]

FactCall = Literal[
    "query!",
    "query_as!",
    "query_scalar!",
    "query_unchecked!",
    "query_as_unchecked!",
    "query_scalar_unchecked!",
    "query",
    "query_as",
    "query_scalar",
    "diesel::sql_query",
    "sea_orm::Statement",
    "tokio_postgres::query",
    "tokio_postgres::query_one",
    "tokio_postgres::query_opt",
    "tokio_postgres::execute",
    "tokio_postgres::prepare",
]


class FactRead(Struct, frozen=True, kw_only=True):
    """``column`` is a name, or a position from 0; ``type`` is ``null`` where the source does not say it."""

    column: str | int
    type: str | None
    panics: bool
    line: int


class FactVariant(Struct, frozen=True, kw_only=True):
    """``labels`` are by library; ``number`` is the discriminant where one is written."""

    name: str
    labels: dict[str, str]
    number: int | None
    line: int


class FactRustEnum(Struct, frozen=True, kw_only=True):
    """``repr`` is the integer type of ``#[repr(..)]``."""

    path: str
    line: int
    column: int
    name: str
    crate: str
    derives: tuple[str, ...]
    repr: str | None
    variants: tuple[FactVariant, ...]


class FactDeclaredColumn(Struct, frozen=True, kw_only=True):
    """``type`` is the SQL type as diesel writes it."""

    name: str
    column: str
    type: str
    line: int


class FactDeclaredTable(Struct, frozen=True, kw_only=True):
    """diesel's ``table!``."""

    path: str
    line: int
    column: int
    name: str
    crate: str
    schema: str | None
    table: str
    primary_key: tuple[str, ...]
    columns: tuple[FactDeclaredColumn, ...]
