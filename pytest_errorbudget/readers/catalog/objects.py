"""What the object ids in stored expressions are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pytest_errorbudget.model.pgtype import PgType

FIRST_USER_OID = 16384
DATABASE_COLLATION = 100
USUAL_COLLATIONS = frozenset({0, DATABASE_COLLATION})  # none, and the database's


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """Names by object id: (schema, name) as they are in the database, and the columns of relations by number."""

    functions: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    operators: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    relations: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    collations: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    types: Mapping[int, PgType] = field(default_factory=dict)
    labels: Mapping[int, str] = field(default_factory=dict)
    columns: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    column_collations: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def collation_of(self, relation: int, column: int) -> int:
        """Of a column, by its number; the database's own where it is none."""
        return self.column_collations.get((relation, column), DATABASE_COLLATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The object ids that some expressions name. ``read`` are relations that queries in them read."""

    functions: tuple[int, ...]
    operators: tuple[int, ...]
    relations: tuple[int, ...]
    collations: tuple[int, ...]
    read: tuple[int, ...]


def _ids(pattern: str, text: str) -> tuple[int, ...]:
    return tuple(sorted({int(number) for number in re.findall(pattern, text)}))


def wanted(expressions: Iterable[str]) -> Wanted:
    """One pass over the text: cheaper than parsing every tree twice."""
    text = "\n".join(expressions)
    constants = re.findall(r":consttype 2205 [^{}]*:constvalue 4 \[ ([-\d ]+)\]", text)
    read = _ids(r":relid (\d+)", text)
    sequences = _ids(r":seqid (\d+)", text)
    return Wanted(
        functions=_ids(r":(?:funcid|aggfnoid|winfnoid) (\d+)", text),
        operators=_ids(r":(?:opno|eqop|sortop) (\d+)", text),
        relations=tuple(sorted({*(oid_of(numbers) for numbers in constants), *sequences, *read})),
        collations=tuple(oid for oid in _ids(r"coll(?:ation|id|Oid) (\d+)", text) if oid >= FIRST_USER_OID),
        read=read,
    )


def oid_of(numbers: str) -> int:
    """The object id in the bytes of a constant."""
    return int.from_bytes(bytes(int(n) & 0xFF for n in numbers.split()[:4]), "little")
