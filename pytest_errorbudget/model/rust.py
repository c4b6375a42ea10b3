"""What the Rust sources say: rows, queries, handlers, conversions and FFI boundaries.

The extension fills these values; their meaning (which type fits which column) lives in ``checks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.source import Span


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
    """An attribute of a field or container: sqlx's (``sqlx``, ``rename``, ``"total"``), or ``rust``, ``deprecated``."""

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


class QueryCall(Enum):
    """How a query is written; macros are checked by rustc against one database, functions by nobody."""

    QUERY_MACRO = "query!"
    QUERY_AS_MACRO = "query_as!"
    QUERY_SCALAR_MACRO = "query_scalar!"
    QUERY = "query"
    QUERY_AS = "query_as"
    QUERY_SCALAR = "query_scalar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query of a function. ``sql`` is ``None`` where it is built at run time, then ``unchecked`` says why.

    ``literal`` is the span of the string literal, ``offsets`` maps character offsets of ``sql`` to places in the
    file: sorted (offset in sql, line, column) breakpoints.
    ``target`` is the row struct (crate-qualified, see ``Contracts.structs``), ``scalar`` a plain target type.
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
    unchecked: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class StructRef:
    """A struct by file and by its name in that file."""

    path: str
    name: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Crate:
    """A workspace package: ``files`` are reached from its roots by ``mod``; ``libraries`` are the database crates
    that its manifest names."""

    name: str
    manifest: str
    service: bool
    libraries: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """Everything the Rust sources promise, sorted by path and place.

    ``unread`` are whole files; ``gaps`` are parts that were seen and are not followed: a route without a known handler,
    ``include!``, a module whose file is not there.
    """

    crates: tuple[Crate, ...] = ()
    structs: tuple[Struct, ...] = ()
    queries: tuple[Query, ...] = ()
    handlers: tuple[Handler, ...] = ()
    flows: tuple[FieldFlow, ...] = ()
    lost: tuple[LostFlow, ...] = ()
    ffi: tuple[FfiFunction, ...] = ()
    unread: tuple[Unread, ...] = ()
    gaps: tuple[Unread, ...] = ()
