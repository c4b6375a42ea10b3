"""The column that says each tenant's cohort, read where an update asks for it."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import CohortColumn, Database
from pytest_errorbudget.readers.catalog.session import read_only
from pytest_errorbudget.readers.scratch.open import resolve_url, unreachable


def read_cohort_table(database: Database, column: CohortColumn, env: Mapping[str, str]) -> Mapping[str, str]:
    """Each tenant's cohort, of the rows that say both. Reads one table, in a transaction of its own.

    Raises ``Unreadable`` where the server cannot be reached or refuses the query.
    """
    place = f"[[database]] {database.name}"
    conninfo = resolve_url(database.url or "", env, place)
    query = sql.SQL(
        "select {tenant}::text, {cohort}::text from {table} where {cohort} is not null order by 1, 2"
    ).format(
        tenant=sql.Identifier(column.tenant),
        cohort=sql.Identifier(column.cohort),
        table=sql.Identifier(*_qualified(column.table)),
    )
    try:
        with read_only(conninfo) as connection:
            return {str(tenant): str(cohort) for tenant, cohort in connection.execute(query).fetchall()}
    except psycopg.OperationalError as error:
        raise Unreadable(unreachable(place, conninfo, error)) from None
    except psycopg.Error as error:
        raise Unreadable(_refused(place, column, error)) from None


def _qualified(table: str) -> tuple[str, ...]:
    schema, dot, name = table.rpartition(".")
    return (schema, name) if dot else ("public", name)


def _refused(place: str, column: CohortColumn, error: psycopg.Error) -> Problem:
    return Problem(
        rule=Rule.SERVER_UNREACHABLE,
        message=f"the cohorts of `{column.table}` cannot be read: {error.diag.message_primary or error}",
        place=place,
        consequence="Tenants keep the cohorts that the lock says.",
        help=f"let the role read the columns `{column.tenant}` and `{column.cohort}`, or correct their names",
    )
