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


class Firing(Enum):
    """When a trigger fires: as the server's role says, never, on a replica only, or always."""

    ORIGIN = "origin"
    DISABLED = "disabled"
    REPLICA = "replica"
    ALWAYS = "always"


class PolicyCommand(Enum):
    ALL = "all"
    SELECT = "select"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``type`` is the declared type, ``base`` the type under a domain. ``not_null`` covers the domain's own NOT NULL.

    ``default`` is the expression's normal form where the reader can give one (names for object ids), else ``None``;
    ``has_default`` says whether there is one at all. A generated column has no default: ``generation`` is the normal
    form of what it is computed from, ``None`` where that is not known.
    """

    name: str
    type: PgType
    not_null: bool = False
    has_default: bool = False
    default: str | None = None
    base: PgType | None = None
    identity: Identity | None = None
    generated: Generated | None = None
    generation: str | None = None
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """``columns`` are key columns or expressions as text, in order; ``partial`` says that it has a predicate.

    ``predicate`` is its normal form, ``None`` where that is not known. ``options`` say of each key what is not the
    default (``varchar_pattern_ops``, ``collate "C"``, ``desc``); empty where nothing is. ``include`` are columns that
    are stored beside the keys, ``nulls_equal`` says that a unique index takes NULLs for equal.
    """

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    primary: bool = False
    partial: bool = False
    valid: bool = True
    method: str = "btree"
    predicate: str | None = None
    options: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    nulls_equal: bool = False
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a foreign key points at."""

    schema: str
    relation: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """``expression`` is the normal form of a CHECK, ``None`` where it is not known."""

    name: str
    kind: ConstraintKind
    columns: tuple[str, ...] = ()
    references: Reference | None = None
    validated: bool = True
    expression: str | None = None
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """``definition`` is its normal form without its name (``before insert … execute function touch()``), ``None`` where
    that is not known; ``function`` is what it runs, without the schema."""

    name: str
    function: str
    definition: str | None = None
    firing: Firing = Firing.ORIGIN
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A row-level-security policy. ``using`` and ``check`` are normal forms, ``None`` where there is none or it is not
    known. The roles are no part of it: each tenant may have its own."""

    name: str
    command: PolicyCommand = PolicyCommand.ALL
    permissive: bool = True
    using: str | None = None
    check: str | None = None
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSecurity:
    """Whether row-level security filters what users other than the owner see, and the owner too (``forced``).

    Where neither is set, no line is behind it.
    """

    enabled: bool = False
    forced: bool = False
    origin: Span | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.enabled and not self.forced:
            object.__setattr__(self, "origin", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Columns are in attribute order; indexes, constraints, triggers and policies are sorted by name.

    ``query`` is a digest of a view's query in its normal form, ``None`` where that is not known.
    """

    schema: str
    name: str
    kind: RelationKind
    columns: tuple[Column, ...] = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()
    row_security: RowSecurity = RowSecurity()
    query: str | None = None
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
    """``checks`` (sorted) and ``default`` are normal forms; ``default`` is ``None`` where there is none."""

    schema: str
    name: str
    base: PgType
    not_null: bool = False
    checks: tuple[str, ...] = ()
    default: str | None = None
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CompositeField:
    """A member of a composite type, which its values hold by position."""

    name: str
    type: PgType


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeType:
    """A type of its own (``CREATE TYPE … AS (…)``), not the row type of a table. Fields in their order."""

    schema: str
    name: str
    fields: tuple[CompositeField, ...] = ()
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Relations, enums, domains and composite types, each sorted by schema and name.

    A schema without composite types has the digest that it had before they were read.
    """

    relations: tuple[Relation, ...] = ()
    enums: tuple[EnumType, ...] = ()
    domains: tuple[Domain, ...] = ()
    composites: tuple[CompositeType, ...] = field(default=(), metadata={"digest": "where there are any"})

    def relation(self, schema: str, name: str) -> Relation | None:
        return next((r for r in self.relations if r.schema == schema and r.name == name), None)
