"""Where extensions are installed in the copy of a schema: statements and queries find what they bring in any case.

The catalogue's readers call what an extension brings by ``public``, because its schema is the choice of whoever made
the database. The replay has it where the migrations say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from pytest_errorbudget.readers.apply_migrations import Connection

_MOVABLE = """
select e.extname, n.nspname
from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
where e.extrelocatable and n.nspname not in ('public', 'pg_catalog')
order by e.extname
"""
_ALL_MOVABLE = "select extname from pg_catalog.pg_extension where extrelocatable order by extname"
# A schema with relations of its own is more than a place for extensions: whether a service looks there is not known.
_REACHABLE = """
with home as (
    select distinct n.nspname
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where n.nspname <> all (pg_catalog.current_schemas(true))
      and not exists (
        select from pg_catalog.pg_class c
        where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and not exists (
            select from pg_catalog.pg_depend d
            where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
          )
      )
), path as (
    select nullif(pg_catalog.current_setting('search_path'), '') as before,
           pg_catalog.string_agg(pg_catalog.quote_ident(nspname), ', ' order by nspname) as more
    from home
)
select pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', before, more), true)
from path
where more is not null
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """An extension that ``public`` holds for a while, and the schema that holds it else."""

    name: str
    home: str


def move_to_public(connection: Connection) -> tuple[Moved, ...]:
    """Those that can be moved; one of whose names ``public`` has another object stays. In a transaction."""
    found = (Moved(name, home) for name, home in connection.execute(_MOVABLE).fetchall())
    return tuple(extension for extension in found if _is_moved(connection, extension.name, "public"))


def move_back(connection: Connection, moved: tuple[Moved, ...]) -> None:
    for extension in moved:
        connection.execute(_to_schema(extension.name, extension.home))


@contextmanager
def moved_to(connection: Connection, schema: str) -> Iterator[bool]:
    """For a while, in a schema that is not there: whether any extension could be moved there. In a transaction."""
    with connection.transaction(force_rollback=True):
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        names = (name for (name,) in connection.execute(_ALL_MOVABLE).fetchall())
        moved = tuple(name for name in names if _is_moved(connection, name, schema))
        yield bool(moved)


def look_in_homes(connection: Connection) -> None:
    """Until the transaction ends, names without a schema are looked for where extensions are, after all others: a
    service does so too where its connections or its role have the schema in their search path."""
    connection.execute(_REACHABLE)


def _is_moved(connection: Connection, name: str, schema: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(_to_schema(name, schema))
    except psycopg.Error:
        return False
    return True


def _to_schema(name: str, schema: str) -> sql.Composed:
    return sql.SQL("alter extension {} set schema {}").format(sql.Identifier(name), sql.Identifier(schema))
