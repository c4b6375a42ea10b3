"""One spelling for every value, so that equal values give equal digests on every machine."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction


def canonical(value: object) -> str:
    """A value as text without spaces: dataclasses as ``Name{field:value}``, fractions as ``n/d``, enums by name.

    Fields that take no part in comparisons (origins) are left out. Raises ``TypeError`` for a float, a set or
    anything else whose spelling or order is not certain.
    """
    match value:
        case None:
            return "null"
        case Enum():
            return f"{type(value).__name__}.{value.name}"
        case bool() | int():
            return str(value).lower()
        case str():
            return json.dumps(value)
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case date():
            return value.isoformat()
        case tuple():
            return f"[{','.join(map(canonical, value))}]"
        case _ if is_dataclass(value):
            parts = (f"{f.name}:{canonical(getattr(value, f.name))}" for f in fields(value) if f.compare)
            return f"{type(value).__name__}{{{','.join(parts)}}}"
        case _:
            raise TypeError(f"no canonical form for {type(value).__name__}")


def sha256(value: object) -> str:
    """64 hex digits over the canonical form."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
