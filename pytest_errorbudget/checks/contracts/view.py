"""One database and the Rust that reads it, indexed: what every rule of this folder looks things up in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pytest_errorbudget.checks.contracts.elsewhere import files_of_elsewhere
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes
from pytest_errorbudget.checks.contracts.programs import Programs, built_from, programs_of
from pytest_errorbudget.checks.contracts.scope import Scope, TenantShape
from pytest_errorbudget.checks.contracts.unreached import Unreached, unreached_of
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts, QueryKey, QueryTyping
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import ColumnRef, Rejected, Typed
from pytest_errorbudget.model.rust import RustEnum, Struct, StructRef
from pytest_errorbudget.model.rust_queries import Library, Query
from pytest_errorbudget.model.schema import Schema

_Item = TypeVar("_Item", Struct, RustEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeView:
    """One shape with PostgreSQL's word on each query. ``elsewhere`` are the files whose queries mean another
    database."""

    shape: TenantShape
    typings: Mapping[QueryKey, QueryTyping]
    elsewhere: frozenset[str] = frozenset()

    def verdict(self, query: Query) -> Typed | Rejected | None:
        typing = self.typings.get(key_of(query))
        return typing.verdict if typing is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """``queries`` are those of the scope's crates. ``replayed`` is what the newest replay says of them: the schema that
    macros are taken to be compiled against. ``migrated`` is the newest schema of the migrations, whose columns know
    their lines. ``own_types`` are the services' own types by name. ``statements`` are the migrations';
    ``unreached`` says where PostgreSQL refused one of them, so that the replay shows an older schema than the sources
    mean. ``elsewhere`` says why a query may mean another database of its crate. ``programs`` are what the crates are
    built into."""

    contracts: Contracts
    scope: Scope
    queries: tuple[Query, ...]
    structs: Mapping[StructRef, Struct]
    ambiguous: frozenset[StructRef]
    shapes: tuple[ShapeView, ...]
    replayed: Mapping[QueryKey, QueryTyping]
    migrated: Schema | None
    by_name: Mapping[str, tuple[tuple[StructRef, Struct], ...]]
    own_types: OwnTypes
    statements: tuple[str, ...] = ()
    unreached: Unreached | None = None
    elsewhere: Mapping[QueryKey, str] = field(default_factory=dict)
    programs: Programs = field(default_factory=lambda: programs_of(()))

    def compiled(self, query: Query) -> Typed | Rejected | None:
        typing = self.replayed.get(key_of(query))
        return typing.verdict if typing is not None else None

    def why_unreached(self, query: Query, verdict: Typed | Rejected | None, shape: TenantShape) -> str | None:
        """Why the newest schema that the replay came to says nothing of a query; tenants have schemas of their own."""
        if self.unreached is None or shape.tenants or query.sql is None:
            return None
        schemas = (shape.schema,) if self.migrated is None else (shape.schema, self.migrated)
        return self.unreached.reason if self.unreached.may_change(query.sql, verdict, schemas) else None

    def why_elsewhere(self, query: Query) -> str | None:
        """Why a refused query may mean another database, unless the migrations of this one make what it asks for."""
        return None if isinstance(self.compiled(query), Typed) else self.elsewhere.get(key_of(query))

    def why_unknown(self, ref: StructRef | None) -> str:
        """Why a query's target is none of ``structs``: functions of one file may each have a struct of one name."""
        return "its file has several structs of that name" if ref in self.ambiguous else "the row struct was not found"

    def types(self, crate: str, schema: Schema) -> OwnTypes:
        """The services' own types as a crate names them, and those of one schema."""
        return replace(self.own_types, crate=crate, schema=schema)

    def overridden(self, crate: str, pg: PgType, column: ColumnRef | None) -> str | None:
        """The Rust type that the crate's ``sqlx.toml`` has the macros choose: the column's before the type's."""
        found = [override for each in self.contracts.crates if each.name == crate for override in each.overrides]
        tables = {column.relation, f"{column.schema}.{column.relation}"} if column is not None else set()
        own = (o.rust for o in found if column is not None and o.of in tables and o.column == column.column)
        names = {name.lower() for name in (pg.internal, pg.formatted, pg.name)} if not pg.dimensions else set()
        return next(iter((*own, *(o.rust for o in found if not o.column and o.of in names))), None)

    def features(self, crate: str, library: Library) -> frozenset[str]:
        """What a crate enables of a library."""
        of_crate = (each.features for each in self.contracts.crates if each.name == crate)
        return frozenset(feature for found in of_crate for of, feature in found if of == library.value)

    def resolve(self, name: str, path: str, crate: str) -> tuple[StructRef, Struct] | None:
        """The struct that ``name`` means in a file: of the file, else the only one of the crate, else of all."""
        found = self.by_name.get(name, ())
        for narrowed in (
            [each for each in found if each[0].path == path],
            [each for each in found if each[1].crate == crate],
            list(found),
        ):
            if narrowed:
                return narrowed[0] if len(narrowed) == 1 else None
        return None


