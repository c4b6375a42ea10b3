"""Values of the model as what TOML can hold, and back: fields that have their default, and origins, are left out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

T = TypeVar("T")


class NotPlain(ValueError):
    """The data is not a value of the kind that was asked for."""


def plain(value: object) -> object:
    """A dataclass as a table by field names, a tuple as a list, an enum by its value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        held = {f.name: (getattr(value, f.name), f.default) for f in fields(value) if f.compare}
        return {name: plain(inner) for name, (inner, default) in held.items() if default is MISSING or inner != default}
    return value


def inline(value: object) -> str:
    """What ``plain`` gives as TOML on one line."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return text(value)
        case list():
            return f"[{', '.join(map(inline, value))}]"
        case dict():
            return f"{{ {', '.join(f'{key_text(key)} = {inline(inner)}' for key, inner in value.items())} }}"
    raise TypeError(f"no TOML for {type(value).__name__}")


def text(value: str) -> str:
    """A TOML string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def key_text(value: str) -> str:
    """A TOML key; in quotes where it needs them."""
    return value if _BARE_KEY.fullmatch(value) else text(value)


def built(kind: type[T], data: object) -> T:
    """The value of a type of the model that ``data`` stands for. Raises ``NotPlain``."""
    value: T = _built(kind, data)
    return value


def _built(kind: Any, data: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        (inner,) = (member for member in get_args(kind) if member is not NoneType)
        return _built(inner, data)
    if get_origin(kind) is tuple:
        return _sequence(get_args(kind), data)
    if issubclass(kind, Enum):
        try:
            return kind(data)
        except ValueError as error:
            raise NotPlain(str(error)) from None
    if is_dataclass(kind):
        return _object(kind, data)
    if type(data) is not kind:
        raise NotPlain(f"{data!r} is no {kind.__name__}")
    return data


def _sequence(arguments: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise NotPlain(f"{data!r} is no list")
    if len(arguments) == 2 and arguments[1] is ...:
        return tuple(_built(arguments[0], inner) for inner in data)
    if len(arguments) != len(data):
        raise NotPlain(f"{data!r} does not have {len(arguments)} members")
    return tuple(_built(kind, inner) for kind, inner in zip(arguments, data, strict=True))


def _object(kind: Any, data: Any) -> Any:
    known = _fields(kind)
    if not isinstance(data, Mapping):
        raise NotPlain(f"{data!r} is no table")
    for name in data:
        if name not in known:
            raise NotPlain(f"`{name}` is nothing that a {kind.__name__} has")
    for name, (field, _) in known.items():
        if name not in data and field.default is MISSING:
            raise NotPlain(f"a {kind.__name__} without `{name}`")
    return kind(**{name: _built(known[name][1], inner) for name, inner in data.items()})


@cache
def _fields(kind: Any) -> Mapping[str, tuple[Field[Any], Any]]:
    hints = get_type_hints(kind)
    return {f.name: (f, hints[f.name]) for f in fields(kind) if f.compare}
