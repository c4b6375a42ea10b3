"""Errors of a settings file, each with its place and, for an unknown key, the nearest known one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from pytest_errorbudget.model.problem import Problem, Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.brief import brief
from pytest_errorbudget.readers.settings.file import SettingsFile

T = TypeVar("T")
Key = tuple[str | int, ...]
Places = Mapping[Key, Span]

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[(\.\.\.)\]")
_CONSEQUENCE = "Nothing is checked until the settings can be read."


@dataclass
class Reading:
    """One reading under way: the places of all keys, the problems met so far, and what is read in spite of itself."""

    path: str
    places: Places
    problems: list[Problem] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)

    def problem(self, key: Key, message: str, help: str = "") -> None:
        """A problem at ``key``, or at the nearest table around it that the file writes."""
        self.problems.append(problem_at(".".join(map(str, key)) or "settings", self.span(key), message, help))

    def problem_at(self, span: Span, message: str, help: str = "") -> None:
        self.problems.append(problem_at("settings", span, message, help))

    def span(self, key: Key) -> Span:
        return next(
            (self.places[key[:n]] for n in range(len(key), 0, -1) if key[:n] in self.places), Span(self.path, 1)
        )

    def value(self, key: Key, read: Callable[[str], T], text: str, otherwise: T) -> T:
        try:
            return read(text)
        except ValueError as error:
            self.problem(key, str(error))
            return otherwise


def problem_at(place: str, span: Span, message: str, help: str = "") -> Problem:
    return Problem(
        rule=Rule.SETTINGS_INVALID,
        message=brief(message),
        place=place,
        span=span,
        consequence=_CONSEQUENCE,
        help=brief(help),
    )


def unknown_keys(document: Mapping[str, Any], kind: Any = SettingsFile, key: Key = ()) -> Iterator[tuple[Key, str]]:
    """Every key that the format does not have, with what to write instead; walks tables, arrays and maps alike."""
    yield from _misspelt_tags(kind, document, key)
    for struct in _structs(kind, document):
        fields = {field.encode_name: field.type for field in msgspec.structs.fields(struct)}
        tag = struct.__struct_config__.tag_field
        for name, value in document.items():
            if name == tag:
                continue
            if name not in fields:
                yield (*key, name), _instead(name, fields)
            else:
                yield from _unknown_below(value, fields[name], (*key, name))


def _instead(name: str, fields: Mapping[str, Any]) -> str:
    """A key of a table below this one, a key like it, or all that there are."""
    below = next((field for field, kind in fields.items() if name in _fields_of(kind)), None)
    if below is not None:
        return f"write it in `{below}`: `{below} = {{ {name} = … }}`"
    near = difflib.get_close_matches(name, fields, n=1, cutoff=0.5)
    known = ", ".join(f"`{field}`" for field in sorted(fields))
    return f"did you mean `{near[0]}`?" if near else f"known here: {known}"


def _fields_of(kind: Any) -> frozenset[str]:
    """The keys of the one table that a value of the kind may be."""
    structs = [option for option in _options(kind) if _is_struct(option)]
    return frozenset(field.encode_name for one in structs[:1] for field in msgspec.structs.fields(one))


def _misspelt_tags(kind: Any, document: Mapping[str, Any], key: Key) -> Iterator[tuple[Key, str]]:
    """A key that is meant to say which of several tables this is."""
    tags = {option.__struct_config__.tag_field for option in _options(kind) if _is_struct(option)} - {None}
    for tag in tags - set(document):
        for near in difflib.get_close_matches(str(tag), document, n=1, cutoff=0.7):
            yield (*key, near), f"did you mean `{tag}`?"


def _unknown_below(value: Any, kind: Any, key: Key) -> Iterator[tuple[Key, str]]:
    if isinstance(value, list):
        for position, entry in enumerate(value):
            yield from _unknown_below(entry, _argument(kind, list, 0), (*key, position))
    elif isinstance(value, dict):
        entries = _argument(kind, dict, 1)
        if entries is not None:
            for name, entry in value.items():
                yield from _unknown_below(entry, entries, (*key, name))
        else:
            yield from unknown_keys(value, kind, key)


def _options(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)


def _argument(kind: Any, origin: type, position: int) -> Any:
    for option in _options(kind):
        if getattr(option, "__origin__", None) is origin:
            return option.__args__[position]
    return None


def _structs(kind: Any, document: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one struct that the table is meant to be: chosen by its tag where the format offers several."""
    options = [o for o in (_options(kind)) if isinstance(o, type) and issubclass(o, msgspec.Struct)]
    if len(options) == 1:
        return (options[0],)
    tagged = [o for o in options if document.get(o.__struct_config__.tag_field or "") == o.__struct_config__.tag]
    return tuple(tagged)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def failing_key(document: Mapping[str, Any], error: msgspec.ValidationError) -> tuple[Key, str]:
    """The key that a validation error speaks of, and its message without the path."""
    message, _, path = str(error).partition(" - at `$")
    key: Key = ()
    for name, index, wildcard in _STEP.findall(path.rstrip("`")):
        key = (*key, _failing_entry(document, key) if wildcard else name or int(index))
    return key, message


def _failing_entry(document: Mapping[str, Any], table: Key) -> str:
    """msgspec does not say which entry of a map it means: the one that fails alone is it."""
    entries = value_at(document, table)
    for name in entries:
        try:
            msgspec.convert(_only(document, table, name), SettingsFile)
        except msgspec.ValidationError:
            return str(name)
    return ""


def value_at(document: Any, key: Key) -> Any:
    """What is written at ``key``; of a key that is missing, what is around it."""
    for step in key:
        if isinstance(document, dict) and step not in document:
            break
        document = document[step]
    return document


def _only(document: Any, key: Key, name: str) -> Any:
    if not key:
        return {name: document[name]}
    step, *rest = key
    if isinstance(document, list):
        return [_only(entry, tuple(rest), name) if i == step else entry for i, entry in enumerate(document)]
    return {k: _only(entry, tuple(rest), name) if k == step else entry for k, entry in document.items()}
