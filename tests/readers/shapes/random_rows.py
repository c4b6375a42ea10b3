"""Random rows that obey every constraint, and what queries then give: the witness against "this is never NULL".

Rows go in through plain INSERTs, with all constraints, keys and triggers on; one that is refused is not there. Values
come from tiny pools, so that joins find partners, and from the texts of the queries, so that conditions hold.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg
from psycopg import pq, sql

from pytest_errorbudget.model.query_typing import Typed

Connection = psycopg.Connection[tuple[Any, ...]]

_ROUNDS, _TRIES = 4, 14
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_WORDS = ("a", "b", "ab", "1", "x@y.zz", "0a")
_COLUMNS = """
select c.oid::int8, n.nspname, c.relname, a.attname, a.atttypid::int8, a.attnotnull, a.atthasdef or a.attidentity <> '',
       a.attidentity = 'a' or a.attgenerated <> '',
       (select array[k.confrelid::int8, k.confkey[array_position(k.conkey, a.attnum)]::int8] from pg_constraint k
        where k.contype = 'f' and k.conrelid = c.oid and a.attnum = any(k.conkey) limit 1)
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
  and n.nspname not in ('pg_catalog', 'information_schema') and c.relname not in ('_sqlx_migrations')
order by c.oid, a.attnum
"""
_TYPES = """
select t.oid::int8, t.typname, t.typtype::text, t.typcategory::text, t.typelem::int8, t.typbasetype::int8,
       (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)
from pg_type t
"""
_POOLS: Mapping[str, Sequence[str]] = {
    "bool": ("t", "f"),
    "int2": ("0", "1", "2", "3"),
    "int4": ("0", "1", "2", "3"),
    "int8": ("0", "1", "2", "3"),
    "oid": ("1", "2"),
    "float4": ("0", "1.5", "2"),
    "float8": ("0", "1.5", "2"),
    "numeric": ("0", "1", "2.5", "100"),
    "date": ("2024-01-01", "2024-02-01", "2100-01-01"),
    "time": ("10:00", "11:00"),
    "timestamp": ("2024-01-01 00:00", "2024-02-01 00:00", "2100-01-01 00:00"),
    "timestamptz": ("2024-01-01 00:00Z", "2024-02-01 00:00Z", "2100-01-01 00:00Z"),
    "interval": ("1 day", "1 hour", "0"),
    "uuid": tuple(f"{n:08x}-0000-4000-8000-000000000000" for n in range(1, 5)),
    "json": ("{}", "null", '{"a": 1, "id": "1", "type": "a"}', "[]", '["a"]', '"a"', "1"),
    "jsonb": ("{}", "null", '{"a": 1, "id": "1", "type": "a"}', "[]", '["a"]', '"a"', "1"),
    "bytea": ("\\x", "\\x01", "\\x" + "02" * 20, "\\x" + "03" * 32),
    "inet": ("10.0.0.1", "10.0.0.0/8"),
    "cidr": ("10.0.0.0/8",),
    "macaddr": ("08:00:2b:01:02:03",),
    "tsvector": ("a", ""),
    "tsquery": ("a",),
    "int4range": ("empty", "[1,2)", "[1,)"),
    "int8range": ("empty", "[1,2)", "[1,)"),
    "numrange": ("empty", "[1,2)"),
    "daterange": ("empty", "[2024-01-01,2024-02-01)"),
    "tsrange": ("empty", "[2024-01-01,2024-02-01)"),
    "tstzrange": ("empty", "[2024-01-01,2024-02-01)", "[2024-01-01,)"),
    "bit": ("1", "0"),
    "xml": ("<a/>",),
    "point": ("(1,2)",),
}


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    type: int
    not_null: bool
    has_default: bool
    fixed: bool
    key: tuple[int, int] | None


@dataclass(slots=True)
class Values:
    """Random texts of any type. The same seed gives the same ones."""

    types: Mapping[int, tuple[Any, ...]]
    words: Sequence[str]
    random: random.Random

    def of(self, oid: int, depth: int = 0) -> str | None:
        """A value as text; ``None`` for a type of which none is known."""
        name, kind, category, element, base, labels = self.types[oid][1:]
        if kind == "d":
            return self.of(base, depth)
        if kind == "e":
            return str(self.random.choice(labels))
        if category == "A" and element:
            return self._array(element, depth)
        if name in _POOLS:
            pool = _POOLS[name]
            numbers = [word for word in self.words if word.isdigit() and len(word) < 5] if category == "N" else []
            return self.random.choice([*pool, *pool, *numbers])
        if category == "S" or name == "citext":
            return self.random.choice([*_WORDS, *self.words])
        return None

    def _array(self, element: int, depth: int) -> str:
        found = [self.of(element, depth + 1) for _ in range(self.random.choice((0, 1, 1, 2)))]
        parts = ("NULL" if v is None or self.random.random() < 0.15 else '"' + _escaped(v) + '"' for v in found)
        return "{" + ",".join(parts) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def values_for(connection: Connection, queries: Iterable[str], seed: int) -> Values:
    types = {row[0]: row for row in connection.execute(_TYPES.encode()).fetchall()}
    checks = connection.execute("select pg_get_constraintdef(oid) from pg_constraint where contype = 'c'").fetchall()
    texts = [*queries, *(row[0] for row in checks)]
    words = sorted({word.replace("''", "'") for text in texts for word in _LITERAL.findall(text) if len(word) < 40})
    return Values(types, words, random.Random(seed))


def fill(connection: Connection, values: Values) -> int:
    """Inserts into every table what the constraints let in, keys' targets first; the number of rows."""
    tables: dict[int, tuple[sql.Identifier, list[_Column]]] = {}
    for oid, schema, name, column, kind, not_null, has_default, fixed, key in connection.execute(_COLUMNS.encode()):
        _, columns = tables.setdefault(oid, (sql.Identifier(schema, name), []))
        columns.append(_Column(column, kind, not_null, has_default, fixed, tuple(key) if key else None))
    inserted = 0
    for _ in range(_ROUNDS):
        for oid in sorted(tables, key=lambda oid: _depth(oid, tables, frozenset())):
            for _ in range(_TRIES):
                inserted += _insert(connection, tables, oid, values)
    return inserted


