"""sqlx's table for PostgreSQL: which SQL types each Rust type accepts when a value is decoded.

Read in sqlx 0.8 and 0.9 (``Type::type_info`` and ``Type::compatible``); each row names its file below
``sqlx-postgres/src/types``. There is no widening: ``i64`` refuses ``int4``. The check is skipped for NULL
(``sqlx-core/src/row.rs``, ``try_get``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, Answer, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.wrappers import POINTERS, SEQUENCES
from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.model.rust import RustType


@dataclass(frozen=True, slots=True)
class Accepted:
    """A Rust type (last name of its path), the SQL types it accepts by internal name, and the file that says so. The
    first one is the type that it declares. ``extension`` types live in any schema."""

    rust: str
    names: tuple[str, ...]
    source: str
    extension: bool = False


_TEXT = ("text", "name", "bpchar", "varchar", "unknown", "citext")

TABLE: tuple[Accepted, ...] = (
    Accepted("bool", ("bool",), "bool.rs"),
    Accepted("i8", ("char",), "int.rs"),
    Accepted("i16", ("int2",), "int.rs"),
    Accepted("i32", ("int4",), "int.rs"),
    Accepted("i64", ("int8",), "int.rs"),
    Accepted("NonZeroI8", ("char",), "sqlx-core types/non_zero.rs"),
    Accepted("NonZeroI16", ("int2",), "sqlx-core types/non_zero.rs"),
    Accepted("NonZeroI32", ("int4",), "sqlx-core types/non_zero.rs"),
    Accepted("NonZeroI64", ("int8",), "sqlx-core types/non_zero.rs"),
    Accepted("f32", ("float4",), "float.rs"),
    Accepted("f64", ("float8",), "float.rs"),
    Accepted("str", _TEXT, "str.rs"),
    Accepted("String", _TEXT, "str.rs"),
    Accepted("PgCiText", ("citext", "text", "name", "bpchar", "varchar", "unknown"), "citext.rs"),
    Accepted("Oid", ("oid",), "oid.rs"),
    Accepted("Uuid", ("uuid",), "uuid.rs"),
    Accepted("NaiveDate", ("date",), "chrono/date.rs"),
    Accepted("NaiveTime", ("time",), "chrono/time.rs"),
    Accepted("NaiveDateTime", ("timestamp",), "chrono/datetime.rs"),
    Accepted("DateTime", ("timestamptz",), "chrono/datetime.rs"),
    Accepted("Date", ("date",), "time/date.rs"),
    Accepted("Time", ("time",), "time/time.rs"),
    Accepted("PrimitiveDateTime", ("timestamp",), "time/datetime.rs"),
    Accepted("OffsetDateTime", ("timestamptz",), "time/datetime.rs"),
    Accepted("PgTimeTz", ("timetz",), "time_tz.rs"),
    Accepted("PgInterval", ("interval",), "interval.rs"),
    Accepted("Json", ("jsonb", "json"), "json.rs"),
    Accepted("Value", ("jsonb", "json"), "sqlx-core types/json.rs"),
    Accepted("JsonValue", ("jsonb", "json"), "sqlx-core types/json.rs"),
    Accepted("RawValue", ("jsonb", "json"), "sqlx-core types/json.rs"),
    Accepted("JsonRawValue", ("jsonb", "json"), "sqlx-core types/json.rs"),
    Accepted("Decimal", ("numeric",), "rust_decimal.rs"),
    Accepted("BigDecimal", ("numeric",), "bigdecimal.rs"),
    Accepted("PgMoney", ("money",), "money.rs"),
    Accepted("IpNetwork", ("inet", "cidr"), "ipnetwork/ipnetwork.rs"),
    Accepted("IpNet", ("inet", "cidr"), "ipnet/ipnet.rs"),
    Accepted("IpAddr", ("inet", "cidr"), "ipnet/ipaddr.rs"),
    Accepted("MacAddress", ("macaddr",), "mac_address.rs"),
    Accepted("BitVec", ("varbit", "bit"), "bit_vec.rs"),
    Accepted("PgPoint", ("point",), "geometry/point.rs"),
    Accepted("PgLine", ("line",), "geometry/line.rs"),
    Accepted("PgLSeg", ("lseg",), "geometry/line_segment.rs"),
    Accepted("PgBox", ("box",), "geometry/box.rs"),
    Accepted("PgPath", ("path",), "geometry/path.rs"),
    Accepted("PgPolygon", ("polygon",), "geometry/polygon.rs"),
    Accepted("PgCircle", ("circle",), "geometry/circle.rs"),
    Accepted("PgHstore", ("hstore",), "hstore.rs", extension=True),
    Accepted("PgLTree", ("ltree",), "ltree.rs", extension=True),
    Accepted("PgLQuery", ("lquery",), "lquery.rs", extension=True),
    Accepted("PgCube", ("cube",), "cube.rs", extension=True),
)

RANGES: Mapping[str, str] = {
    "int4range": "int4",
    "int8range": "int8",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp",
    "tstzrange": "timestamptz",
}
"""The subtype of each built-in range (range.rs, ``range_compatible``)."""

ABSENT = frozenset(
    {"u8", "u16", "u32", "u64", "u128", "i128", "usize", "isize", "char", "NonZeroU8", "NonZeroU16", "NonZeroU32"}
    | {"NonZeroU64"}
)
"""Rust types without ``Type<Postgres>``."""

_BY_RUST: Mapping[str, Accepted] = {row.rust: row for row in TABLE}


def accepts(rust: RustType, pg: PgType) -> Answer:
    """Whether a value of ``pg`` may be decoded as ``rust`` by ``try_get`` and the derives over it."""
    if rust.is_option or rust.path in POINTERS:
        return accepts(rust.arguments[-1], pg) if rust.arguments else _unknown(rust)
    if rust.path in SEQUENCES:
        return _sequence(rust, pg)
    if rust.path == "PgRange":
        return _range(rust, pg)
    if rust.path == "Text":
        return _plain(_BY_RUST["String"], pg)
    if rust.path == "()" and not rust.arguments:
        return Accepts() if pg.name in {"void", "record"} and not pg.dimensions else Refuses("VOID")
    if rust.path in ABSENT:
        return Refuses(None)
    row = _BY_RUST.get(rust.path)
    return _plain(row, pg) if row is not None else _unknown(rust)


def _unknown(rust: RustType) -> NotKnown:
    return NotKnown(f"sqlx's own table has no `{rust.text or rust.path}`")


def _plain(row: Accepted, pg: PgType) -> Answer:
    # citext is the one extension type among built-in ones: an extension's schema is anybody's choice
    anywhere = row.extension or pg.name == "citext"
    fits = pg.dimensions == 0 and pg.name in row.names and (anywhere or pg.schema == CATALOG)
    return Accepts() if fits else Refuses(sql_name(row.names[0]))


def _sequence(rust: RustType, pg: PgType) -> Answer:
    if not rust.arguments:
        return _unknown(rust)
    element = rust.arguments[0]
    if element.path == "u8":
        return Accepts() if pg == PgType("bytea") else Refuses("BYTEA")
    if pg.dimensions and pg.schema != CATALOG and pg.name not in {"citext", "hstore", "ltree", "lquery", "cube"}:
        # a domain's array is sent with the domain itself as element, and sqlx looks through it; an enum's is not
        return NotKnown(f"the elements of `{pg}` have a type of the schema's own")
    answer = accepts(element, pg.element)
    if isinstance(answer, Refuses):
        return Refuses(None if answer.declares is None else f"{answer.declares}[]")
    return answer if pg.dimensions or isinstance(answer, NotKnown) else Refuses(_array_name(element))


def _array_name(element: RustType) -> str:
    row = _BY_RUST.get(element.inner.path)
    return f"{sql_name(row.names[0])}[]" if row is not None else "an array"


def _range(rust: RustType, pg: PgType) -> Answer:
    subtype = RANGES.get(pg.name) if pg.schema == CATALOG and not pg.dimensions else None
    if not rust.arguments:
        return _unknown(rust)
    answer = accepts(rust.arguments[0], PgType(subtype or "void"))
    match answer:
        case Refuses(declares):
            name = next((n for n, inner in RANGES.items() if declares == sql_name(inner)), None)
            return Refuses(name and sql_name(name))
        case _:
            return answer


def sql_name(name: str) -> str:
    """A type as sqlx's messages write it (``PgType::display_name``): ``INT4``, ``"CHAR"``."""
    special = {"char": '"CHAR"', "bpchar": "CHAR", "citext": "citext"}
    return special.get(name, name if name in {"hstore", "ltree", "lquery", "cube"} else name.upper())


def sql_name_of(pg: PgType) -> str:
    """The same for a column's type."""
    name = sql_name(pg.name) if pg.schema == CATALOG else pg.name
    return name + "[]" * pg.dimensions
