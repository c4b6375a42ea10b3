"""Values for parameters, so that PostgreSQL can plan as it does when a query is asked.

By the category of the type (``pg_type.typcategory``). What the values are decides nothing: of the parameters that are
compared with a partition key, each is tried with values of several partitions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_errorbudget.readers.apply_migrations import Connection

_QUERY = Path(__file__).parent / "sql" / "parameter_types.sql"

# Three in their order, which bound two partitions.
SAMPLES: Mapping[str, tuple[str, str, str]] = {
    "S": ("errorbudget 1", "errorbudget 2", "errorbudget 3"),
    "N": ("30001", "30002", "30003"),
    "D": ("2201-01-01 00:00:00+00", "2201-02-01 00:00:00+00", "2201-03-01 00:00:00+00"),
    "U": (
        "00000000-0000-4000-8000-000000000001",
        "00000000-0000-4000-8000-000000000002",
        "00000000-0000-4000-8000-000000000003",
    ),
}
_OTHERS = {
    "S": "errorbudget",
    "N": "1",
    "D": "2026-01-01 00:00:00+00",
    "T": "5 minutes",
    "B": "true",
    "R": "(,)",
    "V": "0",
    "I": "127.0.0.1",
    "U": "00000000-0000-4000-8000-000000000001",
}
_BY_NAME = {"json": "{}", "jsonb": "{}", "bytea": "\\x", "tsquery": "a", "tsvector": "a", "xml": "", "oid": "1"}
# Further than any partition: what is searched after it, or is equal to it, is in none but the default one.
_FAR = {"D": "2290-01-01 00:00:00+00", "N": "32000", "S": "~errorbudget"}
_ARRAY, _ENUM = "A", "E"


@dataclass(frozen=True, slots=True)
class ParameterType:
    """``element`` are the category and name of an array's elements, ``label`` the first of an enum."""

    category: str
    name: str
    element: tuple[str, str]
    label: str | None


def parameter_types(connection: Connection, types: Sequence[int]) -> tuple[ParameterType, ...]:
    """Of parameters whose types have these object ids, in order."""
    rows = connection.execute(_QUERY.read_bytes(), {"types": list(types)}).fetchall() if types else []
    known = {
        oid: ParameterType(category, name, (element, element_name), label)
        for oid, category, name, element, element_name, label in rows
    }
    return tuple(known[oid] for oid in types)


def values(types: Sequence[ParameterType], bounds: Sequence[str]) -> Iterator[tuple[str | None, ...]]:
    """A value for each parameter, several times: each bound of a partition in turn, then values beyond all of them."""
    for bound in (*bounds, None):
        yield tuple(_value(type, bound) for type in types)


def _value(type: ParameterType, bound: str | None) -> str | None:
    """``bound`` where it may be one of the type; ``None`` (NULL) where no value of it is known."""
    if type.category == _ARRAY:
        inner = _value(ParameterType(*type.element, ("", ""), type.label), bound)
        return None if inner is None else '{"' + inner.replace("\\", "\\\\").replace('"', '\\"') + '"}'
    if type.category == _ENUM:
        return type.label
    if type.name in _BY_NAME:
        return _BY_NAME[type.name]
    if bound is not None and _looks_like(type.category, bound):
        return bound
    return _FAR.get(type.category, _OTHERS.get(type.category)) if bound is None else _OTHERS.get(type.category)


def _looks_like(category: str, bound: str) -> bool:
    """Whether the text can be a value of the category. Of what is wrong the server says so, and the next is tried."""
    match category:
        case "S":
            return True
        case "N":
            return bound.lstrip("-").replace(".", "", 1).isdigit()
        case "D":
            return bound[:4].isdigit() and bound[4:5] == "-"
        case "U":
            return len(bound) == 36 and bound.count("-") == 4
        case _:
            return False
