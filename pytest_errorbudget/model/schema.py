"""A database schema as it is, or as migrations say it should be.

A ``Schema`` is written without the tenant: the tenant's own schema carries the name that the migrations create
(``public``), so that two tenants of the same shape are equal values. Origins say where a fact was set and take no
part in comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.source import Span


class RelationKind(Enum):
    TABLE = "table"
    PARTITIONED_TABLE = "partitioned table"
    PARTITION = "partition"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    FOREIGN_TABLE = "foreign table"


class Identity(Enum):
    ALWAYS = "always"
    BY_DEFAULT = "by default"


class Generated(Enum):
    STORED = "stored"
    VIRTUAL = "virtual"


class ConstraintKind(Enum):
    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    FOREIGN_KEY = "foreign key"
    CHECK = "check"
    EXCLUDE = "exclude"
    NOT_NULL = "not null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``type`` is the declared type, ``base`` the type under a domain. ``not_null`` covers the domain's own NOT NULL.

    ``default`` is the expression's normal form where the reader can give one (names for object ids), else ``None``;
    ``has_default`` says whether there is one at all. A generated column has no default.
    """

    name: str
    type: PgType
    not_null: bool = False
    has_default: bool = False
    default: str | None = None
    base: PgType | None = None
    identity: Identity | None = None
    generated: Generated | None = None
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """``columns`` are key columns or expressions as text, in order; ``partial`` says that it has a predicate."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    primary: bool = False
    partial: bool = False
    valid: bool = True
    method: str = "btree"
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a foreign key points at."""

    schema: str
    relation: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    name: str
    kind: ConstraintKind
    columns: tuple[str, ...] = ()
    references: Reference | None = None
    validated: bool = True
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Columns are in attribute order; indexes and constraints are sorted by name."""

    schema: str
    name: str
    kind: RelationKind
    columns: tuple[Column, ...] = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    origin: Span | None = field(default=None, compare=False)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def display(self) -> str:
        """``invoices`` in ``public``, else with its schema."""
        return self.name if self.schema == "public" else f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumType:
    """Labels in their sort order."""

    schema: str
    name: str
    labels: tuple[str, ...]
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    schema: str
    name: str
    base: PgType
    not_null: bool = False
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Relations, enums and domains, each sorted by schema and name."""

    relations: tuple[Relation, ...] = ()
    enums: tuple[EnumType, ...] = ()
    domains: tuple[Domain, ...] = ()

    def relation(self, schema: str, name: str) -> Relation | None:
        return next((r for r in self.relations if r.schema == schema and r.name == name), None)
