"""The columns that a query can see while it is being typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_errorbudget.model.pgtype import PgType

# A column's type, ``None`` where only PostgreSQL knows it.
Typed = tuple[str, PgType | None]


def renamed(columns: Sequence[Typed], names: tuple[str, ...]) -> Sequence[Typed]:
    """The first columns under other names."""
    given = [(name, type_) for name, (_, type_) in zip(names, columns, strict=False)]
    return [*given, *columns[len(given) :]]


@dataclass(frozen=True, slots=True)
class Seen:
    """One source by the name it goes by; ``columns`` are ``None`` where it may have any.

    ``whole`` is the type of the name itself used as a value, for a function that gives one plain value a row.
    """

    alias: str
    columns: tuple[Typed, ...] | None
    whole: PgType | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """What a FROM item adds: the sources to qualify with, and its columns in the order of ``*``."""

    seen: tuple[Seen, ...]
    columns: tuple[Typed, ...] | None


@dataclass(frozen=True, slots=True)
class Scope:
    """``common`` are the tables of WITH by name; ``outer`` the query around this one."""

    items: tuple[Items, ...] = ()
    common: Mapping[str, tuple[Typed, ...] | None] = field(default_factory=dict)
    outer: Scope | None = None

    def star(self, qualifier: str | None) -> Sequence[Typed] | None:
        if qualifier is not None:
            found = self._seen(qualifier)
            return None if found is None else found.columns
        columns: list[Typed] = []
        for item in self.items:
            if item.columns is None:
                return None
            columns.extend(item.columns)
        return columns

    def column(self, qualifier: str | None, name: str) -> PgType | None:
        """The type of a column; ``None`` where it is not known, or not certain which one is meant."""
        if qualifier is None:
            return self._unqualified(name)
        seen = self._seen(qualifier)
        if seen is None or seen.columns is None:
            return None
        types = [type_ for column, type_ in seen.columns if column == name]
        return types[0] if len(types) == 1 else None

    def _unqualified(self, name: str) -> PgType | None:
        types = [type_ for item in self.items for column, type_ in item.columns or () if column == name]
        if types:
            return types[0] if len(types) == 1 else None
        if any(item.columns is None for item in self.items):
            return None
        whole = [seen for item in self.items for seen in item.seen if seen.alias == name]
        if whole:
            return whole[0].whole
        return self.outer.column(None, name) if self.outer is not None else None

    def _seen(self, alias: str) -> Seen | None:
        for item in self.items:
            for seen in item.seen:
                if seen.alias == alias:
                    return seen
        return self.outer._seen(alias) if self.outer is not None else None
