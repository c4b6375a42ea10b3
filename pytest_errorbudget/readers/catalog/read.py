"""The catalogue of some schemas, one query for each of its tables and one round trip for all of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

import psycopg

from pytest_errorbudget.model.schema import Relation, Schema
from pytest_errorbudget.readers.catalog.assemble import DomainRules, Domains, TypeFacts, assembled
from pytest_errorbudget.readers.catalog.build import CatalogueRows, build_relations
from pytest_errorbudget.readers.catalog.expressions import rendered
from pytest_errorbudget.readers.catalog.indexes import collations_of
from pytest_errorbudget.readers.catalog.layouts import layouts_of
from pytest_errorbudget.readers.catalog.objects import USUAL_COLLATIONS, Objects, Wanted, wanted
from pytest_errorbudget.readers.catalog.types import TypeRow, Types

Connection = psycopg.Connection[tuple[Any, ...]]
Row = tuple[Any, ...]
Rows = list[Row]

_INCLUDED = re.compile(r"^\\ir (\w+)\.sql$", re.MULTILINE)
_NOTHING = Wanted(functions=(), operators=(), relations=(), collations=(), read=())


def sql_text(name: str) -> str:
    """One of our ``.sql`` files, with the files that it includes as ``psql`` does."""
    text = files("pytest_errorbudget.readers").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return _INCLUDED.sub(lambda found: sql_text(found[1]), text)


def run_named(connection: Connection, names: Sequence[str], **parameters: object) -> tuple[Rows, ...]:
    """The rows of several of our ``.sql`` files in one round trip."""
    with connection.pipeline():
        cursors = [connection.execute(sql_text(name).encode(), parameters) for name in names]
        return tuple(cursor.fetchall() for cursor in cursors)


_PARTS = (
    "columns",
    "defaults",
    "indexes",
    "constraints",
    "triggers",
    "policies",
    "relation_details",
    "key_classes",
)


def read_relations(connection: Connection, relations: Sequence[Row], facts: TypeFacts) -> Mapping[int, Relation]:
    """Relations in full, by object id; ``relations`` are rows of ``sql/relations.sql``. Equal ones are one object."""
    if not relations:
        return {}
    # One text for all queries: making an array parameter of a list anew for each takes longer than some of them.
    ids = f"{{{','.join([str(row[0]) for row in relations])}}}"
    columns, *parts = run_named(connection, _PARTS, relations=ids)
    layouts = layouts_of(columns)
    rows = CatalogueRows(relations, layouts, *parts)
    outside = {row[4] for row in rows.constraints if row[4]} - layouts.keys()
    sorted_by = collations_of(rows.indexes)
    objects = read_objects(
        connection, tuple(_trees(rows)), facts, outside=outside, collations=sorted_by - USUAL_COLLATIONS
    )
    known = replace(
        objects,
        columns={**objects.columns, **{relation: layout.names for relation, layout in layouts.items()}},
        column_collations={
            (relation, number): collation
            for relation, layout in layouts.items()
            for number, collation in layout.collations.items()
        },
    )
    return build_relations(rows, facts.types, known, facts.neutral)


def _trees(rows: CatalogueRows) -> Iterator[str]:
    """Every stored expression and query of the rows."""
    yield from (row[2] for row in rows.defaults)
    yield from (tree for row in rows.indexes for tree in row[4:6] if tree)
    yield from (row[9] for row in rows.constraints if row[9])
    yield from (row[7] for row in rows.triggers if row[7])
    yield from (tree for row in rows.policies for tree in row[4:6] if tree)
    yield from (row[3] for row in rows.relation_details if row[3])


def _by_relation(rows: Iterable[Row]) -> Mapping[int, Mapping[int, str]]:
    """The names of columns by their numbers."""
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for row in rows:
        found[row[0]][row[1]] = row[2]
    return found


def read_objects(
    connection: Connection,
    expressions: Sequence[str],
    facts: TypeFacts,
    *,
    outside: Collection[int] = (),
    collations: Collection[int] = (),
) -> Objects:
    """What the ids in ``expressions`` and ``collations`` are called, and the columns of the relations that they read
    and of those ``outside``."""
    ids = wanted(expressions)
    relations = sorted({*outside, *ids.read})
    names: Rows = []
    far_columns: Rows = []
    if ids != _NOTHING or relations or collations:
        with connection.pipeline():
            named = connection.execute(
                sql_text("expression_objects").encode(),
                {
                    "functions": list(ids.functions),
                    "operators": list(ids.operators),
                    "relations": list(ids.relations),
                    "collations": sorted({*ids.collations, *collations}),
                },
            )
            far = connection.execute(sql_text("referenced_columns").encode(), {"relations": relations})
            names, far_columns = named.fetchall(), far.fetchall()
    return _objects(names, far_columns, facts)


def _objects(names: Rows, far_columns: Rows, facts: TypeFacts) -> Objects:
    kinds: dict[str, dict[int, tuple[str, str]]] = {"function": {}, "operator": {}, "relation": {}, "collation": {}}
    for kind, oid, schema, name in names:
        kinds[kind][oid] = (schema, name)
    return Objects(
        functions=kinds["function"],
        operators=kinds["operator"],
        relations=kinds["relation"],
        collations=kinds["collation"],
        types=facts.types.plain(),
        labels={row[0]: row[2] for row in facts.enums},
        columns=_by_relation(far_columns),
    )


def read_domains(connection: Connection, facts: TypeFacts) -> Domains:
    """The rules of domains, by object id. Rules of one text mean the same in every schema."""
    trees = {tree for row in facts.domains for tree in row[1:] if tree}
    objects = read_objects(connection, sorted(trees), facts)
    checks: defaultdict[int, list[str]] = defaultdict(list)
    defaults: dict[int, str | None] = {}
    known: dict[tuple[str, str], str] = {}
    for oid, default, check in facts.domains:
        schema = facts.types.home(oid)
        own = {schema: facts.neutral.get(schema, schema)}
        texts = [
            None if tree is None else known.setdefault((tree, schema), rendered(tree, objects, {}, own))
            for tree in (default, check)
        ]
        defaults[oid] = texts[0]
        checks[oid] += [] if texts[1] is None else [texts[1]]
    return {oid: DomainRules(tuple(sorted(checks[oid])), default) for oid, default in defaults.items()}


_AS_WRITTEN: Mapping[str, str] = {}  # a replay has no tenant: every schema keeps its name


def read_all(connection: Connection, bookkeeping: str) -> Schema:
    """Everything that is not PostgreSQL's own, as one ``Schema``: what a replay of migrations gave."""
    schemas = [row[0] for row in run_named(connection, ("user_schemas",))[0]]
    names = ("relations", "types", "enums", "domains", "composites")
    relations, *types = run_named(connection, names, schemas=schemas, bookkeeping=bookkeeping)
    facts = TypeFacts.of(*types, neutral=_AS_WRITTEN)
    found = read_relations(connection, relations, facts)
    members: defaultdict[str, list[Relation]] = defaultdict(list)
    for oid, schema, *_ in relations:
        members[schema].append(found[oid])
    rules = read_domains(connection, facts)
    parts = assembled({name: members[name] for name in sorted(schemas)}, facts, rules).values()
    return Schema(
        relations=tuple(relation for part in parts for relation in part.relations),
        enums=tuple(enum for part in parts for enum in part.enums),
        domains=tuple(domain for part in parts for domain in part.domains),
        composites=tuple(composite for part in parts for composite in part.composites),
    )


def read_types(connection: Connection) -> Types:
    """Every type of the database, for the object ids that PostgreSQL gives of a prepared query."""
    found = run_named(connection, ("types", "row_types"))
    return Types((TypeRow(*row) for rows in found for row in rows), _AS_WRITTEN)
