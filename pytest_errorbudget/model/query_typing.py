"""What PostgreSQL says of a query that it prepared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.pgtype import PgType


@dataclass(frozen=True, slots=True, order=True)
class ColumnRef:
    """A column of a relation of the schema in which the query was prepared."""

    schema: str
    relation: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputColumn:
    """``nullable`` is ``None`` where it is not known. ``origin`` is the column itself where the output is nothing
    else; ``source`` the one column behind casts as well. ``always_null``: it is the constant NULL."""

    name: str
    type: PgType
    nullable: bool | None
    origin: ColumnRef | None = None
    source: ColumnRef | None = None
    always_null: bool = False


class Writing(Enum):
    INSERT = "insert"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A table that the query writes, and the columns that it gives a value, in the order of the table."""

    kind: Writing
    schema: str
    relation: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Binding:
    """Parameter ``number`` (from 1) is compared with ``column`` or assigned to it, behind implicit casts at most."""

    number: int
    column: ColumnRef


class Comparison(Enum):
    EQUALITY = "equality"
    RANGE = "range"


@dataclass(frozen=True, slots=True, order=True)
class UnindexedScan:
    """The plan reads the whole of a table to find rows by ``column``, which no usable index leads
    (``Comparison`` by value)."""

    column: ColumnRef
    comparison: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The query runs in this shape, with these columns and parameters."""

    columns: tuple[OutputColumn, ...]
    parameters: tuple[PgType, ...]
    writes: tuple[Write, ...] = ()
    bindings: tuple[Binding, ...] = ()
    scans: tuple[UnindexedScan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """PostgreSQL refuses the query in this shape; ``offset`` counts characters of the query from 0."""

    sqlstate: str
    message: str
    offset: int | None = None
    hint: str = ""


Verdict = Typed | Rejected
