"""One value out of a row, whichever library and whichever way reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.checks.contracts.libraries.sqlx_overrides import Override
from pytest_errorbudget.checks.contracts.places import field_place, query_place
from pytest_errorbudget.checks.contracts.view import reference
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import OutputColumn, Typed
from pytest_errorbudget.model.rust import Field, RustType, Struct
from pytest_errorbudget.model.rust_queries import Library, Query, RowRead
from pytest_errorbudget.model.source import Span


class Decoding(Enum):
    """Whether types are compared when the program runs. Macros convert what they decode with ``From``; their
    ``_unchecked`` forms decode the field's own type."""

    CHECKED = "try_get"
    CONVERTED = "try_get_unchecked, then into"
    UNCHECKED = "try_get_unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One value out of a row.

    ``target`` is the type decoded or converted to, ``None`` where the macro chooses it or the source does not say it;
    for diesel it is the SQL type that the field declares. ``asked`` is the column's name, or its position from 1 for
    reads by position. ``column`` is ``None`` where the result lacks it. ``query`` is ``None`` for an entity, which
    reads its table. ``compiled`` is the column the macro was compiled against, for macros only. ``outer`` is the
    query's row struct, ``owner`` the struct of the field (another one behind ``flatten``). ``by_hand`` is the call.
    """

    library: Library
    crate: str
    asked: str | int
    target: RustType | None
    column: OutputColumn | None
    decoding: Decoding = Decoding.CHECKED
    query: Query | None = None
    owner: Struct | None = None
    outer: Struct | None = None
    field: Field | None = None
    override: Override | None = None
    compiled: OutputColumn | None = None
    by_hand: RowRead | None = None

    @property
    def place(self) -> str:
        if self.owner is not None and self.field is not None:
            return field_place(reference(self.owner), self.field.name)
        return f"{query_place(self.query)}.{self.asked}" if self.query is not None else str(self.asked)

    @property
    def span(self) -> Span | None:
        """The field, else the call, else the query."""
        if self.field is not None:
            return self.field.span
        if self.by_hand is not None:
            return self.by_hand.span
        return self.query.span if self.query is not None else None

    @property
    def after(self) -> str:
        """What becomes of an error: the end of a sentence about it."""
        if self.by_hand is not None and self.by_hand.panics:
            return ", and `get` panics on it."
        return ", so a 500 where a handler passes it on."


Reads = Iterator[Read | Unchecked]


def at(typed: Typed, position: int) -> OutputColumn | None:
    """The output column at a position from 0."""
    return typed.columns[position] if position < len(typed.columns) else None


def last_named(typed: Typed, name: str) -> OutputColumn | None:
    """sqlx's choice of several columns of one name (sqlx-postgres ``row.rs``: a map by name)."""
    return next((column for column in reversed(typed.columns) if column.name == name), None)


def first_named(typed: Typed, name: str) -> OutputColumn | None:
    """tokio-postgres' choice, and diesel's; tokio-postgres then looks without case (``row.rs``, ``RowIndex``)."""
    return next((column for column in typed.columns if column.name == name), None)
