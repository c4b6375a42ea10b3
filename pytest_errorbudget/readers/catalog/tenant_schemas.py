"""Tenants' schemas: the server marks every relation, and one of each kind is read in full, in the same snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

from pytest_errorbudget.model.schema import Relation, Schema
from pytest_errorbudget.readers.catalog.build import assembled
from pytest_errorbudget.readers.catalog.expressions import rendered_anywhere
from pytest_errorbudget.readers.catalog.read import (
    Connection,
    Row,
    Rows,
    TypeFacts,
    read_objects,
    read_relations,
    run_named,
)

_FIRST_WITH_RECORD_HASHES = 140000


def read_schemas(
    connection: Connection, schemas: Sequence[str], neutral: Mapping[str, str], bookkeeping: str
) -> Mapping[str, Schema]:
    """The schemas as values, by name; each one that is there, even when it is empty.

    ``neutral`` maps a tenant's schema to the name under which the migrations create it. The migration tool's own
    table (``bookkeeping``) is left out. Equal schemas are the same object.
    """
    marked = len(schemas) > 1 and connection.info.server_version >= _FIRST_WITH_RECORD_HASHES
    relations, types, enums, expressions, references = run_named(
        connection,
        ("relation_marks" if marked else "relations", "types", "enums", "local_expressions", "own_references"),
        schemas=list(schemas),
        bookkeeping=bookkeeping,
    )
    facts = TypeFacts.of(types, enums, neutral)
    kinds: Mapping[int, Hashable] = {row[0]: row[0] for row in relations}
    if marked:
        kinds = _kinds(relations, references, _local(connection, expressions, facts), _environments(facts))
    first: dict[Hashable, Row] = {}
    for row in relations:
        first.setdefault(kinds[row[0]], row)
    read = read_relations(connection, [row[:5] for row in first.values()], facts)
    members: dict[str, list[Relation]] = {name: [] for name in schemas}
    for row in relations:
        members[row[1]].append(read[first[kinds[row[0]]][0]])
    return assembled(members, facts.types, enums, neutral)


def schema_marks(connection: Connection, bookkeeping: str) -> Hashable:
    """Equal for two moments between which nothing changed that a ``Schema`` of this database holds."""
    names = ("relation_marks", "types", "enums", "local_expressions", "own_references")
    schemas = [row[0] for row in run_named(connection, ("user_schemas",))[0]]
    return tuple(frozenset(rows) for rows in run_named(connection, names, schemas=schemas, bookkeeping=bookkeeping))


def _kinds(
    relations: Rows,
    references: Rows,
    local: Mapping[int, Hashable],
    environments: Mapping[str, Hashable],
) -> Mapping[int, Hashable]:
    """Relations of equal kind have equal values: their marks are equal, and so is all that no mark holds."""
    columns = {row[0]: row[5] for row in relations}
    targets: defaultdict[int, set[str]] = defaultdict(set)
    names = {row[0]: row[2] for row in relations}
    for source, target in references:
        targets[source].add(f"{names.get(target, target)} {columns.get(target)}")
    numbers: dict[Hashable, int] = {}
    environment = {name: numbers.setdefault(value, len(numbers)) for name, value in environments.items()}
    return {
        oid: (*rest, environment.get(schema), frozenset(targets.get(oid, ())), local.get(oid))
        for oid, schema, *rest in relations
    }


def _local(connection: Connection, expressions: Rows, facts: TypeFacts) -> Mapping[int, Hashable]:
    """The expressions that no mark holds, in the form in which a ``Relation`` holds them."""
    if not expressions:
        return {}
    objects, _ = read_objects(connection, [row[1] for row in expressions], (), facts)
    found: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for oid, text, place in expressions:
        found[oid].add((place, rendered_anywhere(text, objects)))
    return {oid: frozenset(parts) for oid, parts in found.items()}


def _environments(facts: TypeFacts) -> Mapping[str, Hashable]:
    """What the names of a schema's own types mean there."""
    found: defaultdict[str, set[Hashable]] = defaultdict(set)
    for schema, meaning in facts.types.meanings():
        found[schema].add(meaning)
    return {schema: frozenset(meanings) for schema, meanings in found.items()}
