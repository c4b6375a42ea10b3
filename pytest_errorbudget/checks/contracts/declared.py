"""The types that a library declares for bound values, with which PostgreSQL resolves the query at run time.

sqlx's functions and sea-orm (through sqlx) send with Parse the type that each bound Rust type stands for
(``sqlx-postgres/src/connection/executor.rs``, ``prepare``); diesel that of the SQL type which ``bind`` names
(``diesel/src/pg/connection/stmt``). tokio-postgres sends none, unless ``prepare_typed`` is asked to, and sqlx's macros
are checked with none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pytest_errorbudget.checks.contracts.libraries.diesel import sent_as
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes
from pytest_errorbudget.checks.contracts.libraries.sent import sent
from pytest_errorbudget.checks.contracts.places import is_macro
from pytest_errorbudget.checks.contracts.view import own_types_of
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.rust_queries import Library, Query
from pytest_errorbudget.model.schema import Schema

Declared = tuple[PgType | None, ...]


def declared_types(contracts: Contracts, schema: Schema) -> Callable[[Query], Declared]:
    """By query: ``None`` for a value whose type is not known, nothing at all where none is sent or all are unknown."""
    services = own_types_of(contracts)

    def of(query: Query) -> Declared:
        if len(query.parameters) != query.arguments:
            return ()
        own = replace(services, crate=query.crate, schema=schema)
        types = tuple(declared_type(query, rust, own) for rust in query.parameters)
        return types if any(pg is not None for pg in types) else ()

    return of


def declared_type(query: Query, rust: RustType | None, own: OwnTypes) -> PgType | None:
    """What is declared for one bound value."""
    if rust is None or is_macro(query):
        return None
    match query.call.library:
        case Library.SQLX | Library.SEA_ORM:
            return sent(rust, own)
        case Library.DIESEL:
            return sent_as(rust, own)
        case Library.TOKIO_POSTGRES:
            return None
