"""The digest of a schema: equal for equal schemas, on every machine and in every version of Python."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache

from pytest_errorbudget.model.schema import Schema


def schema_digest(schema: Schema) -> str:
    """SHA-256, as hex digits, over a canonical form of what takes part in comparisons (origins do not)."""
    return schema_digests((schema,))[0]


def schema_digests(schemas: Sequence[Schema]) -> tuple[str, ...]:
    """The digest of each. What they share as one object is written once, so that many cost little more than one."""
    known: dict[int, str] = {}
    texts = (_text(schema, known) for schema in schemas)
    return tuple(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts)


@cache
def _compared(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.compare)


def _text(value: object, known: dict[int, str]) -> str:
    """Compact JSON; ``known`` holds that of objects by their ids, which stay theirs while the schemas live."""
    if isinstance(value, tuple):
        return f"[{','.join([_text(inner, known) for inner in value])}]"
    if isinstance(value, Enum):
        return json.dumps(value.value, ensure_ascii=False)
    if is_dataclass(value) and not isinstance(value, type):
        text = known.get(id(value))
        if text is None:
            fields_of = [_text(getattr(value, name), known) for name in _compared(type(value))]
            text = known[id(value)] = f"[{','.join([json.dumps(type(value).__name__), *fields_of])}]"
        return text
    return json.dumps(value, ensure_ascii=False)
