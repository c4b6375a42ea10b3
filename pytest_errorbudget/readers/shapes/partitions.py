"""The partitioned tables of a schema; where one has fewer than two partitions, two are made to see what a plan does.

Teams make partitions while the service runs, so that migrations often make none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from pytest_errorbudget.readers.apply_migrations import Connection
from pytest_errorbudget.readers.shapes.sample_values import SAMPLES

_QUERY = Path(__file__).parent / "sql" / "partitioned.sql"
_HASH, _LIST = "h", "l"
_VALUE = re.compile(r"'((?:[^']|'')*)'|(?<=[( ])(-?\d+(?:\.\d+)?)(?=[,)])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioned:
    """``leaves`` are object ids, ``parts`` those of partitioned partitions too; ``bounds`` are some of the values that
    bound partitions of any level, as text.

    ``made`` where the partitions are ours. ``categories`` are those of the key's types, empty where it holds an
    expression.
    """

    oid: int
    schema: str
    relation: str
    strategy: str
    keys: tuple[str, ...]
    categories: tuple[str, ...]
    leaves: frozenset[int]
    parts: frozenset[int]
    bounds: tuple[str, ...]
    made: bool = False


def read_partitioned(connection: Connection) -> tuple[Partitioned, ...]:
    """All that are no partitions themselves. The connection is in a transaction, in which partitions may be made."""
    return tuple(_with_partitions(connection, each) for each in _read(connection))


def _read(connection: Connection) -> tuple[Partitioned, ...]:
    return tuple(_partitioned(row) for row in connection.execute(_QUERY.read_bytes()).fetchall())


def _partitioned(row: Sequence[Any]) -> Partitioned:
    oid, schema, relation, strategy, keys, categories, leaves, parts, bounds, width = row
    return Partitioned(
        oid=oid,
        schema=schema,
        relation=relation,
        strategy=strategy,
        keys=tuple(keys),
        categories=tuple(categories) if len(categories) == width else (),
        leaves=frozenset(leaves),
        parts=frozenset(parts),
        bounds=_values(bounds),
    )


def _values(bounds: Sequence[str]) -> tuple[str, ...]:
    """The first, the middle and the last of those that occur: a plan for one of them leaves some of the others out."""
    values = (match for bound in bounds for match in _VALUE.finditer(bound))
    found = sorted({match[2] or match[1].replace("''", "'") for match in values})
    return tuple(dict.fromkeys(found[place] for place in (0, len(found) // 2, -1))) if found else ()


def _with_partitions(connection: Connection, table: Partitioned) -> Partitioned:
    """As it is where it has two or cannot be given any."""
    if len(table.leaves) >= 2:
        return table
    try:
        with connection.transaction():
            for number, bound in enumerate(_bounds(table)):
                connection.execute(
                    psycopg.sql.SQL("create table {} partition of {} for values {}").format(
                        psycopg.sql.Identifier(table.schema, f"errorbudget {table.oid} {number}"),
                        psycopg.sql.Identifier(table.schema, table.relation),
                        bound,
                    )
                )
    except psycopg.Error:
        return table
    return next(replace(now, made=True) for now in _read(connection) if now.oid == table.oid)


def _bounds(table: Partitioned) -> Sequence[psycopg.sql.Composable]:
    if table.strategy == _HASH:
        return [psycopg.sql.SQL(f"with (modulus 2, remainder {part})") for part in (0, 1)]
    samples = [SAMPLES[category] for category in table.categories if category in SAMPLES]
    if not samples or len(samples) != len(table.categories):
        return ()
    rows = [psycopg.sql.SQL(", ").join(psycopg.sql.Literal(each[place]) for each in samples) for place in range(3)]
    if table.strategy == _LIST:
        return [psycopg.sql.SQL("in ({})").format(row) for row in rows[:2]]
    return [psycopg.sql.SQL("from ({}) to ({})").format(*pair) for pair in (rows[:2], rows[1:])]
