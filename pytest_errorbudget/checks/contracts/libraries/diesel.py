"""diesel's SQL types, and what decoding does where one is not the column's.

Read in diesel 2.3 (``diesel/src/sql_types/mod.rs``, ``diesel/src/pg/types``). diesel does not compare types with the
server's: what ``table!`` or ``sql_type`` says is taken on trust when compiling, and decoding looks at the bytes alone
(``integers.rs``, ``floats/mod.rs``: their number; ``date_and_time``: an ``i64`` or ``i32``; ``text``: UTF-8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, Answer, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.behaviour import Behaviour, Refusal
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes, value_of
from pytest_errorbudget.checks.contracts.libraries.rust_syntax import parse_type
from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.rust_queries import Library

_TEXT = ("text", "varchar", "bpchar", "name", "citext", "unknown")

TABLE: Mapping[str, tuple[str, ...]] = {
    # sql_types/mod.rs, with the aliases of each
    "Bool": ("bool",),
    "SmallInt": ("int2",),
    "Smallint": ("int2",),
    "Int2": ("int2",),
    "SmallSerial": ("int2",),
    "Integer": ("int4",),
    "Int4": ("int4",),
    "Serial": ("int4",),
    "BigInt": ("int8",),
    "Bigint": ("int8",),
    "Int8": ("int8",),
    "BigSerial": ("int8",),
    "Float": ("float4",),
    "Float4": ("float4",),
    "Double": ("float8",),
    "Float8": ("float8",),
    "Numeric": ("numeric",),
    "Decimal": ("numeric",),
    "Text": _TEXT,
    "VarChar": _TEXT,
    "Varchar": _TEXT,
    "Char": _TEXT,
    "Tinytext": _TEXT,
    "Binary": ("bytea",),
    "Bytea": ("bytea",),
    "Blob": ("bytea",),
    "Date": ("date",),
    "Time": ("time",),
    "Timestamp": ("timestamp",),
    "Interval": ("interval",),
    "Json": ("json",),
    "Jsonb": ("jsonb",),
    # pg/types/mod.rs
    "Timestamptz": ("timestamptz",),
    "Oid": ("oid",),
    "Uuid": ("uuid",),
    "Bpchar": ("bpchar",),
    "Money": ("money",),
    "Cash": ("money",),
    "MacAddr": ("macaddr",),
    "Macaddr": ("macaddr",),
    "MacAddr8": ("macaddr8",),
    "Macaddr8": ("macaddr8",),
    "Inet": ("inet",),
    "Cidr": ("cidr",),
    "CChar": ("char",),
    "Citext": ("citext",),
    "PgLsn": ("pg_lsn",),
    "Int4range": ("int4range",),
    "Int8range": ("int8range",),
    "Numrange": ("numrange",),
    "Daterange": ("daterange",),
    "Tsrange": ("tsrange",),
    "Tstzrange": ("tstzrange",),
}
_RANGES: Mapping[str, str] = {
    "int4": "int4range",
    "int8": "int8range",
    "numeric": "numrange",
    "date": "daterange",
    "timestamp": "tsrange",
    "timestamptz": "tstzrange",
}
_NAMES: Mapping[str, str] = {
    "bool": "Bool",
    "int2": "Int2",
    "int4": "Int4",
    "int8": "Int8",
    "float4": "Float4",
    "float8": "Float8",
    "numeric": "Numeric",
    "text": "Text",
    "varchar": "Varchar",
    "bpchar": "Bpchar",
    "citext": "Citext",
    "bytea": "Bytea",
    "date": "Date",
    "time": "Time",
    "timestamp": "Timestamp",
    "timestamptz": "Timestamptz",
    "interval": "Interval",
    "json": "Json",
    "jsonb": "Jsonb",
    "uuid": "Uuid",
    "oid": "Oid",
    "money": "Money",
    "inet": "Inet",
    "cidr": "Cidr",
    "macaddr": "Macaddr",
    "macaddr8": "Macaddr8",
}
"""What ``print-schema`` writes for each type (diesel_cli ``infer_schema_internals``)."""

_BYTES = {
    "bool": 1,
    "char": 1,
    "int2": 2,
    "int4": 4,
    "float4": 4,
    "date": 4,
    "oid": 4,
    "int8": 8,
    "float8": 8,
    "time": 8,
    "timestamp": 8,
    "timestamptz": 8,
    "money": 8,
    "uuid": 16,
    "interval": 16,
}
_RUST = {"int2": "i16", "int4": "i32", "int8": "i64", "float4": "f32", "float8": "f64"}
_INTEGERS = {"date": "i32", "oid": "u32", "time": "i64", "timestamp": "i64", "timestamptz": "i64"}


@dataclass(frozen=True, slots=True)
class Declared:
    """An SQL type as diesel writes it: ``Nullable`` or not, and what is inside."""

    type: RustType
    nullable: bool


def declared(sql: RustType) -> Declared:
    if sql.path == "Nullable" and sql.arguments:
        return Declared(sql.arguments[0], True)
    return Declared(sql, False)


def fits(sql: RustType, pg: PgType, own: OwnTypes) -> Answer:
    """Whether diesel's SQL type (``Nullable`` aside) stands for ``pg``."""
    sql = declared(sql).type
    if sql.path == "Array" and sql.arguments:
        return _array(sql.arguments[0], pg, own)
    if sql.path == "Range" and sql.arguments:
        names = TABLE.get(sql.arguments[0].path)
        if names is None or names[0] not in _RANGES:
            return _unknown(sql)
        return _plain((_RANGES[names[0]],), pg)
    custom = _custom(sql, own)
    if custom is not None:
        return Accepts() if custom.lower() == pg.name.lower() and not pg.dimensions else Refuses(custom)
    names = TABLE.get(sql.path)
    if names is None:
        return _unknown(sql)
    if names is _TEXT and not pg.dimensions and pg.schema != CATALOG and pg.name != "citext":
        return NotKnown(f"`{pg.name}` is read as text, and written only behind a cast")
    return _plain(names, pg)