def _depth(oid: int, tables: Mapping[int, tuple[sql.Identifier, list[_Column]]], above: frozenset[int]) -> int:
    if oid in above or oid not in tables:
        return 0
    keys = {column.key[0] for column in tables[oid][1] if column.key is not None}
    return 1 + max((_depth(key, tables, above | {oid}) for key in keys), default=0) if len(above) < 12 else 0


def _insert(
    connection: Connection, tables: Mapping[int, tuple[sql.Identifier, list[_Column]]], oid: int, values: Values
) -> int:
    table, columns = tables[oid]
    names: list[sql.Composable] = []
    given: list[sql.Composable] = []
    for column in columns:
        if column.fixed or (column.has_default and values.random.random() < 0.4):
            continue
        names.append(sql.Identifier(column.name))
        given.append(_value(column, tables, values))
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        table, sql.SQL(", ").join(names), sql.SQL(", ").join(given)
    )
    if not names:
        statement = sql.SQL("insert into {} default values").format(table)
    try:
        connection.execute(statement)
    except psycopg.Error:
        return 0
    return 1


def _value(
    column: _Column, tables: Mapping[int, tuple[sql.Identifier, list[_Column]]], values: Values
) -> sql.Composable:
    if not column.not_null and values.random.random() < 0.4:
        return sql.SQL("null")
    if column.key is not None and column.key[0] in tables and values.random.random() < 0.95:
        target, columns = tables[column.key[0]]
        numbered = _numbered(columns, column.key[1])
        if numbered is not None:
            return sql.SQL("(select {} from {} where {} is not null order by random() limit 1)").format(
                sql.Identifier(numbered), target, sql.Identifier(numbered)
            )
    text = values.of(column.type)
    return sql.SQL("null") if text is None else sql.Literal(text)


def _numbered(columns: Sequence[_Column], number: int) -> str | None:
    return columns[number - 1].name if 0 < number <= len(columns) else None


@dataclass(slots=True)
class Seen:
    """What came out of a query: ``rows`` in all executions, and the columns (from 0) in which there was a NULL."""

    executions: int = 0
    rows: int = 0
    nulls: set[int] = field(default_factory=set)


def executed(
    connection: Connection, query: str, typed: Typed, values: Values, plain: int = 10, partly_null: int = 6
) -> Seen:
    """Runs the query with random parameters, each time in a transaction that is rolled back."""
    seen = Seen()
    pgconn = connection.pgconn
    bound = {binding.number: binding.column for binding in typed.bindings}
    for number in range(plain + partly_null):
        pgconn.exec_(b"begin")
        if pgconn.prepare(b"", query.encode()).status == pq.ExecStatus.COMMAND_OK:
            oids = _parameter_types(pgconn)
            given = [_parameter(connection, oid, bound.get(i), values) for i, oid in enumerate(oids, start=1)]
            if number >= plain:
                given = [None if values.random.random() < 0.4 else value for value in given]
            # psycopg takes a null as it takes the bytes of a value, and does not say so
            _note(seen, pgconn.exec_prepared(b"", cast("list[bytes]", given)))
        pgconn.exec_(b"rollback")
    return seen


def _parameter_types(pgconn: pq.abc.PGconn) -> list[int]:
    described = pgconn.describe_prepared(b"")
    return [described.param_type(i) for i in range(described.nparams)]


def _parameter(connection: Connection, oid: int, column: Any, values: Values) -> bytes | None:
    if column is not None and values.random.random() < 0.7:
        query = sql.SQL("select {}::text from {} where {} is not null order by random() limit 1").format(
            sql.Identifier(column.column), sql.Identifier(column.schema, column.relation), sql.Identifier(column.column)
        )
        result = connection.pgconn.exec_params(query.as_bytes(connection), None)
        if result.status == pq.ExecStatus.TUPLES_OK and result.ntuples:
            return result.get_value(0, 0)
        if result.status == pq.ExecStatus.FATAL_ERROR:
            connection.pgconn.exec_(b"rollback; begin")
    text = values.of(oid) if oid in values.types else None
    return text.encode() if text is not None else None


def _note(seen: Seen, result: pq.abc.PGresult) -> None:
    if result.status != pq.ExecStatus.TUPLES_OK:
        return
    seen.executions += 1
    seen.rows += result.ntuples
    for column in range(result.nfields):
        if column not in seen.nulls and any(result.get_value(row, column) is None for row in range(result.ntuples)):
            seen.nulls.add(column)
