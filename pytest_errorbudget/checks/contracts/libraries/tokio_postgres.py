"""tokio-postgres' table: which SQL types each Rust type accepts (``FromSql::accepts``, ``ToSql::accepts``).

Read in postgres-types 0.2 (``src/lib.rs`` and the file that each row names) and postgres-derive
(``src/accepts.rs``, ``src/fromsql.rs``). The type is compared for every value, NULL as well, and nothing is widened.
An enum's labels must be the database's own unless ``allow_mismatch``; a newtype accepts its inner type or a domain of
its name over it; a struct accepts a composite type of its name with the same members.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, Answer, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.behaviour import Behaviour, Refusal
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes, derives, value_of
from pytest_errorbudget.checks.contracts.libraries.wrappers import SEQUENCES, WRAPPERS
from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.model.rust import RustEnum, RustType, Struct
from pytest_errorbudget.model.rust_queries import Library

_TEXT = ("text", "varchar", "bpchar", "name", "unknown")

TABLE: Mapping[str, tuple[str, ...]] = {
    "bool": ("bool",),  # lib.rs, simple_from!
    "i8": ("char",),  # lib.rs
    "i16": ("int2",),  # lib.rs
    "i32": ("int4",),  # lib.rs
    "i64": ("int8",),  # lib.rs
    "u32": ("oid",),  # lib.rs
    "f32": ("float4",),  # lib.rs
    "f64": ("float8",),  # lib.rs
    "str": _TEXT,  # lib.rs, impl FromSql for &str
    "String": _TEXT,  # lib.rs
    "SmolStr": _TEXT,  # smol_str_01.rs
    "SystemTime": ("timestamp", "timestamptz"),  # lib.rs
    "IpAddr": ("inet",),  # lib.rs
    "Uuid": ("uuid",),  # uuid_1.rs
    "Json": ("json", "jsonb"),  # serde_json_1.rs
    "Value": ("json", "jsonb"),  # serde_json_1.rs
    "NaiveDateTime": ("timestamp",),  # chrono_04.rs
    "NaiveDate": ("date",),  # chrono_04.rs
    "NaiveTime": ("time",),  # chrono_04.rs
    "PrimitiveDateTime": ("timestamp",),  # time_03.rs
    "OffsetDateTime": ("timestamptz",),  # time_03.rs
    "IpInet": ("inet",),  # cidr_03.rs
    "IpCidr": ("cidr",),  # cidr_03.rs
    "MacAddress": ("macaddr",),  # eui48_1.rs
    "BitVec": ("bit", "varbit"),  # bit_vec_06.rs
    "PgLsn": ("pg_lsn",),  # pg_lsn.rs
    "Decimal": ("numeric",),  # rust_decimal, src/postgres/driver.rs
}
_SHARED: Mapping[str, tuple[str, ...]] = {
    "DateTime": ("timestamptz",),  # chrono_04.rs, with a time zone; jiff_02.rs, `civil::DateTime`, without one
    "Date": ("date",),  # time_03.rs, jiff_02.rs
    "Time": ("time",),  # time_03.rs, jiff_02.rs
}
_EXTENSIONS = frozenset({"citext", "ltree", "lquery", "ltxtquery"})
_ABSENT = frozenset({"u8", "u16", "u64", "u128", "i128", "usize", "isize", "char"})
_DEPTH = 8


def accepts(rust: RustType, pg: PgType, own: OwnTypes) -> Answer:
    """Whether ``Row::get`` gives a ``rust`` for a column of ``pg``, and whether a parameter of ``pg`` takes one."""
    return _accepts(rust, pg, own, _DEPTH)


def _accepts(rust: RustType, pg: PgType, own: OwnTypes, depth: int) -> Answer:
    found = own.named(rust.path)
    if found and depth:
        return _of_own(rust, found, pg, own, depth)
    if rust.path in WRAPPERS:
        return _accepts(rust.arguments[-1], pg, own, depth) if rust.arguments else _unknown(rust)
    if rust.path in SEQUENCES:
        return _sequence(rust, pg, own, depth)
    if rust.path == "HashMap":
        return Accepts() if pg.name == "hstore" and not pg.dimensions else _unknown(rust)
    if rust.path in _ABSENT:
        return Refuses(None)
    names = TABLE.get(rust.path) or _shared(rust)
    return _plain(names, pg) if names is not None else _unknown(rust)


def _shared(rust: RustType) -> tuple[str, ...] | None:
    if rust.path == "DateTime" and not rust.arguments:
        return ("timestamp",)
    if rust.path == "Timestamp" and not rust.arguments:
        return ("timestamptz",)  # jiff_02.rs
    if rust.path in {"Date", "Timestamp"} and rust.arguments:
        return None  # special.rs: infinities around another type
    return _SHARED.get(rust.path)


def _plain(names: tuple[str, ...], pg: PgType) -> Answer:
    if not pg.dimensions and pg.name in _EXTENSIONS and names is _TEXT:
        return Accepts()
    fits = not pg.dimensions and pg.schema == CATALOG and pg.name in names
    return Accepts() if fits else Refuses(names[0])


def _sequence(rust: RustType, pg: PgType, own: OwnTypes, depth: int) -> Answer:
    if not rust.arguments:
        return _unknown(rust)
    element = rust.arguments[0]
    if element.path == "u8":
        return Accepts() if pg == PgType("bytea") else Refuses("bytea")
    if not pg.dimensions:
        return Refuses("an array")
    answer = _accepts(element, pg.element, own, depth)
    match answer:
        case Refuses(str(declares)):
            return Refuses(f"_{declares}")
        case _:
            return answer


def _of_own(rust: RustType, found: tuple[Struct | RustEnum, ...], pg: PgType, own: OwnTypes, depth: int) -> Answer:
    if len(found) > 1:
        return NotKnown(f"several types are called `{rust.path}`")
    (item,) = found
    if not derives(item, "FromSql", "ToSql"):
        return NotKnown(f"`{rust.path}` implements postgres-types' traits by hand")
    name = value_of(item.attributes, "postgres", "name") or rust.path
    if isinstance(item, RustEnum):
        return Accepts() if name == pg.name and not pg.dimensions else Refuses(name)
    if len(item.fields) != 1 or not item.fields[0].name.isdigit():
        return _members(item, pg, own, depth) if name == pg.name and not pg.dimensions else Refuses(name)
    inner = item.fields[0].type
    transparent = value_of(item.attributes, "postgres", "transparent") is not None
    domain = own.domain(pg) if not pg.dimensions else None
    if not transparent and domain is not None and domain.name == name:
        return _accepts(inner, replace(domain.base, dimensions=domain.base.dimensions), own, depth - 1)
    return _accepts(inner, pg, own, depth - 1)


def _members(item: Struct, pg: PgType, own: OwnTypes, depth: int) -> Answer:
    """By name: the same number, and each with a type that is accepted (postgres-derive, ``composite_body``)."""
    composite = own.composite(pg)
    if composite is None:
        return NotKnown(f"the members of the composite type `{pg.name}` were not read")
    if value_of(item.attributes, "postgres", "rename_all") is not None:
        return NotKnown("its members are named by `rename_all`")
    ours = {value_of(field.attributes, "postgres", "name") or field.name: field.type for field in item.fields}
    held = {each.name: each.type for each in composite.fields}
    if ours.keys() != held.keys():
        return Refuses(pg.name)
    answers = [_accepts(rust, held[name], own, depth - 1) for name, rust in ours.items()]
    if any(isinstance(answer, Refuses) for answer in answers):
        return Refuses(pg.name)
    return next((answer for answer in answers if isinstance(answer, NotKnown)), Accepts())


def _unknown(rust: RustType) -> NotKnown:
    return NotKnown(f"postgres-types' own table has no `{rust.text or rust.path}`")


def _refused(refusal: Refusal) -> str:
    name = refusal.rust.text or refusal.rust.path
    if refusal.declares is None:
        return f"`{name}` does not compile: postgres-types has no `FromSql` for it."
    kind = f"{'_' * refusal.pg.dimensions}{refusal.pg.name}"
    return (
        "Every row, NULL or not, fails at run time with `tokio_postgres::Error` (cannot convert between the Rust type "
        f"`{name}` and the Postgres type `{kind}`){refusal.after}"
    )


TOKIO_POSTGRES = Behaviour(
    library=Library.TOKIO_POSTGRES,
    accepts=accepts,
    refused=_refused,
    null="`tokio_postgres::Error` (a Postgres value was `NULL`)",
    absent="`tokio_postgres::Error` (invalid column)",
    short="`tokio_postgres::Error` (invalid column)",
    database="`tokio_postgres::Error`",
    arity="`tokio_postgres::Error` (expected another number of parameters)",
)
