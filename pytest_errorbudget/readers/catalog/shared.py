"""What tenants share: relations and types that a set of migrations before the tenants' own makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.model.schema import Schema
from pytest_errorbudget.model.snapshot import SharedState
from pytest_errorbudget.readers.catalog.reading import Reading, Source
from pytest_errorbudget.readers.catalog.tenant_schemas import read_schemas


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSet:
    """A set of migrations by its folder; ``makes`` is the newest schema of its replay, ``bookkeeping`` the table of its
    tool."""

    path: str
    kind: MigrationKind
    bookkeeping: str
    makes: Schema

    @property
    def schemas(self) -> tuple[str, ...]:
        types = {enum.schema for enum in self.makes.enums} | {domain.schema for domain in self.makes.domains}
        types |= {composite.schema for composite in self.makes.composites}
        return tuple(sorted(types | {relation.schema for relation in self.makes.relations}))


def read_shared(reading: Reading, shared: SharedSet, tenants: Sequence[str]) -> SharedState:
    """What of the set is in this database; ``tenants`` are the schemas of tenants, which hold tables of their own."""
    source = Source(expected=reading.source.expected, bookkeeping=shared.bookkeeping, kind=shared.kind)
    own = replace(reading, source=source)
    holders = tuple(schema for schema in own.holders() if schema not in tenants)
    version, checksums = own.only_version(holders)
    present = reading.session.execute(
        "select nspname from pg_catalog.pg_namespace where nspname = any(%s) order by 1", (list(shared.schemas),)
    ).fetchall()
    names = [row[0] for row in present]
    read = read_schemas(reading.session, names, {name: name for name in names}, shared.bookkeeping)
    whole = Schema(
        relations=tuple(relation for name in names for relation in read[name].relations),
        enums=tuple(enum for name in names for enum in read[name].enums),
        domains=tuple(domain for name in names for domain in read[name].domains),
        composites=tuple(composite for name in names for composite in read[name].composites),
    )
    return SharedState(path=shared.path, version=version, schema=_of(whole, shared.makes), checksums=checksums or ())


def _of(schema: Schema, makes: Schema) -> Schema:
    """What is there under the names of the set; the rest is someone else's."""
    relations = {(part.schema, part.name) for part in makes.relations}
    enums = {(part.schema, part.name) for part in makes.enums}
    domains = {(part.schema, part.name) for part in makes.domains}
    composites = {(part.schema, part.name) for part in makes.composites}
    return Schema(
        relations=tuple(part for part in schema.relations if (part.schema, part.name) in relations),
        enums=tuple(part for part in schema.enums if (part.schema, part.name) in enums),
        domains=tuple(part for part in schema.domains if (part.schema, part.name) in domains),
        composites=tuple(part for part in schema.composites if (part.schema, part.name) in composites),
    )
