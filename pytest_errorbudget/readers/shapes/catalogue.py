"""What the catalogue of a shape says that decides on NULL: constraints, keys, triggers, functions.

One round trip a table of the catalogue, for all queries together; functions and operators only those that occur.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_errorbudget.model.query_typing import ColumnRef
from pytest_errorbudget.readers.apply_migrations import Connection
from pytest_errorbudget.readers.shapes.tree import Node, nodes, parse_tree

_SQL = Path(__file__).parent / "sql"
_FUNCTION = re.compile(r":(?:opfuncid|funcid|aggfnoid|winfnoid) (\d+)")
_OPERATOR = re.compile(r":opnos? \(?(?:o )?(\d+(?: \d+)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFact:
    """``not_null`` where PostgreSQL enforces it for every row that a query of the relation can see; ``calculated``
    where a generated column's expression decides."""

    ref: ColumnRef
    kind: str
    not_null: bool
    calculated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """``plain`` functions are PostgreSQL's own, without geometric arguments (some of these answer NULL)."""

    name: str
    strict: bool
    returns_set: bool
    plain: bool
    source: str
    from_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """Enforced for every row: (column, referenced column) pairs by number."""

    relation: int
    referenced: int
    columns: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A BEFORE ROW trigger; ``events`` are PostgreSQL's bits (4 INSERT, 16 UPDATE)."""

    events: int
    language: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """``leading`` are the columns with which an index begins; ``checked`` those that a CHECK says are not NULL."""

    columns: Mapping[tuple[int, int], ColumnFact]
    checked: frozenset[tuple[int, int]]
    foreign_keys: tuple[ForeignKey, ...]
    triggers: Mapping[int, tuple[Trigger, ...]]
    parents: frozenset[int]
    materialized: Mapping[int, Node]
    not_null_domains: frozenset[int]
    functions: Mapping[int, Function]
    operators: Mapping[int, str]
    leading: frozenset[tuple[int, int]]

    def never_null(self, relation: int, attribute: int) -> bool:
        found = self.columns.get((relation, attribute))
        return (found is not None and found.not_null) or (relation, attribute) in self.checked


def read_columns(connection: Connection) -> Mapping[tuple[int, int], ColumnFact]:
    """Every column of every relation that is not PostgreSQL's own, by (object id, number)."""
    return {
        (oid, number): ColumnFact(ref=ColumnRef(schema, relation, name), kind=kind, not_null=not_null, calculated=calc)
        for oid, number, schema, relation, kind, name, not_null, calc in _rows(connection, "columns")
    }


def read_catalogue(
    connection: Connection, columns: Mapping[tuple[int, int], ColumnFact], trees: Iterable[str]
) -> Catalogue:
    """The facts for queries with these trees."""
    materialized = dict(_rows(connection, "materialized_views"))
    texts = [*trees, *materialized.values()]
    triggers: dict[int, list[Trigger]] = {}
    for relation, events, language, source in _rows(connection, "before_triggers"):
        triggers.setdefault(relation, []).append(Trigger(events=events, language=language, source=source))
    return Catalogue(
        columns=columns,
        checked=_checked(_rows(connection, "checks")),
        foreign_keys=tuple(
            ForeignKey(relation=relation, referenced=referenced, columns=tuple(zip(own, other, strict=True)))
            for relation, referenced, own, other in _rows(connection, "foreign_keys")
        ),
        triggers={relation: tuple(found) for relation, found in triggers.items()},
        parents=frozenset(oid for (oid,) in _rows(connection, "parents")),
        materialized={oid: tree[0] for oid, text in materialized.items() if (tree := parse_tree(text))},
        not_null_domains=frozenset(oid for (oid,) in _rows(connection, "not_null_domains")),
        functions={
            oid: Function(
                name=name, strict=strict, returns_set=returns_set, plain=plain, source=source, from_json=from_json
            )
            for oid, name, strict, returns_set, plain, source, from_json in _rows(
                connection, "functions", ids=_numbers(_FUNCTION, texts)
            )
        },
        leading=frozenset((relation, attribute) for relation, attribute in _rows(connection, "indexes")),
        operators=dict(_rows(connection, "operators", ids=_numbers(_OPERATOR, texts))),
    )


def _rows(connection: Connection, name: str, **values: object) -> list[tuple[Any, ...]]:
    return connection.execute((_SQL / f"{name}.sql").read_bytes(), values or None).fetchall()


def _numbers(pattern: re.Pattern[str], texts: Iterable[str]) -> list[int]:
    return sorted({int(number) for text in texts for found in pattern.findall(text) for number in found.split()})


def _checked(rows: Iterable[tuple[Any, ...]]) -> frozenset[tuple[int, int]]:
    """The columns that a CHECK says are not NULL, whatever else it says."""
    found: set[tuple[int, int]] = set()
    for relation, text in rows:
        pending = parse_tree(text)
        while pending:
            node = pending.pop()
            if node["tag"] == "BOOLEXPR" and node["boolop"] == "and":
                pending.extend(node["args"])
            elif node["tag"] == "NULLTEST" and node["nulltesttype"] == "1" and node["arg"]["tag"] == "VAR":
                found.add((relation, node["arg"]["varattno"]))
    return frozenset(found)


def tables_of(query: Node) -> frozenset[int]:
    """The object ids of all relations that a query reads, however deep."""
    return frozenset(
        int(node["relid"]) for node in nodes(query) if node["tag"] == "RANGETBLENTRY" and node["rtekind"] == "0"
    )
