"""Which numbers a type can hold, and whether one type holds all of another's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import assert_never

from pytest_errorbudget.model.pgtype import CATALOG, PgType


@dataclass(frozen=True, slots=True)
class Whole:
    """Integers of so many bits."""

    bits: int
    signed: bool = True

    @property
    def largest(self) -> int:
        return int(2 ** (self.bits - 1 if self.signed else self.bits)) - 1


@dataclass(frozen=True, slots=True)
class Binary:
    """Floating-point numbers with so many bits of precision."""

    precision: int


@dataclass(frozen=True, slots=True)
class Exact:
    """Decimal numbers; ``digits`` before and ``scale`` after the point, ``None`` where there is no bound."""

    digits: int | None = None
    scale: int | None = None


Numbers = Whole | Binary | Exact

_PG: dict[str, Numbers] = {
    "int2": Whole(16),
    "int4": Whole(32),
    "int8": Whole(64),
    "oid": Whole(32, signed=False),
    "float4": Binary(24),
    "float8": Binary(53),
}
_RUST_INTEGER = re.compile(r"(?:NonZero)?([iuIU])(8|16|32|64|128|size)\Z")


def of_pg(pg: PgType) -> Numbers | None:
    """The numbers of an SQL type; ``None`` for anything but a plain number."""
    if pg.schema != CATALOG or pg.dimensions:
        return None
    if pg.name == "numeric":
        precision, scale = (*pg.modifiers, 0)[:2] if pg.modifiers else (None, None)
        return Exact(None if precision is None or scale is None else precision - scale, scale)
    return _PG.get(pg.name)


def of_rust(name: str) -> Numbers | None:
    """The numbers of a Rust type; ``usize`` counts as 64 bits, as on the servers that run this."""
    if name in {"f32", "f64"}:
        return Binary(24 if name == "f32" else 53)
    if name in {"Decimal", "BigDecimal"}:
        return Exact()
    match = _RUST_INTEGER.match(name)
    if match is None:
        return None
    return Whole(64 if match[2] == "size" else int(match[2]), match[1] in "iI")


def loses(source: Numbers, target: Numbers) -> bool:
    """Whether ``target`` cannot hold some number of ``source``.

    Signs alone are not looked at. 64-bit integers and decimals in ``f64`` are let through: JSON's own numbers are
    that, and the loss begins past 2^53.
    """
    match target:
        case Whole():
            return _loses_to_whole(source, target)
        case Binary():
            return _loses_to_binary(source, target)
        case Exact():
            return False
        case _ as never:
            assert_never(never)


def _loses_to_whole(source: Numbers, target: Whole) -> bool:
    match source:
        case Whole():
            return target.bits < source.bits
        case Binary():
            return True
        case Exact():
            return source.scale != 0 or source.digits is None or 10**source.digits - 1 > target.largest
        case _ as never:
            assert_never(never)


def _loses_to_binary(source: Numbers, target: Binary) -> bool:
    match source:
        case Whole():
            return target.precision < 53 and source.bits - source.signed > target.precision
        case Binary():
            return target.precision < source.precision
        case Exact():
            return target.precision < 53
        case _ as never:
            assert_never(never)
