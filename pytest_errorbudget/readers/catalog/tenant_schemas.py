"""Tenants' schemas: the server marks what is alike, and one of each kind is read in full, in the same snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
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
_MORE = (("e", "enums"), ("d", "domains"), ("c", "composites"))
_SYSTEM = frozenset({"pg_catalog", "information_schema"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """One snapshot. ``environments`` say of a schema what its types' names mean there."""

    connection: Connection
    bookkeeping: str
    facts: TypeFacts
    environments: Mapping[str, Hashable]


Members = Mapping[str, Sequence[Relation]]  # by schema; those that are equal are one object
_Way = Callable[[_Source, Sequence[str]], Members]


def read_schemas(
    connection: Connection, schemas: Sequence[str], neutral: Mapping[str, str], bookkeeping: str
) -> Mapping[str, Schema]:
    """The schemas as values, by name; each one that is there, even when it is empty.

    ``neutral`` maps a tenant's schema to the name under which the migrations create it. The migration tool's own
    table (``bookkeeping``) is left out. Equal schemas are the same object.
    """
    members_of = _way(connection, schemas, bookkeeping)
    (types,) = run_named(connection, ("types",))
    facts = _facts(connection, types, neutral)
    source = _Source(connection=connection, bookkeeping=bookkeeping, facts=facts, environments=_environments(facts))
    return assembled(members_of(source, schemas), facts, read_domains(connection, facts))


def _facts(connection: Connection, types: Rows, neutral: Mapping[str, str]) -> TypeFacts:
    """Labels, rules and members are asked for where some schema has an enum, a domain or a composite type: each of
    these queries goes through ``pg_type`` or ``pg_class``, in which every relation has rows."""
    kinds = {row[3] for row in types if row[2] not in _SYSTEM}
    names = tuple(name for kind, name in _MORE if kind in kinds)
    found = dict(zip(names, run_named(connection, names), strict=True)) if names else {}
    own = (found.get(name, []) for _, name in _MORE)
    return TypeFacts.of(types, *own, neutral=neutral)


def _way(connection: Connection, schemas: Sequence[str], bookkeeping: str) -> _Way:
    """Which marks are worth their time, told by the columns of three tenants; the answer changes no result."""
    if connection.info.server_version < _FIRST_WITH_RECORD_HASHES or len(schemas) < 2:
        return _read
    if len(schemas) < _ENOUGH_TO_ASK:
        return _by_schema
    some = [schemas[0], schemas[len(schemas) // 2], schemas[-1]]
    (((relations, kinds),),) = run_named(connection, ("column_marks",), schemas=some, bookkeeping=bookkeeping)
    if kinds * len(some) == relations:
        return _by_schema
    return _by_relation if kinds <= relations * _MOST_KINDS else _read


def schema_marks(connection: Connection, bookkeeping: str) -> Hashable:
    """Equal for two moments between which nothing changed that a ``Schema`` of this database holds."""
    schemas = [row[0] for row in run_named(connection, ("user_schemas",))[0]]
    marks, *others = run_named(connection, _FENCE, schemas=schemas, bookkeeping=bookkeeping)
    listed = [(*row[:5], sorted(row[5].split(",")), row[6]) for row in marks]
    return tuple(tuple(sorted(map(repr, rows))) for rows in (listed, *others))


def _read(source: _Source, schemas: Sequence[str]) -> Members:
    """Every relation in full."""
    (rows,) = run_named(source.connection, ("relations",), schemas=list(schemas), bookkeeping=source.bookkeeping)
    read = read_relations(source.connection, rows, source.facts)
    members: dict[str, list[Relation]] = {name: [] for name in schemas}
    for row in rows:
        members[row[1]].append(read[row[0]])
    return members


def _by_schema(source: _Source, schemas: Sequence[str]) -> Members:
    """One schema of each kind."""
    names = ("schema_marks", "schemas", "local_expressions")
    marks, numbers, expressions = _marks(source, names, schemas)
    known: Mapping[int, int] = dict(marks)
    local = _local(source, expressions, lambda row: row[3])
    alike: defaultdict[Hashable, list[str]] = defaultdict(list)
    for number, name in numbers:
        alike[known.get(number), source.environments.get(name), local.get(name)].append(name)
    firsts = [same[0] for same in alike.values()]
    members = _read(source, firsts) if len(firsts) == 1 else _by_relation(source, firsts)
    return {name: members[same[0]] for same in alike.values() for name in same}


def _by_relation(source: _Source, schemas: Sequence[str]) -> Members:
    """One relation of each kind."""
    marks, names, expressions = _marks(source, ("relation_marks", "schemas", "local_expressions"), schemas)
    members: dict[str, list[Hashable]] = {name: [] for name in schemas}
    first: dict[Hashable, Row] = {}
    local = _local(source, expressions, lambda row: row[0])
    for kind, schema, row in _Context(dict(names), local, source.environments).kinds(marks):
        first.setdefault(kind, row)
        members[schema].append(kind)
    read = read_relations(source.connection, list(first.values()), source.facts)
    found = {kind: read[row[0]] for kind, row in first.items()}
    return {schema: [found[kind] for kind in kinds] for schema, kinds in members.items()}


def _marks(source: _Source, names: Sequence[str], schemas: Sequence[str]) -> tuple[Rows, ...]:
    return run_named(source.connection, names, schemas=list(schemas), bookkeeping=source.bookkeeping)


@dataclass(frozen=True, slots=True)
class _Context:
    """What a relation's value is made of beside its mark.

    ``local`` are expressions by the relation's id; ``environments`` say of a schema what its types' names mean there.
    """

    schemas: Mapping[int, str]
    local: Mapping[Hashable, Hashable]
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


def _local(source: _Source, expressions: Rows, holder: Callable[[Row], Hashable]) -> Mapping[Hashable, Hashable]:
    """The expressions that no mark holds, in the form in which a ``Relation`` holds them, by what ``holder`` gives."""
    if not expressions:
        return {}
    objects = read_objects(source.connection, [row[1] for row in expressions], source.facts)
    found: defaultdict[Hashable, set[tuple[str, str, str]]] = defaultdict(set)
    for row in expressions:
        _, text, place, schema, relation = row
        own = {schema: source.facts.neutral.get(schema, schema)}
        found[holder(row)].add((relation, place, rendered_anywhere(text, objects, own)))
    return {held_by: frozenset(parts) for held_by, parts in found.items()}


def _environments(facts: TypeFacts) -> Mapping[str, Hashable]:
    """What the names of a schema's own types mean there."""
    found: defaultdict[str, set[Hashable]] = defaultdict(set)
    for schema, meaning in facts.types.meanings():
        found[schema].add(meaning)
    return {schema: frozenset(meanings) for schema, meanings in found.items()}
