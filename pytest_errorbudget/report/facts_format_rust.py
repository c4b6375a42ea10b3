"""The facts file's part about Rust: rows, enums, declared tables, queries, handlers and foreign functions."""

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


class FactField(Struct, frozen=True, kw_only=True):
    name: str
    column: str
    type: str
    line: int


class FactRow(Struct, frozen=True, kw_only=True):
    path: str
    line: int
    column: int
    name: str
    crate: str
    library: str | None
    derives: tuple[str, ...]
    fields: tuple[FactField, ...]


class FactOutput(Struct, frozen=True, kw_only=True):
    """``type`` is the internal name (``int8``, ``text[]``); ``nullable`` is ``null`` where it is not known."""

    name: str
    type: str
    nullable: bool | None


class FactQueryError(Struct, frozen=True, kw_only=True):
    """What PostgreSQL answers, and in which shapes."""

    sqlstate: str
    message: str
    path: str
    line: int
    column: int
    shapes: tuple[str, ...]


class FactQuery(Struct, frozen=True, kw_only=True):
    """``sql`` is ``null`` where it is built at run time. ``bound`` are the Rust types of the bound values, ``null``
    where the source does not say one; ``reads`` are values taken from its rows by hand."""

    path: str
    line: int
    column: int
    function: str
    crate: str
    database: str | None
    library: FactLibrary
    call: FactCall
    target: str | None
    sql: str | None
    columns: tuple[FactOutput, ...]
    parameters: tuple[str, ...]
    bound: tuple[str | None, ...]
    reads: tuple[FactRead, ...]
    error: FactQueryError | None
    unchecked: str | None


class FactHandler(Struct, frozen=True, kw_only=True):
    path: str
    line: int
    function: str
    crate: str
    method: str
    route: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class FactFfi(Struct, frozen=True, kw_only=True):
    path: str
    line: int
    symbol: str
    side: Literal["declaration", "definition"]
    abi: str
    parameters: tuple[str, ...]
    result: str | None
