"""Everything that the Rust sources of a workspace promise."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.rust import DeclaredTable, RustEnum, Struct
from pytest_errorbudget.model.rust_boundaries import FfiFunction, FieldFlow, Handler, LostFlow
from pytest_errorbudget.model.rust_queries import Query
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.sqlx_record import SqlxRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A file or a part of one that could not be read."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True, order=True)
class MacroOverride:
    """A Rust type that ``sqlx.toml`` has the macros choose: for the SQL type ``of``, or for ``column`` of the table
    ``of`` (with its schema where one is written)."""

    of: str
    column: str
    rust: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crate:
    """A workspace package: ``files`` are reached from its roots by ``mod``; ``libraries`` are the database crates
    that its manifest names, ``features`` what it enables of each: sorted (library, feature). ``uses`` are the packages
    of the repository that it names, sorted. ``overrides`` are those of its ``sqlx.toml``."""

    name: str
    manifest: str
    service: bool
    libraries: tuple[str, ...]
    files: tuple[str, ...]
    features: tuple[tuple[str, str], ...] = ()
    uses: tuple[str, ...] = ()
    overrides: tuple[MacroOverride, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """Everything the Rust sources promise, sorted by path and place.

    ``unread`` are whole files; ``gaps`` are parts that were seen and are not followed: a route without a known handler,
    ``include!``, a module whose file is not there. ``records`` are what sqlx keeps of its macros' queries.
    """

    crates: tuple[Crate, ...] = ()
    structs: tuple[Struct, ...] = ()
    enums: tuple[RustEnum, ...] = ()
    tables: tuple[DeclaredTable, ...] = ()
    queries: tuple[Query, ...] = ()
    handlers: tuple[Handler, ...] = ()
    flows: tuple[FieldFlow, ...] = ()
    lost: tuple[LostFlow, ...] = ()
    ffi: tuple[FfiFunction, ...] = ()
    unread: tuple[Unread, ...] = ()
    gaps: tuple[Unread, ...] = ()
    records: tuple[SqlxRecord, ...] = ()
