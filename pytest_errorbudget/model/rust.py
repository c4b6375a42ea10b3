"""What the Rust sources say: rows, queries, handlers, conversions and FFI boundaries.

The extension fills these values; their meaning (which type fits which column) lives in ``checks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.sqlx_record import SqlxRecord


@dataclass(frozen=True, slots=True)
class RustType:
    """A type as resolved: ``path`` is the last name after aliases (``i64``, ``Option``, ``DateTime``), ``arguments``
    its generic arguments; ``text`` is what the source writes. References, slices and pointers have the paths
    ``&``, ``&mut``, ``[]``, ``[;]``, ``*const``, ``*mut``, tuples ``()`` and function pointers ``fn``."""

    path: str
    arguments: tuple[RustType, ...] = ()
    text: str = ""

    @property
    def inner(self) -> RustType:
        """The type under one ``Option``."""
        return self.arguments[0] if self.path == "Option" and self.arguments else self

    @property
    def is_option(self) -> bool:
        return self.path == "Option"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute of a field, container or variant: ``library`` is the attribute's own name (``sqlx``, ``diesel``,
    ``sea_orm``, ``postgres``), as in (``sqlx``, ``rename``, ``"total"``), or ``rust``, ``deprecated``."""

    library: str
    name: str
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """``column`` is the name the library asks for, after ``rename`` and ``rename_all``."""

    name: str
    column: str
    type: RustType
    span: Span
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Struct:
    """A struct that takes part in a contract. ``name`` is unique in its file (``v1::Invoice`` where needed)."""

    name: str
    crate: str
    module: str
    span: Span
    derives: tuple[str, ...]
    fields: tuple[Field, ...]
    attributes: tuple[Attribute, ...] = ()


class Library(Enum):
    """A Rust database library, by its name on crates.io."""

    SQLX = "sqlx"
    DIESEL = "diesel"
    SEA_ORM = "sea-orm"
    TOKIO_POSTGRES = "tokio-postgres"


