"""The bytes of a constant in a stored expression as SQL."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Mapping

from pytest_errorbudget.model.pgtype import CATALOG, PgType
from pytest_errorbudget.readers.catalog.node_tree import Node

_INTEGERS: Mapping[str, int] = {"int2": 2, "int4": 4, "int8": 8}
_FLOATS: Mapping[str, str] = {"float4": "<f", "float8": "<d"}
_TEXTS = frozenset({"text", "varchar", "bpchar", "json", "xml", "citext"})
_PRINTED = frozenset({"text", "varchar", "bpchar", "name", "uuid"})
_EMPTY_JSONB: Mapping[int, str] = {0x20000000: "{}", 0x40000000: "[]"}
_HEADER = 4


def constant_bytes(node: Node) -> bytes:
    """What ``:constvalue 4 [ 0 0 … ]`` holds; a by-value constant is padded to eight bytes."""
    value = node.fields.get("constvalue", ())
    numbers = value[1] if isinstance(value, tuple) and len(value) == 2 else ()
    return bytes(int(n) & 0xFF for n in numbers if isinstance(n, str)) if isinstance(numbers, tuple) else b""


def constant(node: Node, type_: PgType) -> str | None:
    """The constant as SQL, or ``None`` for a type whose bytes are not read here."""
    raw = constant_bytes(node)
    builtin = type_.schema == CATALOG and not type_.dimensions
    if builtin and type_.name in _INTEGERS:
        return str(int.from_bytes(raw[: _INTEGERS[type_.name]], "little", signed=True))
    if builtin and type_.name == "bool":
        return "true" if raw[:1] != b"\0" else "false"
    if builtin and type_.name in _FLOATS:
        return repr(struct.unpack_from(_FLOATS[type_.name], raw)[0])
    if builtin and type_.name == "numeric":
        return _numeric(raw[_HEADER:])
    text = _text(raw, type_)
    return None if text is None else f"{literal(text)}::{type_.formatted}"


def plain_text(node: Node, type_: PgType, labels: Mapping[int, str]) -> str | None:
    """The constant as PostgreSQL would print it, or ``None`` for a type whose bytes are not read here.

    ``labels`` are those of enums, by object id.
    """
    raw = constant_bytes(node)
    if type_.schema == CATALOG and not type_.dimensions:
        if type_.name in _INTEGERS:
            return str(int.from_bytes(raw[: _INTEGERS[type_.name]], "little", signed=True))
        if type_.name in _PRINTED:
            return _text(raw, type_)
        return None
    oid = int.from_bytes(raw[:4], "little")
    return labels.get(oid) if node.text("constlen") == "4" else None


def _text(raw: bytes, type_: PgType) -> str | None:
    if type_.name in _TEXTS and not type_.dimensions:
        return raw[_HEADER:].decode(errors="replace")
    if type_.schema != CATALOG:
        return None
    if type_.dimensions:
        return "{}" if raw[_HEADER : _HEADER + 4] == b"\0\0\0\0" else None
    if type_.name == "name":
        return raw.rstrip(b"\0").decode(errors="replace")
    if type_.name == "uuid":
        return str(uuid.UUID(bytes=raw[:16]))
    if type_.name == "jsonb" and len(raw) == _HEADER + 4:
        return _EMPTY_JSONB.get(int.from_bytes(raw[_HEADER:], "little"))
    if type_.name == "interval":
        micros, days, months = struct.unpack("<qii", raw[:16])
        return f"{months} mons {days} days {micros} microseconds"
    return None


def _numeric(raw: bytes) -> str | None:
    """The short form of a numeric: sign, scale and weight in two bytes, then digits in base 10,000."""
    header = int.from_bytes(raw[:2], "little")
    if header & 0xC000 != 0x8000:
        return None
    scale = header >> 7 & 0x3F
    weight = (header & 0x3F) - (64 if header & 0x40 else 0)
    digits = [int.from_bytes(raw[i : i + 2], "little") for i in range(2, len(raw), 2)]
    places = len(digits) - weight - 1
    number = 0
    for digit in digits:
        number = number * 10_000 + digit
    scaled = number * 10**scale // 10_000**places if places >= 0 else number * 10_000**-places * 10**scale
    text = str(scaled).rjust(scale + 1, "0")
    sign = "-" if header & 0x2000 else ""
    return f"{sign}{text[:-scale]}.{text[-scale:]}" if scale else f"{sign}{text}"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
