"""sea-orm over sqlx: what it adds to sqlx's table, and where it contradicts itself.

Read in sea-orm 2.0 (``src/executor/query.rs``, ``src/entity/active_enum.rs``). ``u32`` is read as ``oid`` and then as
``int4`` with a conversion, though its own DDL says ``bigint``; ``u8``, ``u16`` and ``u64`` are "unsupported by
sqlx-postgres" at run time; ``i8`` reads only ``"char"``, though its own DDL says ``smallint``.
"""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, Answer, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.behaviour import Behaviour, Refusal
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes, derives, value_of
from pytest_errorbudget.checks.contracts.libraries.sqlx import accepts as sqlx_accepts
from pytest_errorbudget.checks.contracts.libraries.sqlx import sql_name_of
from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.model.rust import RustEnum, RustType, Struct
from pytest_errorbudget.model.rust_queries import Library

UNSUPPORTED = frozenset({"u8", "u16", "u64"})
_ALIASES = {
    # entity/prelude.rs
    "DateTimeWithTimeZone": "DateTime",
    "DateTimeUtc": "DateTime",
    "DateTimeLocal": "DateTime",
    "ChronoDateTimeWithTimeZone": "DateTime",
    "ChronoDateTimeUtc": "DateTime",
    "ChronoDateTimeLocal": "DateTime",
    "ChronoDateTime": "NaiveDateTime",
    "ChronoDate": "NaiveDate",
    "ChronoTime": "NaiveTime",
    "TimeDateTimeWithTimeZone": "OffsetDateTime",
    "TimeDateTime": "PrimitiveDateTime",
    "TimeDate": "Date",
    "TimeTime": "Time",
}
_PLAIN_CLOCKS = {"DateTime": "timestamp"}
_POINTERS = frozenset({"Option", "Box"})
_KNOWN = frozenset(
    {"bool", "i8", "i16", "i32", "i64", "f32", "f64", "String", "Value", "Json", "NaiveDate", "NaiveTime", "Date"}
    | {"NaiveDateTime", "DateTime", "Time", "PrimitiveDateTime", "OffsetDateTime", "Decimal", "BigDecimal", "Uuid"}
    | {"IpNetwork", "MacAddress", "Vec"}
)
_DEPTH = 8


def accepts(rust: RustType, pg: PgType, own: OwnTypes) -> Answer:
    """Whether ``TryGetable`` gives a ``rust`` for a column of ``pg``."""
    return _accepts(rust, pg, own, _DEPTH)


def _accepts(rust: RustType, pg: PgType, own: OwnTypes, depth: int) -> Answer:
    found = own.named(rust.path)
    if found and depth:
        return _of_own(rust, found, pg, own, depth)
    if rust.path in _POINTERS and rust.arguments:
        return _accepts(rust.arguments[0], pg, own, depth)
    if rust.path == "u32":
        fits = pg.schema == CATALOG and not pg.dimensions and pg.name in {"oid", "int4"}
        return Accepts() if fits else Refuses("INT4")
    if rust.path in UNSUPPORTED:
        return Refuses(None)
    if rust.path == "DateTime" and not rust.arguments:
        # entity/prelude.rs: chrono's `NaiveDateTime` under another name
        return sqlx_accepts(RustType("NaiveDateTime", (), rust.text), pg)
    if rust.path in {"Date", "Time"} and pg.name in {"date", "time"}:
        # both chrono's and time's, as the features say
        return sqlx_accepts(rust, pg)
    if rust.path == "Vec" and rust.arguments and rust.arguments[0].path not in _KNOWN | {"u8"}:
        return NotKnown(f"sea-orm's own table has no `{rust.text or rust.path}`")
    plain = RustType(_ALIASES.get(rust.path, rust.path), rust.arguments, rust.text)
    if plain.path not in _KNOWN:
        return NotKnown(f"sea-orm's own table has no `{rust.text or rust.path}`")
    return sqlx_accepts(plain, pg)


def _of_own(rust: RustType, found: tuple[Struct | RustEnum, ...], pg: PgType, own: OwnTypes, depth: int) -> Answer:
    if len(found) > 1:
        return NotKnown(f"several types are called `{rust.path}`")
    (item,) = found
    if isinstance(item, RustEnum) and derives(item, "DeriveActiveEnum"):
        return _of_enum(item, pg, own)
    if isinstance(item, Struct) and derives(item, "FromJsonQueryResult"):
        fits = pg.schema == CATALOG and pg.name in {"json", "jsonb"} and not pg.dimensions
        return Accepts() if fits else Refuses("JSONB")
    if isinstance(item, Struct) and derives(item, "DeriveValueType") and len(item.fields) == 1:
        return _accepts(item.fields[0].type, pg, own, depth - 1)
    return NotKnown(f"`{rust.path}` implements sea-orm's traits by hand")


def _of_enum(item: RustEnum, pg: PgType, own: OwnTypes) -> Answer:
    """``rs_type`` is what is decoded; an entity selects a database enum as text (``select_as``)."""
    held = value_of(item.attributes, "sea_orm", "rs_type")
    if held is None:
        return NotKnown(f"`{item.name}` does not say its `rs_type`")
    if held in {"String", "Enum"}:
        if own.enum(pg) is not None and not pg.dimensions:
            name = value_of(item.attributes, "sea_orm", "enum_name")
            if name is not None and name.lower() != pg.name.lower():
                return NotKnown(f"`{item.name}` is written as the enum `{name}`, which is not `{pg.name}`")
            return Accepts()
        return sqlx_accepts(RustType("String", (), "String"), pg)
    return _accepts(RustType(held, (), held), pg, OwnTypes(), 0)


def _refused(refusal: Refusal) -> str:
    name = refusal.rust.text or refusal.rust.path
    if refusal.declares is None:
        return (
            f"Every row fails at run time with `DbErr::Type` ({name} unsupported by sqlx-postgres), though sea-orm "
            f"makes a column for it{refusal.after}"
        )
    return (
        f"{refusal.rows} fails at run time with `DbErr::Query` (Rust type `{name}`, as SQL type "
        f"`{refusal.declares}`, is not compatible with SQL type `{sql_name_of(refusal.pg)}`){refusal.after}"
    )


SEA_ORM = Behaviour(
    library=Library.SEA_ORM,
    accepts=accepts,
    refused=_refused,
    null="`DbErr::Type` (A null value was encountered while decoding)",
    absent="`DbErr::Query` (no column found for name)",
    short="`DbErr::Query` (column index out of bounds)",
    database="`DbErr::Query`",
    arity="`DbErr::Query`",
)
