"""The queries of Rust functions, by the library that sends them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.rust import RustType, StructRef
from pytest_errorbudget.model.source import Span


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
