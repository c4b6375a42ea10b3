"""What sqlx's macros do with a column: the Rust type they choose, what ``.into()`` makes of it, and what happens when
the database changes after the build.

Sources: ``sqlx-postgres/src/type_checking.rs`` (chosen types), ``sqlx-macros-core/src/query/output.rs``
(``try_get_unchecked::<T, _>(i)?.into()``: by position, without a type check), ``int.rs`` and ``float.rs`` (decoding).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.sqlx import RANGES, accepts
from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.model.rust import RustType

_CHOSEN: Mapping[str, str] = {
    "bool": "bool",
    "char": "i8",
    "int2": "i16",
    "int4": "i32",
    "int8": "i64",
    "float4": "f32",
    "float8": "f64",
    "text": "String",
    "name": "String",
    "bpchar": "String",
    "varchar": "String",
    "unknown": "String",
    "citext": "String",
    "oid": "Oid",
    "uuid": "Uuid",
    "interval": "PgInterval",
    "money": "PgMoney",
    "json": "Value",
    "jsonb": "Value",
    "macaddr": "MacAddress",
    "bit": "BitVec",
    "varbit": "BitVec",
    "hstore": "PgHstore",
    "ltree": "PgLTree",
    "lquery": "PgLQuery",
    "cube": "PgCube",
}
_CHRONO: Mapping[str, str] = {
    "date": "NaiveDate",
    "time": "NaiveTime",
    "timestamp": "NaiveDateTime",
    "timestamptz": "DateTime",
}
_TIME: Mapping[str, str] = {
    "date": "Date",
    "time": "Time",
    "timestamp": "PrimitiveDateTime",
    "timestamptz": "OffsetDateTime",
}
_EXTENSION_TYPES = frozenset({"citext", "hstore", "ltree", "lquery", "cube"})

_FROM: Mapping[str, frozenset[str]] = {
    "i8": frozenset({"bool"}),
    "i16": frozenset({"i8", "bool"}),
    "i32": frozenset({"i8", "i16", "bool"}),
    "i64": frozenset({"i8", "i16", "i32", "bool"}),
    "i128": frozenset({"i8", "i16", "i32", "i64", "bool"}),
    "isize": frozenset({"i8", "i16", "bool"}),
    "u8": frozenset({"bool"}),
    "u16": frozenset({"bool"}),
    "u32": frozenset({"bool"}),
    "u64": frozenset({"bool"}),
    "u128": frozenset({"bool"}),
    "usize": frozenset({"bool"}),
    "f32": frozenset({"i8", "i16", "bool"}),
    "f64": frozenset({"i8", "i16", "i32", "f32", "bool"}),
    "bool": frozenset(),
    "String": frozenset({"Uuid"}),
    "Uuid": frozenset(),
    "NaiveDate": frozenset({"NaiveDateTime"}),
    "NaiveTime": frozenset({"NaiveDateTime"}),
    "NaiveDateTime": frozenset(),
    "DateTime": frozenset(),
    "Date": frozenset(),
    "Time": frozenset(),
    "PrimitiveDateTime": frozenset(),
    "OffsetDateTime": frozenset(),
}
"""For each type whose ``From`` impls are all known: the chosen types that it can be made of, besides itself."""

_SOURCES = frozenset({*_CHOSEN.values(), *_CHRONO.values(), *_TIME.values(), "Vec", "PgRange", "Decimal", "BigDecimal"})
"""The types that the macros choose; another one is named by an override and may have an ``Into`` of its own."""

_INTEGERS: Mapping[str, int] = {"i8": 1, "i16": 2, "i32": 4, "i64": 8}
_WIDTHS: Mapping[str, int] = {"char": 1, "int2": 2, "int4": 4, "int8": 8}
_SHORT = frozenset(
    {"bool", "float4", "float8", "date", "time", "timestamp", "timestamptz", "money", "oid", "xid", "cid"}
)
_MICROSECONDS = frozenset({"timestamp", "timestamptz"})


class Drift(Enum):
    """What a value decoded without a type check comes to."""

    SAFE = "the value is right"
    OUT_OF_RANGE = "values that fit pass, and the first that does not fails"
    OTHER_VALUE = "the bytes are read as another value, without an error"
    UNDEFINED = "the bytes fail to decode, or decode to a wrong value"


def chosen(pg: PgType, like: RustType | None, features: frozenset[str] = frozenset()) -> RustType | None:
    """The Rust type the macros (and our advice) choose: of the crate that ``like`` comes from, else of the one that
    sqlx's ``features`` of the crate name."""
    inside = like.arguments[0] if like is not None and like.arguments else None
    if pg.dimensions:
        element = chosen(pg.element, inside, features)
        return None if element is None else RustType("Vec", (element,), f"Vec<{element.text}>")
    if pg == PgType("bytea"):
        return RustType("Vec", (RustType("u8", (), "u8"),), "Vec<u8>")
    if pg.schema != CATALOG and pg.name not in _EXTENSION_TYPES:
        return None
    if pg.name in RANGES:
        inner = chosen(PgType(RANGES[pg.name]), inside, features)
        return None if inner is None else RustType("PgRange", (inner,), f"PgRange<{inner.text}>")
    name = _CHOSEN.get(pg.name) or _by_crate(pg.name, like.inner.path if like is not None else "", features)
    return None if name is None else RustType(name, (), "DateTime<Utc>" if name == "DateTime" else name)


