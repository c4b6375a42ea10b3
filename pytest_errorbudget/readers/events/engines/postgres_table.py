"""A table or view of events as its server's catalogue describes it: its name, its columns, and what is hidden of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from sqlglot import exp

from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.engines.postgres_hidden import guards
from pytest_errorbudget.readers.events.files.columns import FileColumn
from pytest_errorbudget.readers.events.paths import events_problem
from pytest_errorbudget.readers.events.tally import Row

_TYPES = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "numeric": "DECIMAL",
    "uuid": "UUID",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    # compares with a literal by its first byte
    "char": "VARCHAR",
    # cannot be compared as they are
    "json": "VARCHAR",
    "xml": "VARCHAR",
}
TEXTS = "VARCHAR[]"
"""An array of texts."""
_NAME = """
select n.nspname, c.relname, c.oid
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = pg_catalog.to_regclass(%s)
"""
# Each column with the type at the end of its domains, and of an array that of its elements.
_COLUMNS = """
with recursive below as (
    select a.attnum, a.atttypid as oid
    from pg_catalog.pg_attribute a where a.attrelid = %(oid)s and a.attnum > 0 and not a.attisdropped
    union all
    select below.attnum,
        case when t.typtype = 'd' then t.typbasetype else t.typelem end
    from below join pg_catalog.pg_type t on t.oid = below.oid
    where t.typtype = 'd' or t.typcategory = 'A' and t.typelem <> 0),
types as (
    select below.attnum, bool_or(t.typcategory = 'A' and t.typtype <> 'd') as many,
        max(t.typname) filter (where bottom) as name, bool_or(t.typtype = 'e') as enum,
        bool_or(bottom and t.typcategory = 'S') as text,
        bool_or(bottom and t.typnamespace = 'pg_catalog'::regnamespace) as own
    from below join pg_catalog.pg_type t on t.oid = below.oid
    cross join lateral (select not (t.typtype = 'd' or t.typcategory = 'A' and t.typelem <> 0) as bottom) b
    group by below.attnum)
select a.attname, types.name, types.many, types.enum or types.text as text, types.own,
    pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'select') as readable
from types join pg_catalog.pg_attribute a on a.attrelid = %(oid)s and a.attnum = types.attnum
order by a.attnum
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresTable:
    """``name`` is written with its schema. ``unreadable`` are the columns that the role may not read; ``guards`` is
    what to set for counting."""

    name: str
    columns: tuple[FileColumn, ...]
    unreadable: frozenset[str]
    guards: tuple[str, ...]


def described(connection: psycopg.Connection[Row], source: EventSource) -> PostgresTable:
    """Raises ``Unreadable`` where the table is not there, or rows of it are hidden from the role."""
    named = connection.execute(_NAME, (source.paths[0],)).fetchone()
    if named is None:
        raise Unreadable(
            events_problem(
                source,
                f"the events `{source.name}` have no table: `{source.paths[0]}` is not there, or not for this role",
                "write it as `schema.table`, and let the role of `url` read it",
            )
        )
    schema, relation, oid = named
    name = exp.table_(relation, db=schema, quoted=True).sql(dialect="postgres")
    columns = connection.execute(_COLUMNS, {"oid": oid}).fetchall()
    return PostgresTable(
        name=name,
        columns=tuple(FileColumn(column, _type(kind, many, text, own)) for column, kind, many, text, own, _ in columns),
        unreadable=frozenset(column for column, *_, readable in columns if not readable),
        guards=guards(connection, source, oid),
    )


def _type(kind: str, many: bool, text: bool, own: bool) -> str:
    one = "VARCHAR" if text else _TYPES.get(kind, kind.upper()) if own else kind.upper()
    if not many:
        return one
    return TEXTS if one == "VARCHAR" else f"{kind.upper()}[]"


def refuse_unreadable(source: EventSource, table: PostgresTable, read: Sequence[str]) -> None:
    """Raises ``Unreadable`` where the role may not read one of the columns that are asked for."""
    missing = [name for name in read if name in table.unreadable]
    if missing:
        raise Unreadable(
            events_problem(
                source,
                f"the role of `url` may not read {', '.join(f'`{name}`' for name in missing)} of "
                f"`{source.paths[0]}`, which the events `{source.name}` are counted by",
                "grant SELECT on the table, or on these columns of it",
            )
        )
