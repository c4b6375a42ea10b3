"""What passing a value across ``extern "C"`` comes to when the two sides write different types.

Sizes are those of the System V, AAPCS64 and Windows x64 C ABIs. Where a type's size depends on the platform
(``c_long``, ``usize``), or its layout is not compared (structs), the answer is that it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.rust import RustType

_ALIASES: Mapping[str, str] = {
    "c_int": "i32",
    "c_uint": "u32",
    "c_schar": "i8",
    "c_uchar": "u8",
    "c_short": "i16",
    "c_ushort": "u16",
    "c_longlong": "i64",
    "c_ulonglong": "u64",
    "c_float": "f32",
    "c_double": "f64",
    "c_bool": "bool",
    "int8_t": "i8",
    "uint8_t": "u8",
    "int16_t": "i16",
    "uint16_t": "u16",
    "int32_t": "i32",
    "uint32_t": "u32",
    "int64_t": "i64",
    "uint64_t": "u64",
    "size_t": "usize",
    "uintptr_t": "usize",
    "ssize_t": "isize",
    "ptrdiff_t": "isize",
    "intptr_t": "isize",
}
_INTEGER = re.compile(r"[iu](8|16|32|64|128)\Z")
_UNCERTAIN: Mapping[str, frozenset[int]] = {
    "c_long": frozenset({4, 8}),
    "c_ulong": frozenset({4, 8}),
    "usize": frozenset({4, 8}),
    "isize": frozenset({4, 8}),
}
_READ_ONLY = frozenset({"*const", "&"})
_POINTERS = frozenset({"*const", "*mut", "&", "&mut", "NonNull", "Box"})
_NULLABLE = frozenset({"&", "&mut", "NonNull", "Box", "fn"})
_WIDE = frozenset({"str", "[]", "dyn"})


class Kind(Enum):
    """How two types differ."""

    SAME = "same"
    UNKNOWN = "unknown"
    SIGN = "sign"
    BOOLEAN = "boolean"
    MUTABILITY = "mutability"
    WIDTH = "width"
    REGISTER = "register"
    POINTER_WIDTH = "pointer width"
    POINTEE = "pointee"
    POINTER = "pointer"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """``passed`` and ``expected`` are bytes, where the kind is about sizes."""

    kind: Kind
    passed: int = 0
    expected: int = 0


_SAME, _UNKNOWN = Difference(Kind.SAME), Difference(Kind.UNKNOWN)


def compare(passed: RustType | None, expected: RustType | None) -> Difference:
    """The difference between the type of the side that gives a value and of the side that takes it."""
    giver, taker = _normal(passed), _normal(expected)
    if giver is None or taker is None:
        if giver is taker:
            return _SAME
        # a result that is not read is lost; one that nobody returns is whatever the register holds
        return Difference(Kind.NOTHING)
    if giver.path in _POINTERS and taker.path in _POINTERS:
        return _pointers(giver, taker)
    if (giver.path in _POINTERS) != (taker.path in _POINTERS):
        number = _size(taker if giver.path in _POINTERS else giver)
        # a number as wide as an address carries it unharmed; whether it is meant to is not ours to say
        return Difference(Kind.POINTER) if number and 8 not in number else _UNKNOWN
    return _plain(giver, taker)


def _normal(rust: RustType | None) -> RustType | None:
    if rust is None or (rust.path in {"()", "!"} and not rust.arguments):
        return None
    if rust.is_option and rust.arguments and rust.arguments[0].path in _NULLABLE:
        return _normal(rust.arguments[0])
    return RustType(_ALIASES.get(rust.path, rust.path), rust.arguments, rust.text)


def _plain(giver: RustType, taker: RustType) -> Difference:
    names = {giver.path, taker.path}
    if giver.path == taker.path:
        return _SAME if giver.path == "fn" or _bare(giver) == _bare(taker) else _UNKNOWN
    if "c_char" in names and names <= {"c_char", "i8", "u8"}:
        return _SAME  # one byte on every platform, signed on some
    sizes = _size(giver), _size(taker)
    if not sizes[0] or not sizes[1]:
        return _UNKNOWN
    if _is_float(giver) != _is_float(taker):
        return Difference(Kind.REGISTER)
    if len(sizes[0]) > 1 or len(sizes[1]) > 1:
        return _uncertain(sizes[0], sizes[1])
    (given,), (taken,) = sizes
    if given != taken:
        return Difference(Kind.WIDTH, given, taken)
    return Difference(Kind.BOOLEAN if "bool" in names else Kind.SIGN, given, taken)


def _uncertain(giver: frozenset[int], taker: frozenset[int]) -> Difference:
    if giver & taker:
        return _UNKNOWN
    return Difference(Kind.WIDTH, max(giver), max(taker))


def _bare(rust: RustType) -> RustType:
    """The type without the text of the source."""
    return RustType(rust.path, tuple(map(_bare, rust.arguments)))


def _size(rust: RustType) -> frozenset[int]:
    """The possible sizes in bytes; empty where they are not known."""
    match = _INTEGER.match(rust.path)
    if match is not None:
        return frozenset({int(match[1]) // 8})
    fixed = {"f32": 4, "f64": 8, "bool": 1, "c_char": 1}.get(rust.path)
    return frozenset({fixed}) if fixed is not None else _UNCERTAIN.get(rust.path, frozenset())


def _is_float(rust: RustType) -> bool:
    return rust.path in {"f32", "f64"}


def _pointers(giver: RustType, taker: RustType) -> Difference:
    given, taken = _pointee(giver), _pointee(taker)
    if given is not None and taken is not None and (given.path in _WIDE) != (taken.path in _WIDE):
        return Difference(Kind.POINTER_WIDTH)
    if given is not None and taken is not None:
        inner = _plain_pointee(given, taken)
        if inner.kind not in {Kind.SAME, Kind.SIGN, Kind.BOOLEAN}:
            return inner
    if giver.path in _READ_ONLY and taker.path not in _READ_ONLY:
        return Difference(Kind.MUTABILITY)
    return _SAME


def _pointee(rust: RustType) -> RustType | None:
    return _normal(rust.arguments[-1]) if rust.arguments else None


def _plain_pointee(given: RustType, taken: RustType) -> Difference:
    if "c_void" in {given.path, taken.path}:
        return _SAME  # an opaque pointer: the size is the same, what is behind it nobody says
    if given.path in _WIDE or taken.path in _WIDE:
        return _SAME if _bare(given) == _bare(taken) else _UNKNOWN
    difference = compare(given, taken)
    if difference.kind in {Kind.WIDTH, Kind.REGISTER, Kind.POINTER}:
        return Difference(Kind.POINTEE, difference.passed, difference.expected)
    return difference
