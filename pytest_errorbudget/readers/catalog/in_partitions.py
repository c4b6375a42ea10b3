"""A partition per tenant: the tenant's schema is its partitions, under the names of their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_errorbudget.model.schema import Relation, Schema
from pytest_errorbudget.model.snapshot import AppliedVersion, PartitionState, VersionUnknown
from pytest_errorbudget.model.tenant import InPartition, Tenant
from pytest_errorbudget.readers.catalog.assemble import Domains, TypeFacts, assembled
from pytest_errorbudget.readers.catalog.partition_parts import Parts, merged
from pytest_errorbudget.readers.catalog.partition_tree import Member, PartitionTree
from pytest_errorbudget.readers.catalog.read import read_domains, read_objects, read_relations, run_named
from pytest_errorbudget.readers.catalog.reading import Reading, TenantRead
from pytest_errorbudget.readers.catalog.versions import Checksums

_AS_WRITTEN: Mapping[str, str] = {}
Version = tuple[AppliedVersion, Checksums | None]


@dataclass(frozen=True, slots=True)
class _Place:
    """A listed table of a tenant: the state to report, and the table and partitions behind it."""

    state: PartitionState
    table: Member | None = None
    own: tuple[Member, ...] = ()


def read_in_partitions(
    reading: Reading, tenants: Sequence[tuple[Tenant, InPartition]], holders: Sequence[str]
) -> tuple[TenantRead, ...]:
    """The tenants in the order given; ``holders`` are the schemas that hold the bookkeeping table."""
    rows, *types = run_named(reading.session, ("partitioned", "types", "enums", "domains", "composites"))
    facts = TypeFacts.of(*types, neutral=_AS_WRITTEN)
    objects = read_objects(reading.session, (), facts)
    tree = PartitionTree(rows, objects)
    places = {tenant.name: _places(tree, layout, reading.source.expected) for tenant, layout in tenants}
    members = {m.oid: m for found in places.values() for place in found for m in _behind(place)}
    relations = read_relations(reading.session, [member.row for member in members.values()], facts)
    tables = {place.table.oid: place.table for found in places.values() for place in found if place.table is not None}
    family = [member.oid for table in tables.values() for member in tree.family(table)]
    (part_rows,) = run_named(reading.session, ("partition_parts",), relations=family)
    build = _Schemas(relations, Parts(part_rows), facts, read_domains(reading.session, facts))
    version = reading.only_version(holders)
    return tuple(_tenant(tenant, layout, places[tenant.name], build, version) for tenant, layout in tenants)


def _places(tree: PartitionTree, layout: InPartition, expected: str) -> tuple[_Place, ...]:
    if not layout.tables:
        return tuple(_place(tree, table, layout, expected) for table in tree.tables_by(layout.key))
    found = []
    for written in layout.tables:
        schema, _, name = written.rpartition(".")
        table = tree.table(schema or expected, name)
        missing = _Place(PartitionState(table=written, exists=False))
        found.append(missing if table is None else _place(tree, table, layout, expected))
    return tuple(found)


def _place(tree: PartitionTree, table: Member, layout: InPartition, expected: str) -> _Place:
    name = _display(table, expected)
    found = tree.find(table, layout.key, layout.value)
    if found is None:
        return _Place(PartitionState(table=name, unread=f"it is not partitioned by {layout.key}"))
    default = None if found.default is None else _display(found.default, expected)
    own = tuple(member for member in found.own if not member.detaching)
    if not own and not found.is_told:
        reason = f"the bounds of its partitions do not say which one takes {layout.key} = {layout.value}"
        return _Place(PartitionState(table=name, default=default, unread=reason))
    names = tuple(_display(member, expected) for member in own)
    leaving = tuple(_display(member, expected) for member in found.own if member.detaching)
    return _Place(PartitionState(table=name, partitions=names, default=default, detaching=leaving), table, own)


def _display(member: Member, expected: str) -> str:
    return member.name if member.schema == expected else f"{member.schema}.{member.name}"


def _behind(place: _Place) -> tuple[Member, ...]:
    return (place.table, *place.own) if place.table is not None and place.own else ()


@dataclass(frozen=True, slots=True)
class _Schemas:
    """What was read of tables and partitions, by object id."""

    relations: Mapping[int, Relation]
    parts: Parts
    facts: TypeFacts
    domains: Domains

    def relation(self, place: _Place) -> Relation:
        assert place.table is not None
        parent = self.relations[place.table.oid]
        own = [self.parts.named(self.relations[member.oid], member.oid, parent) for member in place.own]
        return merged(parent, own)

    def schema(self, places: Sequence[_Place]) -> Schema:
        """With the types of the schemas in which the tables are."""
        relations = [self.relation(place) for place in places]
        members: dict[str, list[Relation]] = {}
        for relation in sorted(relations, key=lambda r: (r.schema, r.name)):
            members.setdefault(relation.schema, []).append(relation)
        parts = assembled(members, self.facts, self.domains).values()
        return Schema(
            relations=tuple(relation for part in parts for relation in part.relations),
            enums=tuple(enum for part in parts for enum in part.enums),
            domains=tuple(domain for part in parts for domain in part.domains),
            composites=tuple(composite for part in parts for composite in part.composites),
        )


def _nowhere(layout: InPartition, states: Sequence[PartitionState]) -> str:
    if not states:
        return f"no table is partitioned by {layout.key}"
    absent = [state.table for state in states if not state.exists]
    if len(absent) == len(states):
        return f"there is no table {' and no table '.join(absent)}"
    mixed = "".join(f"; its rows of {state.table} go to {state.default}" for state in states if state.default)
    return f"no partition takes {layout.key} = {layout.value}{mixed}"


def _tenant(
    tenant: Tenant, layout: InPartition, places: Sequence[_Place], build: _Schemas, version: Version
) -> TenantRead:
    states = tuple(place.state for place in places)
    held = [place for place in places if place.own]
    if held:
        applied, checksums = version
        schema = build.schema(held)
        return TenantRead(tenant=tenant, version=applied, schema=schema, partitions=states, checksums=checksums)
    untold = "; ".join(f"{state.table}: {state.unread}" for state in states if state.unread is not None)
    return TenantRead(
        tenant=tenant,
        version=VersionUnknown(untold or _nowhere(layout, states)),
        schema=None,
        unread=untold or None,
        partitions=states,
    )
