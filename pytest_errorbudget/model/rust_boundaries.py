"""Where Rust values leave a service: handlers with their payloads, and foreign functions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pytest_errorbudget.model.rust import RustType, StructRef
from pytest_errorbudget.model.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """``as i32`` or ``i32::try_from(..)``: ``lossy`` is true for ``as``, which wraps in silence."""

    to: str
    lossy: bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFlow:
    """A payload field and the row field it was filled from, with the casts on the way, in order."""

    payload: StructRef
    field: str
    row: StructRef
    row_field: str
    casts: tuple[Cast, ...]
    span: Span
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostFlow:
    """A payload field whose source the reader could not follow, and why."""

    payload: StructRef
    field: str
    reason: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """A function that a router reaches. ``inputs`` and ``outputs`` are its payload structs."""

    path: str
    function: str
    crate: str
    method: str
    route: str
    span: Span
    inputs: tuple[StructRef, ...] = ()
    outputs: tuple[StructRef, ...] = ()


class Side(Enum):
    DECLARATION = "declaration"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True, kw_only=True)
class FfiFunction:
    """An ``extern "C"`` declaration or an exported definition. ``parameters`` are (type, span of the type)."""

    path: str
    symbol: str
    side: Side
    crate: str
    abi: str
    parameters: tuple[tuple[RustType, Span], ...]
    result: RustType | None
    span: Span
    variadic: bool = False
