"""Types of the services' own with ``derive(sqlx::Type)``, as far as the sources say what they stand for.

Source: ``sqlx-macros-core/src/derives/type.rs``: an enum without ``repr`` and a struct declare an SQL type of their own
name or ``type_name``, an enum with ``repr`` its integer. A newtype without ``transparent`` does so too, and so refuses
the ``text`` that the server reports for a domain (sqlx issue 4003). Names compare without case unless they are quoted
(``type_info.rs``, ``name_eq``). An array's elements are compared as they are sent: the server sends a domain's array
with the domain itself (``array_compatible``), which no built-in Rust type accepts. A composite type's members are
decoded by their position (``sqlx-postgres/src/types/record.rs``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, Answer, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.behaviour import Behaviour, Refusal
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes, derives
from pytest_errorbudget.checks.contracts.libraries.sqlx import accepts, sql_name_of
from pytest_errorbudget.checks.contracts.libraries.sqlx_attributes import mapping_of
from pytest_errorbudget.checks.contracts.libraries.wrappers import SEQUENCES, WRAPPERS
from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.model.rust import RustEnum, RustType, Struct
from pytest_errorbudget.model.rust_queries import Library

_DEPTH = 8
_A_DOMAIN = "the server sends a domain as itself inside of a composite type"


def accepts_any(rust: RustType, pg: PgType, own: OwnTypes) -> Answer:
    """``sqlx.accepts``, with the services' own types in place of the names that they hide."""
    return _accepts(rust, pg, own, _DEPTH)


def _accepts(rust: RustType, pg: PgType, own: OwnTypes, depth: int) -> Answer:
    found = own.named(rust.path)
    if found and depth:
        return _of_own(rust, found, pg, own, depth)
    inner = rust.arguments[-1] if rust.arguments else None
    if inner is not None and rust.path in WRAPPERS:
        return _accepts(inner, pg, own, depth)
    if inner is not None and rust.path in SEQUENCES and own.named(rust.arguments[0].inner.path):
        return _of_elements(rust.arguments[0], pg, own, depth)
    answer = accepts(rust, pg)
    if isinstance(answer, NotKnown) and pg.dimensions and own.domain(pg) is not None:
        plain = accepts(rust, PgType("void", dimensions=1))
        return plain if isinstance(plain, Refuses) else answer
    return answer


def _of_elements(element: RustType, pg: PgType, own: OwnTypes, depth: int) -> Answer:
    if not pg.dimensions:
        return Refuses("an array")
    answer = _accepts(element, replace(pg, dimensions=0), own, depth)
    match answer:
        case Refuses(str(declares), because):
            return Refuses(f"{declares}[]", because)
        case _:
            return answer


def _of_own(rust: RustType, found: tuple[Struct | RustEnum, ...], pg: PgType, own: OwnTypes, depth: int) -> Answer:
    if len(found) > 1:
        return NotKnown(f"several types are called `{rust.path}`")
    (item,) = found
    if not derives(item, "Type") or (isinstance(item, RustEnum) and not _is_value(item)):
        return NotKnown(f"`{rust.path}` implements sqlx's traits by hand")
    mapping = mapping_of(item.attributes)
    match item:
        case Struct() if mapping.transparent and len(item.fields) == 1:
            return _accepts(item.fields[0].type, pg, own, depth - 1)
        case RustEnum(repr=str(repr)):
            return accepts(RustType(repr, (), repr), pg)
        case Struct():
            answer = _by_name(mapping.type_name or rust.path, pg)
            members = isinstance(answer, Accepts) and any(not field.name.isdigit() for field in item.fields)
            return _members(item, pg, own, depth) if members else answer
        case RustEnum():
            return _by_name(mapping.type_name or rust.path, pg)
        case _ as never:
            assert_never(never)


def _members(item: Struct, pg: PgType, own: OwnTypes, depth: int) -> Answer:
    """By position (``PgRecordDecoder::try_decode``): names are not compared, and members past the struct's are not
    read."""
    composite = own.composite(pg)
    if composite is None:
        return NotKnown(f"the members of the composite type `{pg.name}` were not read")
    if len(item.fields) > len(composite.fields):
        return Refuses(pg.name, f"no field `{len(composite.fields)}` found on record")
    for field, held in zip(item.fields, composite.fields, strict=False):
        answer = NotKnown(_A_DOMAIN) if own.domain(held.type) else _accepts(field.type, held.type, own, depth - 1)
        match answer:
            case NotKnown(reason):
                return NotKnown(f"`{field.name}`, a member of `{pg.name}`: {reason}")
            case Refuses(declares, because):
                shown = f"as SQL type `{declares}`, is not compatible with SQL type `{sql_name_of(held.type)}`"
                return Refuses(pg.name, because or f"its member `{field.name}`, {shown}")
            case Accepts():
                continue
    names = [field.name for field in item.fields], [held.name for held in composite.fields]
    moved = any(ours != theirs and ours in names[1] for ours, theirs in zip(*names, strict=False))
    return NotKnown(f"the members of `{pg.name}` are read by position, and have other names there") if moved else answer


def _is_value(item: RustEnum) -> bool:
    """Not another crate's ``Type``."""
    return item.repr is not None or any(library == "sqlx" for v in item.variants for library, _ in v.labels)


def _by_name(declared: str, pg: PgType) -> Answer:
    if pg.dimensions:
        return Refuses(declared)
    name = declared.rpartition(".")[2]
    quoted = name.startswith('"') and name.endswith('"')
    same = name[1:-1] == pg.name if quoted else name.lower() == pg.name.lower()
    if not same and pg.schema == CATALOG and name.lower() == pg.formatted:
        return NotKnown(f"sqlx does not resolve `{declared}` before the query runs")
    return Accepts() if same else Refuses(declared)


def _refused(refusal: Refusal) -> str:
    name, sql = refusal.rust.text or refusal.rust.path, sql_name_of(refusal.pg)
    if refusal.declares is None:
        return f"`{name}` does not compile: sqlx has no `Type<Postgres>` for it."
    if refusal.because is not None:
        return f"{refusal.rows} fails at run time with `sqlx::Error::ColumnDecode` ({refusal.because}){refusal.after}"
    return (
        f"{refusal.rows} fails at run time with `sqlx::Error::ColumnDecode` (Rust type `{name}`, as SQL type "
        f"`{refusal.declares}`, is not compatible with SQL type `{sql}`; sqlx does not widen){refusal.after}"
    )


SQLX = Behaviour(
    library=Library.SQLX,
    accepts=accepts_any,
    refused=_refused,
    null="`sqlx::Error::ColumnDecode` (unexpected null; try decoding as an `Option`)",
    absent="`sqlx::Error::ColumnNotFound`",
    short="`sqlx::Error::ColumnIndexOutOfBounds`",
    database="`sqlx::Error::Database`",
    arity="`sqlx::Error::Database` (SQLSTATE 08P01)",
)
