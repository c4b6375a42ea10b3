"""What ``cargo sqlx prepare`` noted of a query, so that its macro compiles without a database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SqlxRecord:
    """One ``query-<hash>.json``. ``folder`` is the one that holds ``.sqlx``, empty for the rootdir itself.

    Types are names as ``PgType.internal`` writes them, without their schema (sqlx does not keep it reliably).
    ``is_postgres`` is false for a record of another kind of database, whose types are not read.
    """

    path: str
    folder: str
    sql: str
    columns: tuple[tuple[str, str], ...] = ()
    parameters: tuple[str, ...] = ()
    is_postgres: bool = True
