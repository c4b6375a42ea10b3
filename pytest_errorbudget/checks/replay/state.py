"""The schema while it is being replayed: objects that one replay builds, changes and then freezes.

Nothing here outlives ``replay``; keys and references point at each other as PostgreSQL's object ids do, so that a
rename needs no search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pytest_errorbudget.checks.replay.extensions import TYPE_EXTENSIONS
from pytest_errorbudget.model.change_guard import LeaveGuards
from pytest_errorbudget.model.change_parts import Name
from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.model.schema import (
    ConstraintKind,
    Firing,
    Generated,
    Identity,
    PolicyCommand,
    RelationKind,
    RowSecurity,
)
from pytest_errorbudget.model.source import Span

TEMPORARY = "pg_temp"
DEFAULT_PATH = ("$user", "public")
Key = tuple[str, str]


class NotReplayed(Exception):
    """A change that does not fit what is known; ``relation`` is the one whose facts are uncertain from here on."""

    def __init__(self, reason: str, relation: Key | None = None) -> None:
        super().__init__(reason)
        self.reason, self.relation = reason, relation


@dataclass(slots=True, kw_only=True, eq=False)
class ColumnState:
    """``local`` columns are defined by the table itself, and stay when a parent loses them."""

    name: str
    type: PgType
    not_null: bool = False
    not_null_name: str | None = None
    has_default: bool = False
    identity: Identity | None = None
    generated: Generated | None = None
    local: bool = False
    origin: Span


@dataclass(slots=True, kw_only=True, eq=False)
class IndexState:
    """``keys`` are column names or expressions, ``labels`` what each adds to a chosen name, ``uses`` all columns."""

    name: str
    keys: list[str]
    labels: list[str]
    uses: set[str]
    include: list[str] = field(default_factory=list)
    unique: bool = False
    primary: bool = False
    partial: bool = False
    valid: bool = True
    method: str = "btree"
    origin: Span


@dataclass(slots=True, kw_only=True, eq=False)
class ConstraintState:
    name: str
    kind: ConstraintKind
    columns: list[str]
    uses: set[str]
    target: TableState | None = None
    target_columns: list[str] = field(default_factory=list)
    validated: bool = True
    inherited: bool = True
    origin: Span


@dataclass(slots=True, kw_only=True, eq=False)
class TriggerState:
    """``mentions`` are the identifiers of its columns and condition."""

    name: str
    function: str
    function_schema: str
    mentions: frozenset[str]
    firing: Firing = Firing.ORIGIN
    origin: Span


@dataclass(slots=True, kw_only=True, eq=False)
class PolicyState:
    """``mentions`` are the identifiers of its expressions."""

    name: str
    command: PolicyCommand
    permissive: bool
    mentions: frozenset[str]
    origin: Span


@dataclass(slots=True, kw_only=True, eq=False)
class TableState:
    """A relation. ``parents`` are what it inherits from or is a partition of, ``sources`` what a view reads.

    ``uses`` are the columns that a view's text may mean, ``calls`` the functions and types that it names.
    ``unknown`` is the reason why its columns are not known, where they are not, ``untyped`` why some types are not.
    """

    schema: str
    name: str
    kind: RelationKind
    columns: dict[str, ColumnState] = field(default_factory=dict)
    indexes: dict[str, IndexState] = field(default_factory=dict)
    constraints: dict[str, ConstraintState] = field(default_factory=dict)
    triggers: dict[str, TriggerState] = field(default_factory=dict)
    policies: dict[str, PolicyState] = field(default_factory=dict)
    row_security: RowSecurity = field(default_factory=RowSecurity)
    parents: list[TableState] = field(default_factory=list)
    children: list[TableState] = field(default_factory=list)
    sources: list[TableState] = field(default_factory=list)
    uses: list[ColumnState] = field(default_factory=list)
    calls: frozenset[str] = frozenset()
    unknown: str | None = None
    untyped: str = ""
    origin: Span

    @property
    def key(self) -> Key:
        return (self.schema, self.name)

    def primary_key(self) -> ConstraintState | None:
        return next((c for c in self.constraints.values() if c.kind is ConstraintKind.PRIMARY_KEY), None)


@dataclass(slots=True, kw_only=True, eq=False)
class EnumState:
    labels: list[str]
    origin: Span


@dataclass(slots=True, kw_only=True, eq=False)
class DomainState:
    base: PgType
    not_null: bool
    origin: Span


@dataclass(slots=True, kw_only=True, eq=False)
class CompositeState:
    """Members by name, in their order."""

    fields: dict[str, PgType]
    origin: Span


class State:
    """Everything that the migrations have made so far."""

    def __init__(self) -> None:
        self.tables: dict[Key, TableState] = {}
        self.index_tables: dict[Key, TableState] = {}
        self.enums: dict[Key, EnumState] = {}
        self.domains: dict[Key, DomainState] = {}
        self.composites: dict[Key, CompositeState] = {}
        self.other_types: set[Key] = set()
        self.extensions: dict[str, str] = {}
        self.routines: dict[str, frozenset[str] | None] = {}
        self.results: dict[str, list[PgType | None]] = {}
        self.guard_routines: dict[str, LeaveGuards] = {}
        self.schemas: set[str] = {"public"}
        self.path: tuple[str, ...] = DEFAULT_PATH
        self.constraint_names: Counter[Key] = Counter()
        self.inexact: dict[Key, str] = {}

    def target_schema(self) -> str:
        """Where an unqualified new object goes."""
        known = next((schema for schema in self.path if schema in self.schemas), None)
        return known or next((schema for schema in self.path if schema != "$user"), "public")

    def new_key(self, name: Name, temporary: bool = False) -> Key:
        if temporary or name.schema == TEMPORARY:
            return (TEMPORARY, name.name)
        return (name.schema or self.target_schema(), name.name)

    def keys(self, name: Name) -> list[Key]:
        """The keys that a name may mean, best first."""
        if name.schema is not None:
            return [(name.schema, name.name)]
        return [(TEMPORARY, name.name), *((schema, name.name) for schema in self.path)]

    def find(self, name: Name) -> TableState | None:
        return next((self.tables[key] for key in self.keys(name) if key in self.tables), None)

    def table(self, name: Name) -> TableState:
        found = self.find(name)
        if found is None:
            raise NotReplayed(f"no statement that can be read without a database makes `{name}`", self.new_key(name))
        return found

    def find_index(self, name: Name) -> tuple[TableState, IndexState] | None:
        for key in self.keys(name):
            table = self.index_tables.get(key)
            if table is not None:
                return table, table.indexes[key[1]]
        return None

    def type_key(self, name: Name) -> Key | None:
        """The key of a type that the migrations made."""
        return next((key for key in self.keys(name) if self.is_type(key)), None)

    def resolved(self, written: PgType) -> PgType:
        """A type with its schema; ``_mood`` is an array of ``mood``."""
        if written.schema == CATALOG:
            return written
        given = written.schema or None
        key = self.type_key(Name(given, written.name))
        if key is None and written.name.startswith("_"):
            element = self.type_key(Name(given, written.name[1:]))
            if element is not None:
                return PgType(element[1], element[0], written.modifiers, 1)
        if given is not None:
            return written
        if key is not None:
            schema = key[0]
        else:
            extension = TYPE_EXTENSIONS.get(written.name, "")
            schema = self.extensions.get(extension, self.target_schema())
        return PgType(written.name, schema, written.modifiers, written.dimensions, written.fields)

    def column(self, table: TableState, name: str) -> ColumnState:
        column = table.columns.get(name)
        if column is None:
            raise NotReplayed(f"`{table.name}` has no column `{name}` that is known here", table.key)
        return column

    def is_uncertain(self, key: Key) -> bool:
        """Whether the relation is left to the real replay already."""
        table = self.tables.get(key)
        return key in self.inexact or (table is not None and table.unknown is not None)

    def leave(self, keys: Iterable[Key], reason: str) -> None:
        """Leaves relations to the real replay; the first reason counts."""
        for key in keys:
            self.inexact.setdefault(key, reason)

    def add_table(self, table: TableState) -> None:
        if table.key in self.tables or table.key in self.index_tables:
            raise NotReplayed(f"`{table.name}` is there already", table.key)
        self.tables[table.key] = table
        for parent in table.parents:
            parent.children.append(table)

    def add_index(self, table: TableState, index: IndexState) -> None:
        table.indexes[index.name] = index
        self.index_tables[table.schema, index.name] = table

    def remove_index(self, table: TableState, name: str) -> None:
        if table.indexes.pop(name, None) is not None:
            self.index_tables.pop((table.schema, name), None)

    def add_constraint(self, table: TableState, constraint: ConstraintState) -> None:
        table.constraints[constraint.name] = constraint
        self.constraint_names[table.schema, constraint.name] += 1

    def remove_constraint(self, table: TableState, name: str) -> None:
        """The constraint and the index that carries it."""
        if table.constraints.pop(name, None) is not None:
            self.constraint_names[table.schema, name] -= 1
            self.remove_index(table, name)

    def relation_name_taken(self, key: Key) -> bool:
        return key in self.tables or key in self.index_tables

    def constraint_name_taken(self, key: Key) -> bool:
        return self.constraint_names[key] > 0

    def is_type(self, key: Key) -> bool:
        return any(key in known for known in (self.enums, self.domains, self.composites, self.other_types, self.tables))
