"""The digest of a schema: equal for equal schemas, on every machine and in every version of Python."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter

from pytest_errorbudget.model.schema import Schema

_write = json.JSONEncoder(ensure_ascii=False).encode  # made once: `json.dumps` makes one for every value


def schema_digest(schema: Schema) -> str:
    """SHA-256, as hex digits, over a canonical form of what takes part in comparisons (origins do not).

    Fields that came later (``digest`` in their metadata, the last ones of their class) are left out where they are
    empty: digests in older files stay what they are.
    """
    return schema_digests((schema,))[0]


def schema_digests(schemas: Sequence[Schema]) -> tuple[str, ...]:
    """The digest of each. What they share as one object is written once, so that many cost little more than one."""
    known: dict[int, str] = {}
    texts = (_text(schema, known) for schema in schemas)
    return tuple(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts)


@cache
def _compared(kind: type) -> tuple[str, Callable[[object], tuple[object, ...]], int] | None:
    """A class's name as JSON, what gives the values that take part in comparisons, and how many of these came later;
    ``None`` if it has none."""
    if not is_dataclass(kind):
        return None
    names = [f.name for f in fields(kind) if f.compare]
    # One name more, which is cut off again, so that a single value comes in a tuple too.
    values: attrgetter[tuple[object, ...]] = attrgetter(*names, "__class__")
    return _write(kind.__name__), values, sum("digest" in f.metadata for f in fields(kind) if f.compare)


def _text(value: object, known: dict[int, str]) -> str:
    """Compact JSON; ``known`` holds that of objects by their ids, which stay theirs while the schemas live."""
    text = known.get(id(value))
    if text is None:
        text = known[id(value)] = _new_text(value, known)
    return text


def _new_text(value: object, known: dict[int, str]) -> str:
    if isinstance(value, str):
        return _write(value)
    if isinstance(value, tuple):
        return f"[{','.join([known.get(id(inner)) or _text(inner, known) for inner in value])}]"
    kind: type = type(value)
    compared = _compared(kind)
    if compared is None:
        return _write(value.value if isinstance(value, Enum) else value)
    name, values, later = compared
    *parts, _ = values(value)
    if later and not any(parts[-later:]):
        del parts[-later:]
    return f"[{','.join([name, *[known.get(id(part)) or _text(part, known) for part in parts]])}]"