def key_of(query: Query) -> QueryKey:
    return QueryKey(query.path, query.function, query.ordinal)


def reference(struct: Struct) -> StructRef:
    return StructRef(struct.span.path, struct.name)


def view_of(contracts: Contracts, database: DatabaseFacts, scope: Scope) -> View:
    """Everything indexed once."""
    typings = {each.shape: {typing.query: typing for typing in each.queries} for each in database.typings}
    by_name: defaultdict[str, list[tuple[StructRef, Struct]]] = defaultdict(list)
    for struct in contracts.structs:
        by_name[struct.name.rpartition("::")[2]].append((reference(struct), struct))
    named = {name: tuple(found) for name, found in by_name.items()}
    statements = _statements(database)
    known = {reference(struct): struct for struct in contracts.structs}
    counts = Counter(map(reference, contracts.structs))
    return View(
        contracts=contracts,
        scope=scope,
        queries=tuple(query for query in contracts.queries if scope.reads(query.crate)),
        structs={ref: struct for ref, struct in known.items() if counts[ref] == 1},
        ambiguous=frozenset(ref for ref, count in counts.items() if count > 1),
        shapes=tuple(_shape_view(shape, typings.get(shape.digest, {}), statements) for shape in scope.shapes),
        replayed=typings.get(None, {}),
        migrated=_migrated(database),
        by_name=named,
        own_types=own_types_of(contracts),
        statements=statements,
        unreached=unreached_of(database),
        programs=programs_of(contracts.crates),
    )


def _shape_view(shape: TenantShape, typings: Mapping[QueryKey, QueryTyping], statements: tuple[str, ...]) -> ShapeView:
    elsewhere = files_of_elsewhere(typings, shape.schema, statements)
    return ShapeView(shape=shape, typings=typings, elsewhere=elsewhere)


def _migrated(database: DatabaseFacts) -> Schema | None:
    """What PostgreSQL built where it got to the end, else what the static replay says."""
    if database.replay is not None and database.replay.versions and database.replay.failure is None:
        return database.replay.newest
    return database.static.schema if database.static is not None else None


def _statements(database: DatabaseFacts) -> tuple[str, ...]:
    files = database.migrations.every_file if database.migrations is not None else ()
    return tuple(statement.sql for file in files for statement in file.statements)


def own_types_of(contracts: Contracts) -> OwnTypes:
    """The services' own types, before a crate names them."""
    return OwnTypes(
        structs=_by_name(contracts.structs), enums=_by_name(contracts.enums), within=built_from(contracts.crates)
    )


def _by_name(items: tuple[_Item, ...]) -> Mapping[str, tuple[_Item, ...]]:
    found: defaultdict[str, list[_Item]] = defaultdict(list)
    for each in items:
        found[each.name.rpartition("::")[2]].append(each)
    return {name: tuple(same) for name, same in found.items()}