class QueryCall(Enum):
    """How a query is written. The ``_file`` macros are the macros that they stand for.

    sqlx's macros are checked by rustc against one database; the others by nobody. The ``_unchecked`` macros compare
    no types, neither when compiling nor when running.
    """

    QUERY_MACRO = "query!"
    QUERY_AS_MACRO = "query_as!"
    QUERY_SCALAR_MACRO = "query_scalar!"
    QUERY_UNCHECKED_MACRO = "query_unchecked!"
    QUERY_AS_UNCHECKED_MACRO = "query_as_unchecked!"
    QUERY_SCALAR_UNCHECKED_MACRO = "query_scalar_unchecked!"
    QUERY = "query"
    QUERY_AS = "query_as"
    QUERY_SCALAR = "query_scalar"
    DIESEL_SQL_QUERY = "diesel::sql_query"
    SEA_ORM_STATEMENT = "sea_orm::Statement"
    TOKIO_QUERY = "tokio_postgres::query"
    TOKIO_QUERY_ONE = "tokio_postgres::query_one"
    TOKIO_QUERY_OPT = "tokio_postgres::query_opt"
    TOKIO_EXECUTE = "tokio_postgres::execute"
    TOKIO_PREPARE = "tokio_postgres::prepare"

    @property
    def library(self) -> Library:
        match self:
            case QueryCall.DIESEL_SQL_QUERY:
                return Library.DIESEL
            case QueryCall.SEA_ORM_STATEMENT:
                return Library.SEA_ORM
            case (
                QueryCall.TOKIO_QUERY
                | QueryCall.TOKIO_QUERY_ONE
                | QueryCall.TOKIO_QUERY_OPT
                | QueryCall.TOKIO_EXECUTE
                | QueryCall.TOKIO_PREPARE
            ):
                return Library.TOKIO_POSTGRES
            case _:
                return Library.SQLX


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRead:
    """One value taken by hand from a row of the query: ``row.get::<_, T>("x")``, ``row.try_get(0)``.

    ``key`` is the column's name or its position from 0. ``type`` is ``None`` where the source does not say it.
    ``panics`` is true for ``get``, which panics where ``try_get`` gives an error.
    """

    key: str | int
    type: RustType | None
    panics: bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query of a function. ``sql`` is ``None`` where it is built at run time, then ``unchecked`` says why.

    ``literal`` is the span of the string literal (of the whole file for ``query_file!`` and ``include_str!``),
    ``offsets`` maps character offsets of ``sql`` to places in that file: sorted (offset in sql, line, column)
    breakpoints.
    ``target`` is the row struct (crate-qualified, see ``Contracts.structs``), ``scalar`` a plain target type.
    ``arguments`` counts what is bound; ``parameters`` are the types of the bound values in order, ``None`` where the
    source does not say one, and empty where it says none. ``reads`` are values taken from its rows by hand.
    """

    path: str
    function: str
    ordinal: int
    crate: str
    call: QueryCall
    span: Span
    sql: str | None
    literal: Span | None = None
    offsets: tuple[tuple[int, int, int], ...] = ()
    target: StructRef | None = None
    scalar: RustType | None = None
    arguments: int = 0
    parameters: tuple[RustType | None, ...] = ()
    reads: tuple[RowRead, ...] = ()
    unchecked: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class StructRef:
    """A struct by file and by its name in that file."""

    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """``labels`` are what each library that the enum derives for calls it, after ``rename`` and ``rename_all`` by that
    library's own case rules: sorted (library, label). ``number`` is the discriminant where one is written."""

    name: str
    labels: tuple[tuple[str, str], ...]
    span: Span
    number: int | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RustEnum:
    """An enum that derives a database trait of a library: ``sqlx::Type``, ``DeriveActiveEnum``, ``FromSql``.

    ``name`` is unique in its file. ``repr`` is the integer type of ``#[repr(..)]``.
    """

    name: str
    crate: str
    module: str
    span: Span
    derives: tuple[str, ...]
    variants: tuple[Variant, ...]
    repr: str | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredColumn:
    """A column of diesel's ``table!``. ``column`` is the name in SQL (``sql_name``), ``type`` the SQL type as diesel
    writes it (``Nullable<Int8>``)."""

    name: str
    column: str
    type: RustType
    span: Span
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTable:
    """diesel's ``table!``. ``name`` is the Rust module's, ``table`` the table's name in SQL, ``schema`` as written."""

    name: str
    schema: str | None
    table: str
    crate: str
    module: str
    span: Span
    primary_key: tuple[str, ...]
    columns: tuple[DeclaredColumn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """``as i32`` or ``i32::try_from(..)``: ``lossy`` is true for ``as``, which wraps in silence."""

    to: str
    lossy: bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFlow:
    """A payload field and the row field it was filled from, with the casts on the way, in order."""

    payload: StructRef
    field: str
    row: StructRef
    row_field: str
    casts: tuple[Cast, ...]
    span: Span
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostFlow:
    """A payload field whose source the reader could not follow, and why."""

    payload: StructRef
    field: str
    reason: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """A function that a router reaches. ``inputs`` and ``outputs`` are its payload structs."""

    path: str
    function: str
    crate: str
    method: str
    route: str
    span: Span
    inputs: tuple[StructRef, ...] = ()
    outputs: tuple[StructRef, ...] = ()


class Side(Enum):
    DECLARATION = "declaration"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True, kw_only=True)
class FfiFunction:
    """An ``extern "C"`` declaration or an exported definition. ``parameters`` are (type, span of the type)."""

    path: str
    symbol: str
    side: Side
    crate: str
    abi: str
    parameters: tuple[tuple[RustType, Span], ...]
    result: RustType | None
    span: Span
    variadic: bool = False


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
    that its manifest names, ``features`` what it enables of each: sorted (library, feature). ``overrides`` are those of
    its ``sqlx.toml``."""

    name: str
    manifest: str
    service: bool
    libraries: tuple[str, ...]
    files: tuple[str, ...]
    features: tuple[tuple[str, str], ...] = ()
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
