"""The SQL type that sqlx declares for a bound value (``Type::type_info``; ``Arguments`` sends it with the statement),
and whether PostgreSQL can bring it to a column's type.

Casts and operators: PostgreSQL's ``pg_cast`` and ``pg_operator``. Anything can be assigned to a text type, and what is
not in a family below has casts of its own, so only differences between these families are sure to fail, in a comparison
as in an assignment.
"""

from __future__ import annotations

from dataclasses import replace

from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes, derives
from pytest_errorbudget.checks.contracts.libraries.sqlx import RANGES, TABLE
from pytest_errorbudget.checks.contracts.libraries.sqlx_attributes import mapping_of
from pytest_errorbudget.checks.contracts.libraries.wrappers import WRAPPERS
from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.model.rust import RustEnum, RustType, Struct

_FIRST = {
    **{row.rust: row.names[0] for row in TABLE if not row.extension and row.names[0] != "citext"},
    **dict.fromkeys(("Duration", "TimeDelta"), "interval"),  # interval.rs: they are encoded, and never decoded
    "Text": "text",
}
_RANGE_OF = {subtype: name for name, subtype in RANGES.items()}
_FAMILIES = {
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "numeric"), "number"),
    **dict.fromkeys(("text", "varchar", "bpchar", "name"), "text"),
    **dict.fromkeys(("date", "timestamp", "timestamptz"), "clock"),
    **dict.fromkeys(("json", "jsonb"), "json"),
    "uuid": "uuid",
    "bool": "bool",
    "bytea": "bytea",
}
_WIDTHS = {"int2": 2, "int4": 4, "int8": 8}
_DEPTH = 8


def sent(rust: RustType, own: OwnTypes, depth: int = _DEPTH) -> PgType | None:
    """The declared type; ``None`` where it is not known. An enum's is looked up in the schema by its name."""
    found = own.named(rust.path)
    if found:
        return _of_own(rust, found, own, depth) if depth else None
    if rust.path in WRAPPERS and rust.arguments:
        return sent(rust.arguments[-1], own, depth)
    if rust.path in {"Vec", "[]", "[;]"} and rust.arguments:
        if rust.arguments[0].path == "u8":
            return PgType("bytea")
        element = sent(rust.arguments[0], own, depth)
        return replace(element, dimensions=1) if element is not None and not element.dimensions else None
    if rust.path == "PgRange" and rust.arguments:
        subtype = sent(rust.arguments[0], own, depth)
        name = _RANGE_OF.get(subtype.name) if subtype is not None and not subtype.dimensions else None
    else:
        name = _FIRST.get(rust.path)
    return PgType(name) if name is not None else None


def _of_own(rust: RustType, found: tuple[Struct | RustEnum, ...], own: OwnTypes, depth: int) -> PgType | None:
    if len(found) > 1 or not derives(found[0], "Type"):
        return None
    item, mapping = found[0], mapping_of(found[0].attributes)
    if isinstance(item, Struct):
        transparent = mapping.transparent and len(item.fields) == 1
        return sent(item.fields[0].type, own, depth - 1) if transparent else None
    if item.repr is not None:
        return sent(RustType(item.repr), own, 0)
    declared = (mapping.type_name or rust.path).rpartition(".")[2].strip('"').lower()
    if declared in _FAMILIES:
        return PgType(declared)
    named = [enum for enum in own.schema.enums if enum.name.lower() == declared]
    return PgType(named[0].name, named[0].schema) if len(named) == 1 else None


def cannot_become(given: PgType, column: PgType, own: OwnTypes) -> bool:
    """Whether no implicit or assignment cast and no operator brings ``given`` to ``column``."""
    if given.dimensions != column.dimensions:
        return False
    ours, theirs = _family(given, own), _family(column, own)
    return None not in (ours, theirs) and ours != theirs and theirs != "text"


def _family(pg: PgType, own: OwnTypes) -> str | None:
    if own.enum(pg) is not None:
        return f"{pg.schema}.{pg.name}"
    return _FAMILIES.get(pg.name) if pg.schema == CATALOG else None


def is_narrower(given: PgType, column: PgType) -> bool:
    """Whether the column holds integers that the bound type does not."""
    widths = _WIDTHS.get(given.name), _WIDTHS.get(column.name)
    plain = given.schema == column.schema == CATALOG and not given.dimensions and not column.dimensions
    return plain and widths[0] is not None and widths[1] is not None and widths[0] < widths[1]