def _by_crate(name: str, like: str, features: frozenset[str]) -> str | None:
    """Where both features are on, ``time`` is taken before ``chrono`` and ``bigdecimal`` before ``rust_decimal``
    (``type_checking.rs``)."""
    if name == "numeric":
        big = like == "BigDecimal" or (like != "Decimal" and "bigdecimal" in features)
        return "BigDecimal" if big else "Decimal"
    if name in {"inet", "cidr"}:
        net = like == "IpNet" or (like != "IpNetwork" and "ipnet" in features and "ipnetwork" not in features)
        return "IpNet" if net else "IpNetwork"
    time = like in _TIME.values() or (like not in _CHRONO.values() and "time" in features)
    return (_TIME if time else _CHRONO).get(name)


def converts(source: RustType, target: RustType) -> bool | None:
    """Whether ``source.into()`` gives ``target`` (options aside); ``None`` where its ``From`` impls are not known."""
    target = target.inner
    if target.path == source.path:
        return _same_arguments(source, target)
    if target.path not in _FROM or source.path not in _SOURCES:
        return None
    return source.path in _FROM[target.path]


def _same_arguments(source: RustType, target: RustType) -> bool | None:
    # DateTime<Utc> into DateTime<Local> and the like are From impls of chrono
    if source.path == "DateTime" or not source.arguments or not target.arguments:
        return True
    if source.arguments[0].path == target.arguments[0].path:
        return True
    # containers have no From between element types
    return False if target.arguments[0].path in _FROM else None


def drift(rust: RustType, pg: PgType) -> Drift:
    """What ``try_get_unchecked::<rust, _>`` gives for a value of ``pg``."""
    rust = rust.inner
    answer = accepts(rust, pg)
    match answer:
        case Accepts():
            return Drift.SAFE
        case NotKnown():
            return Drift.UNDEFINED
        case Refuses():
            return _refused(rust, pg)


def _refused(rust: RustType, pg: PgType) -> Drift:
    if pg.dimensions or pg.schema != CATALOG:
        return Drift.UNDEFINED
    if rust.path in _INTEGERS:
        if pg.name in _WIDTHS:
            return Drift.SAFE if _WIDTHS[pg.name] <= _INTEGERS[rust.path] else Drift.OUT_OF_RANGE
        return Drift.OTHER_VALUE if pg.name in _SHORT else Drift.UNDEFINED
    if rust.path == "f32" and pg.name == "float8":
        return Drift.OTHER_VALUE
    clock = {"NaiveDateTime", "DateTime", "PrimitiveDateTime", "OffsetDateTime"}
    if rust.path in clock and pg.name in _MICROSECONDS:
        return Drift.OTHER_VALUE
    return Drift.UNDEFINED
