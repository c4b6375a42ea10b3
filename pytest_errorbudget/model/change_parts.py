"""The parts that changes of a schema are made of.

Names are as written: a schema of ``None`` is found along the search path when the change is replayed, and so is the
schema of a type whose ``schema`` is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import ConstraintKind, Generated, Identity
from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written; ``schema`` is ``None`` where the statement leaves it to the search path."""

    schema: str | None
    name: str

    def __str__(self) -> str:
        return self.name if self.schema is None else f"{self.schema}.{self.name}"


class DefaultKind(Enum):
    """``NULL`` is told apart because PostgreSQL does not store a bare ``DEFAULT NULL``."""

    NULL = "null"
    EXPRESSION = "expression"


class LikeOption(Enum):
    """What ``LIKE`` copies beside names, types and NOT NULL."""

    CONSTRAINTS = "constraints"
    DEFAULTS = "defaults"
    GENERATED = "generated"
    IDENTITY = "identity"
    INDEXES = "indexes"


class Existing(Enum):
    """What a statement does when the object is there already, or is missing."""

    FAILS = "fails"
    SKIPS = "skips"
    REPLACES = "replaces"


class Dependents(Enum):
    """What becomes of objects that depend on a dropped one."""

    RESTRICT = "restrict"
    CASCADE = "cascade"


class Placement(Enum):
    """Where a new enum label goes."""

    LAST = "last"
    BEFORE = "before"
    AFTER = "after"


class TransactionVerb(Enum):
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    ROLLBACK_TO = "rollback to"
    RELEASE = "release"


class Scope(Enum):
    """How long a setting lasts: the session, or the transaction."""

    SESSION = "session"
    LOCAL = "local"


class DroppedKind(Enum):
    """What kind of object a ``DROP`` names."""

    RELATION = "relation"
    INDEX = "index"
    TYPE = "type"
    SCHEMA = "schema"
    EXTENSION = "extension"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """A column as its definition says it, before table constraints add to it."""

    name: str
    type: PgType
    not_null: bool = False
    default: DefaultKind | None = None
    identity: Identity | None = None
    generated: Generated | None = None
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeSpec:
    """``LIKE source`` in a table definition."""

    source: Name
    including: frozenset[LikeOption] = frozenset()
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintSpec:
    """``name`` is ``None`` where PostgreSQL chooses it.

    ``columns`` are the written ones, ``mentions`` every identifier in a CHECK or EXCLUDE expression, of which the
    columns are known when the change is replayed. ``reference`` is a foreign key's target, ``reference_columns`` is
    empty where it means the primary key. ``using_index`` names the index that becomes the constraint.
    """

    kind: ConstraintKind
    name: str | None = None
    columns: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    mentions: frozenset[str] = frozenset()
    keys: tuple[IndexKey, ...] = ()
    reference: Name | None = None
    reference_columns: tuple[str, ...] = ()
    using_index: str | None = None
    method: str = "btree"
    partial: bool = False
    validated: bool = True
    deferrable: bool = False
    inherited: bool = True
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexKey:
    """A key of an index: a column, or an expression as its text.

    ``label`` is what PostgreSQL puts for it into a chosen index name; ``column`` is ``None`` for an expression.
    """

    text: str
    label: str
    column: str | None = None
