"""The digest of a schema: equal for equal schemas, on every machine and in every version of Python."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache

from pytest_errorbudget.model.schema import Schema


def schema_digest(schema: Schema) -> str:
    """SHA-256, as hex digits, over a canonical form of what takes part in comparisons (origins do not)."""
    text = json.dumps(_canonical(schema), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _compared(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.compare)


def _canonical(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_canonical(getattr(value, name)) for name in _compared(type(value)))]
    if isinstance(value, tuple):
        return [_canonical(inner) for inner in value]
    return value