def _plain(names: tuple[str, ...], pg: PgType) -> Answer:
    same = not pg.dimensions and pg.name in names and (pg.schema == CATALOG or pg.name == "citext")
    return Accepts() if same else Refuses(names[0])


def _array(element: RustType, pg: PgType, own: OwnTypes) -> Answer:
    if not pg.dimensions:
        return Refuses("an array")
    domain = own.domain(pg)
    answer = fits(element, domain.base if domain is not None else pg.element, own)
    match answer:
        case Refuses(str(name)):
            return Refuses(f"{name}[]")
        case _:
            return answer


def _custom(sql: RustType, own: OwnTypes) -> str | None:
    """The name in ``#[diesel(postgres_type(name = ".."))]`` of a type of the services' own."""
    for item in own.named(sql.path):
        name = value_of(item.attributes, "diesel", "postgres_type_name")
        if name is not None:
            return name
    return None


def sent_as(sql: RustType, own: OwnTypes) -> PgType | None:
    """The type whose object id ``bind::<sql, _>`` sends; ``None`` where it is not known."""
    sql = declared(sql).type
    if sql.path == "Array" and sql.arguments:
        element = sent_as(sql.arguments[0], own)
        return None if element is None or element.dimensions else replace(element, dimensions=1)
    custom = _custom(sql, own)
    if custom is not None:
        named = [enum for enum in own.schema.enums if enum.name == custom]
        return PgType(custom, named[0].schema) if len(named) == 1 else None
    names = TABLE.get(sql.path)
    return None if names is None or own.named(sql.path) or names[0] == "citext" else PgType(names[0])


def _unknown(sql: RustType) -> NotKnown:
    return NotKnown(f"diesel's own table has no `{sql.text or sql.path}`")


def sql_type_of(pg: PgType, nullable: bool) -> str | None:
    """What ``print-schema`` writes for a column, ``None`` for a type of the schema's own."""
    name = _NAMES.get(pg.name) if pg.schema == CATALOG or pg.name == "citext" else None
    if name is None:
        return None
    text = f"Array<Nullable<{name}>>" if pg.dimensions else name
    return f"Nullable<{text}>" if nullable else text


def is_same_clock(declared_name: str | None, pg: PgType) -> bool:
    """``timestamp`` for ``timestamptz`` or the other way round: the same moment, where the values are in UTC."""
    clocks = {"timestamp", "timestamptz"}
    return declared_name in clocks and pg.name in clocks and not pg.dimensions


def outcome(declared_name: str | None, pg: PgType, rows: str, after: str) -> str:
    """What decoding ``pg`` as another SQL type comes to, as a sentence."""
    wanted, given = _BYTES.get(declared_name or ""), _BYTES.get(pg.name) if not pg.dimensions else None
    rust = _RUST.get(declared_name or "")
    if wanted is not None and given is not None and wanted != given:
        size = "more" if given > wanted else "less"
        kind = rust or _INTEGERS.get(declared_name or "")
        said = f" (Received {size} than {wanted} bytes while decoding an {kind})" if kind is not None else ""
        return f"{rows} fails at run time with `diesel::result::Error::DeserializationError`{said}{after}"
    if declared_name is not None and is_same_clock(declared_name, pg):
        return (
            "diesel does not compare types at run time: the microseconds are taken as they stand, without an error, "
            "which is right only where the values are in UTC."
        )
    if wanted is not None and wanted == given:
        return (
            f"diesel does not compare types at run time: both are {wanted} bytes long, so the value is read as another "
            "one, without an error."
        )
    if declared_name == "text":
        return (
            "diesel does not compare types at run time: bytes that are no UTF-8 fail with "
            "`diesel::result::Error::DeserializationError`, all others are read as text, without an error."
        )
    return (
        "diesel does not compare types at run time: decoding fails with "
        "`diesel::result::Error::DeserializationError`, or gives another value without an error."
    )


def accepts(rust: RustType, pg: PgType, own: OwnTypes) -> Answer:
    """For reads by name: ``rust`` is the SQL type of ``#[diesel(sql_type = ..)]``."""
    return fits(rust, pg, own)


def sql_type_attribute(text: str) -> RustType | None:
    """``sql_type = Nullable<diesel::sql_types::BigInt>``."""
    return parse_type(text.strip('"'))


def _refused(refusal: Refusal) -> str:
    return outcome(refusal.declares, refusal.pg, refusal.rows, refusal.after)


DIESEL = Behaviour(
    library=Library.DIESEL,
    accepts=accepts,
    refused=_refused,
    null="`diesel::result::Error::DeserializationError` (Unexpected null for non-null column)",
    absent="`diesel::result::Error::DeserializationError` (Column was not present in query)",
    short="`diesel::result::Error::DeserializationError`",
    database="`diesel::result::Error::DatabaseError`",
    arity="`diesel::result::Error::DatabaseError` (SQLSTATE 08P01)",
)
