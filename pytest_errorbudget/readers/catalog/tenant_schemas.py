"""Tenants' schemas: the server marks every relation, and one of each kind is read in full, in the same snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_errorbudget.model.schema import Relation, Schema
from pytest_errorbudget.readers.catalog.assemble import TypeFacts, assembled
from pytest_errorbudget.readers.catalog.expressions import rendered_anywhere
from pytest_errorbudget.readers.catalog.read import (
    Connection,
    Row,
    Rows,
    read_domains,
    read_objects,
    read_relations,
    run_named,
)

_FIRST_WITH_RECORD_HASHES = 140000
_ENOUGH_TO_ASK = 20
_MOST_KINDS: float = 0.8  # a relation: with more, reading all of them is quicker
_FENCE = ("relation_marks", "schemas", "types", "enums", "domains", "composites", "local_expressions")
_MARKS = ("relation_marks", "schemas", "types", "local_expressions")
_MORE = (("e", "enums"), ("d", "domains"), ("c", "composites"))
_SYSTEM = frozenset({"pg_catalog", "information_schema"})


def read_schemas(
    connection: Connection, schemas: Sequence[str], neutral: Mapping[str, str], bookkeeping: str
) -> Mapping[str, Schema]:
    """The schemas as values, by name; each one that is there, even when it is empty.

    ``neutral`` maps a tenant's schema to the name under which the migrations create it. The migration tool's own
    table (``bookkeeping``) is left out. Equal schemas are the same object.
    """
    if connection.info.server_version >= _FIRST_WITH_RECORD_HASHES and _seem_alike(connection, schemas, bookkeeping):
        return _alike(connection, schemas, neutral, bookkeeping)
    relations, types = run_named(connection, ("relations", "types"), schemas=list(schemas), bookkeeping=bookkeeping)
    facts = _facts(connection, types, neutral)
    read = read_relations(connection, relations, facts)
    members: dict[str, list[Relation]] = {name: [] for name in schemas}
    for row in relations:
        members[row[1]].append(read[row[0]])
    return assembled(members, facts, read_domains(connection, facts))


def _facts(connection: Connection, types: Rows, neutral: Mapping[str, str]) -> TypeFacts:
    """Labels, rules and members are asked for where some schema has an enum, a domain or a composite type: each of
    these queries goes through ``pg_type`` or ``pg_class``, in which every relation has rows."""
    kinds = {row[3] for row in types if row[2] not in _SYSTEM}
    names = tuple(name for kind, name in _MORE if kind in kinds)
    found = dict(zip(names, run_named(connection, names), strict=True)) if names else {}
    own = (found.get(name, []) for _, name in _MORE)
    return TypeFacts.of(types, *own, neutral=neutral)


def _seem_alike(connection: Connection, schemas: Sequence[str], bookkeeping: str) -> bool:
    """Whether marks are worth their time, told by three tenants; the answer changes no result."""
    if len(schemas) < _ENOUGH_TO_ASK:
        return len(schemas) > 1
    some = [schemas[0], schemas[len(schemas) // 2], schemas[-1]]
    (marks,) = run_named(connection, ("relation_marks",), schemas=some, bookkeeping=bookkeeping)
    relations: int = sum(row[5].count(",") + 1 for row in marks)
    return len(marks) <= relations * _MOST_KINDS


def schema_marks(connection: Connection, bookkeeping: str) -> Hashable:
    """Equal for two moments between which nothing changed that a ``Schema`` of this database holds."""
    schemas = [row[0] for row in run_named(connection, ("user_schemas",))[0]]
    marks, *others = run_named(connection, _FENCE, schemas=schemas, bookkeeping=bookkeeping)
    listed = [(*row[:5], sorted(row[5].split(",")), row[6]) for row in marks]
    return tuple(tuple(sorted(map(repr, rows))) for rows in (listed, *others))


def _alike(
    connection: Connection, schemas: Sequence[str], neutral: Mapping[str, str], bookkeeping: str
) -> Mapping[str, Schema]:
    marks, names, types, expressions = run_named(connection, _MARKS, schemas=list(schemas), bookkeeping=bookkeeping)
    facts = _facts(connection, types, neutral)
    members: dict[str, list[Hashable]] = {name: [] for name in schemas}
    first: dict[Hashable, Row] = {}
    context = _Context(dict(names), _local(connection, expressions, facts), _environments(facts))
    for kind, schema, row in context.kinds(marks):
        first.setdefault(kind, row)
        members[schema].append(kind)
    read = read_relations(connection, list(first.values()), facts)
    found = {kind: read[row[0]] for kind, row in first.items()}
    relations = {schema: [found[kind] for kind in kinds] for schema, kinds in members.items()}
    return assembled(relations, facts, read_domains(connection, facts))


@dataclass(frozen=True, slots=True)
class _Context:
    """What a relation's value is made of beside its mark.

    ``local`` are expressions by the relation's id; ``environments`` say of a schema what its types' names mean there.
    """

    schemas: Mapping[int, str]
    local: Mapping[int, Hashable]
    environments: Mapping[str, Hashable]

    def kinds(self, marks: Rows) -> Iterator[tuple[Hashable, str, Row]]:
        """Each relation's kind, its schema, and it as a row of ``sql/relations.sql``. Of one kind are relations of one
        name whose values are equal: foreign keys name columns by number, so the tables they point at matter as well."""
        numbers: dict[Hashable, int] = {}
        environment = {
            schema: numbers.setdefault(self.environments.get(schema), len(numbers)) for schema in self.schemas.values()
        }
        columns = self._columns(marks)
        for number, (name, kind, is_partition, _, targets, listed, _) in enumerate(marks):
            far = targets or ()
            for pair in listed.split(","):
                oid, namespace = map(int, pair.split(" "))
                schema = self.schemas[namespace]
                seen = tuple(columns.get((namespace, target)) for target in far)
                key = (number, environment[schema], seen, self.local.get(oid))
                yield key, schema, (oid, schema, name, kind, is_partition)

    @staticmethod
    def _columns(marks: Rows) -> Mapping[tuple[int, str], int]:
        """The marks of the columns of those relations that foreign keys of their own schema point at."""
        wanted = {target for row in marks for target in row[4] or ()}
        return {
            (int(pair.partition(" ")[2]), row[0]): row[3]
            for row in marks
            if row[0] in wanted
            for pair in row[5].split(",")
        }


def _local(connection: Connection, expressions: Rows, facts: TypeFacts) -> Mapping[int, Hashable]:
    """The expressions that no mark holds, in the form in which a ``Relation`` holds them."""
    if not expressions:
        return {}
    objects = read_objects(connection, [row[1] for row in expressions], facts)
    found: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for oid, text, place, schema in expressions:
        own = {schema: facts.neutral.get(schema, schema)}
        found[oid].add((place, rendered_anywhere(text, objects, own)))
    return {oid: frozenset(parts) for oid, parts in found.items()}


def _environments(facts: TypeFacts) -> Mapping[str, Hashable]:
    """What the names of a schema's own types mean there."""
    found: defaultdict[str, set[Hashable]] = defaultdict(set)
    for schema, meaning in facts.types.meanings():
        found[schema].add(meaning)
    return {schema: frozenset(meanings) for schema, meanings in found.items()}
