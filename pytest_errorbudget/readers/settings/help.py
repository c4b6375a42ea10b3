"""What a key of the settings may be, said from the format itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from msgspec import inspect

from pytest_errorbudget.readers.settings.examples import example_of
from pytest_errorbudget.readers.settings.file import SettingsFile

Key = tuple[str | int, ...]


def help_for(key: Key) -> str:
    """``write "error" or "warning"``, or what the format says of the key; never empty for a key that there is."""
    kinds = list(_kinds(key))
    allowed = [f'"{value}"' for kind in kinds for value in _values(kind)]
    described = next((text for kind in kinds if (text := _description(kind))), "")
    if described:
        one = "one " if described.startswith("such as") else ""
        return f"write {one}{described}" + (f", or {_either(allowed)}" if allowed else "")
    if allowed and all(_values(kind) for kind in kinds):
        return f"write {_either(allowed)}"
    example = example_of(key)
    if example:
        shown = example if "`" in example else f"`{example}`"
        return f"write for example {shown}" + (f", or {_either(allowed)}" if allowed else "")
    written = ".".join(step for step in key if isinstance(step, str))
    return f"docs/settings.md says what `{written}` may be" if written else ""


def title_of(key: Key) -> str:
    """What the text at ``key`` is, such as ``a duration``."""
    return next((text for kind in _kinds(key) if (text := _schema(kind, "title"))), "what it may be")


def _either(values: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(values[:-1]), values[-1])))


@cache
def _format() -> inspect.Type:
    return inspect.type_info(SettingsFile)


def _kinds(key: Key) -> Iterator[inspect.Type]:
    """The types that the value at ``key`` may have, without null."""
    found: list[inspect.Type] = [_format()]
    for step in key:
        found = [below for kind in found for option in _options(kind) for below in _below(option, step)]
    for kind in found:
        for option in _options(kind):
            if not isinstance(option, inspect.NoneType):
                yield option


def _options(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    match kind:
        case inspect.UnionType(types=types):
            return tuple(types)
        case _:
            return (kind,)


def _below(kind: inspect.Type, step: str | int) -> Iterator[inspect.Type]:
    match kind:
        case inspect.Metadata(type=inner):
            yield from _below(inner, step)
        case inspect.StructType(fields=fields, tag_field=tag_field, tag=tag):
            yield from (field.type for field in fields if field.encode_name == step)
            if tag_field == step:
                yield inspect.LiteralType(values=(str(tag),))
        case inspect.DictType(value_type=value):
            yield value
        case inspect.ListType(item_type=item) if isinstance(step, int):
            yield item


def _values(kind: inspect.Type) -> tuple[Any, ...]:
    return tuple(kind.values) if isinstance(kind, inspect.LiteralType) else ()


def _description(kind: inspect.Type) -> str:
    return _schema(kind, "description")


def _schema(kind: inspect.Type, name: str) -> str:
    if not isinstance(kind, inspect.Metadata):
        return ""
    return str((kind.extra_json_schema or {}).get(name, ""))
