"""Partitioned tables and their partitions, and which of them take a tenant's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_errorbudget.readers.catalog.bounds import Between, Listed, Rest, Untold, bound_of
from pytest_errorbudget.readers.catalog.objects import Objects


@dataclass(frozen=True, slots=True)
class Member:
    """A row of ``sql/partitioned.sql``: a partitioned table, a partition, or both."""

    oid: int
    schema: str
    name: str
    kind: str
    is_partition: bool
    parent: int | None
    detaching: bool | None
    bound: str | None
    key: list[str | None] | None

    @property
    def row(self) -> tuple[Any, ...]:
        """As ``sql/relations.sql`` has it."""
        return (self.oid, self.schema, self.name, self.kind, self.is_partition)


@dataclass(frozen=True, slots=True)
class Found:
    """The partitions that take a value, those that take what no other one takes, and whether some do not tell."""

    own: tuple[Member, ...]
    default: Member | None
    is_told: bool


@dataclass(slots=True)
class _Choice:
    """The partitions of one table by what they take."""

    listed: dict[str, Member] = field(default_factory=dict)
    printers: set[Any] = field(default_factory=set)
    between: list[tuple[Between, Member]] = field(default_factory=list)
    default: Member | None = None
    is_told: bool = True

    def own(self, value: str) -> Iterator[Member]:
        texts = {value} | {printed(value) for printed in self.printers}
        yield from (self.listed[text] for text in sorted(texts) if text in self.listed)
        yield from (member for bound, member in self.between if bound.takes(value))


class PartitionTree:
    """The partitioned tables of one database; ``objects`` names the types and enum labels of their bounds."""

    def __init__(self, rows: Iterable[tuple[Any, ...]], objects: Objects) -> None:
        members = [Member(*row) for row in rows]
        self._objects = objects
        self._by_name = {(m.schema, m.name): m for m in members if not m.is_partition}
        self._children: defaultdict[int | None, list[Member]] = defaultdict(list)
        for member in members:
            self._children[member.parent if member.is_partition else None].append(member)
        self._choices: dict[tuple[int, str], _Choice] = {}

    def table(self, schema: str, name: str) -> Member | None:
        return self._by_name.get((schema, name))

    def tables_by(self, key: str) -> tuple[Member, ...]:
        """The tables that are partitioned by this column, on whatever level."""
        return tuple(member for member in self._children[None] if next(self._levels(member, key), None) is not None)

    def family(self, table: Member) -> Iterator[Member]:
        """The table and everything below it."""
        yield table
        for child in self._children[table.oid]:
            yield from self.family(child)

    def find(self, table: Member, key: str, value: str) -> Found | None:
        """``None`` where the table is not partitioned by the key."""
        levels = tuple(self._levels(table, key))
        if not levels:
            return None
        choices = [self._choice(level, key) for level in levels]
        own = tuple(member for choice in choices for member in choice.own(value))
        default = next((choice.default for choice in choices if choice.default is not None), None)
        return Found(own, default, all(choice.is_told for choice in choices))

    def _levels(self, table: Member, key: str) -> Iterator[Member]:
        """Where the key decides: the table itself, or those of its partitions that are partitioned by it."""
        if key in (table.key or ()):
            yield table
            return
        for child in self._children[table.oid]:
            if child.kind == "p":
                yield from self._levels(child, key)

    def _choice(self, table: Member, key: str) -> _Choice:
        known = self._choices.get((table.oid, key))
        if known is None:
            known = self._choices[table.oid, key] = _choice(table, key, self._children, self._objects)
        return known


def _choice(table: Member, key: str, children: Mapping[int | None, list[Member]], objects: Objects) -> _Choice:
    choice = _Choice()
    position = (table.key or ()).index(key)
    for child in children.get(table.oid, ()):
        match bound_of(child.bound or "<>", position, objects):
            case Listed(values, printed):
                choice.printers.add(printed)
                choice.listed |= dict.fromkeys(values, child)
            case Between() as between:
                choice.between.append((between, child))
            case Rest():
                choice.default = child
            case Untold():
                choice.is_told = False
    return choice
