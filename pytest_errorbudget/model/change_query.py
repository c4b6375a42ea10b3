"""A query as far as the names and types of its columns depend on it: the closed unions of its parts.

Names are as written; an ``Expression`` that these values cannot hold is ``Unread``, and costs its own column alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from pytest_errorbudget.model.change_parts import Name
from pytest_errorbudget.model.pgtype import PgType


class LiteralKind(Enum):
    """``STRING`` and ``NULL`` take the type that their place asks for, and are text where nothing asks."""

    STRING = "string"
    NULL = "null"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """``qualifier`` is the table's name or alias, without its schema."""

    qualifier: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Star:
    qualifier: str | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    kind: LiteralKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """``operand :: type``; ``operand`` gives the column its name."""

    operand: Expression
    type: PgType


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function by the name that its column gets (``trim`` is ``btrim``); ``star`` is ``count(*)``."""

    schema: str | None = None
    name: str
    arguments: tuple[Expression, ...] = ()
    star: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """``results`` with the ELSE last, which is ``None`` where there is none."""

    results: tuple[Expression, ...]
    otherwise: Expression | None


@dataclass(frozen=True, slots=True)
class Operator:
    """``left`` is ``None`` for a prefix operator."""

    symbol: str
    left: Expression | None
    right: Expression


@dataclass(frozen=True, slots=True)
class Truth:
    """Whatever gives a boolean: AND, OR, NOT, a comparison, IS, IN, LIKE, BETWEEN."""


@dataclass(frozen=True, slots=True)
class Exists:
    """EXISTS (…)."""


@dataclass(frozen=True, slots=True)
class Elements:
    """ARRAY[…]."""

    elements: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """ARRAY(SELECT …)."""

    query: Query


@dataclass(frozen=True, slots=True)
class Scalar:
    """(SELECT …) as a value."""

    query: Query


@dataclass(frozen=True, slots=True)
class Subscript:
    """``operand[1]``, or ``operand[1:2]``."""

    operand: Expression
    slices: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """``(operand).name``: its type is PostgreSQL's to say."""

    operand: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Unread:
    """An expression beyond these values; ``label`` is the column's name where that much is known."""

    label: str | None = None


Expression: TypeAlias = (
    ColumnRef
    | Star
    | Literal
    | Cast
    | Call
    | Case
    | Operator
    | Truth
    | Exists
    | Elements
    | ArrayOf
    | Scalar
    | Subscript
    | Attribute
    | Unread
)


@dataclass(frozen=True, slots=True)
class Output:
    """``name`` is the alias, else what PostgreSQL makes of the expression; ``None`` where that is not known."""

    name: str | None
    expression: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """A table, view or CTE in FROM; ``columns`` rename the first columns."""

    name: Name
    alias: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySource:
    """A subquery in FROM; ``alias`` is empty where it has none."""

    query: Query
    alias: str = ""
    columns: tuple[str, ...] = ()
    lateral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSource:
    """A function in FROM; ``definitions`` are the columns that ``AS t (a int, …)`` declares."""

    call: Call
    alias: str | None = None
    columns: tuple[str, ...] = ()
    definitions: tuple[tuple[str, PgType], ...] = ()
    ordinality: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinSource:
    """``using`` are the merged columns; with ``natural`` they are those of the same name."""

    left: Source
    right: Source
    using: tuple[str, ...] = ()
    natural: bool = False
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadSource:
    """A source beyond these values: it may have any column."""

    alias: str | None = None


Source: TypeAlias = TableSource | QuerySource | CallSource | JoinSource | UnreadSource


@dataclass(frozen=True, slots=True)
class Select:
    outputs: tuple[Output, ...]
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class Combined:
    """UNION, INTERSECT or EXCEPT."""

    left: Query
    right: Query


@dataclass(frozen=True, slots=True)
class UnreadBody:
    """A query beyond these values, and why."""

    reason: str


Body: TypeAlias = Select | Values | Combined | UnreadBody


@dataclass(frozen=True, slots=True)
class CommonTable:
    name: str
    query: Query
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """``common`` are the tables of WITH, of which a recursive one may read itself."""

    body: Body
    common: tuple[CommonTable, ...] = ()
    recursive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryText:
    """A query, and what its text names: more than it needs, and never less.

    ``reads`` are the names after FROM and JOIN, inside conditions too. ``mentions`` are the identifiers that may be
    columns, ``calls`` those that are called or cast to.
    """

    query: Query
    reads: tuple[Name, ...] = ()
    mentions: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
