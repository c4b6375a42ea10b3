"""YAML with the line, column and path of every value, and scalars as the text that was written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from pytest_errorbudget.model.source import Span

_NULL = "tag:yaml.org,2002:null"
_HALVES = re.compile(r"(?<!\\)\\u(?=[dD][89a-fA-F])([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?")
_MERGE = "tag:yaml.org,2002:merge"


class YamlSyntaxError(Exception):
    """The text is not YAML; ``span`` is where its reader gave up."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a YAML document; ``field`` is its path there, such as ``spec.objectives[0].target``."""

    path: str
    node: yaml.Node
    field: str = ""

    @property
    def span(self) -> Span:
        start, end = self.node.start_mark, self.node.end_mark
        if isinstance(self.node, yaml.ScalarNode) and end.line == start.line and end.column > start.column:
            return Span(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        return Span(self.path, start.line + 1, start.column + 1)

    @property
    def text(self) -> str | None:
        """The scalar as written (``0.999``, never a float); ``None`` for null, a list or a mapping."""
        return str(self.node.value) if isinstance(self.node, yaml.ScalarNode) and not self.is_null else None

    @property
    def flag(self) -> bool | None:
        if isinstance(self.node, yaml.ScalarNode) and self.node.tag == "tag:yaml.org,2002:bool":
            return str(self.node.value).lower() in {"true", "yes", "on"}
        return None

    @property
    def is_null(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == _NULL

    @property
    def is_scalar(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_quoted(self) -> bool:
        return getattr(self.node, "style", None) in {"'", '"'}

    def written(self, *keys: str) -> Place | None:
        """The value below these keys, null too; nothing where one of them is missing."""
        found: Place | None = self
        for key in keys:
            found = None if found is None else next((value for name, value in found.entries() if name == key), None)
        return found

    def get(self, *keys: str) -> Place | None:
        """The value below these keys, or nothing where one of them is missing or null."""
        found = self.written(*keys)
        return None if found is None or found.is_null else found

    def entries(self) -> Iterator[tuple[str, Place]]:
        """The keys of a mapping with their values, those of merged mappings (``<<``) last; each key once."""
        seen: set[str] = set()
        for key, value in _pairs(self.node, frozenset()):
            if key.value not in seen:
                seen.add(key.value)
                yield key.value, Place(self.path, value, f"{self.field}.{key.value}".lstrip("."))

    def own_keys(self) -> Iterator[Place]:
        """The keys that the mapping itself writes, as places of their own."""
        if isinstance(self.node, yaml.MappingNode):
            for key, _ in self.node.value:
                named = isinstance(key, yaml.ScalarNode)
                yield Place(self.path, key, f"{self.field}.{key.value}".lstrip(".") if named else self.field)

    def items(self) -> Iterator[Place]:
        """The elements of a list; nothing for anything else."""
        if isinstance(self.node, yaml.SequenceNode):
            for position, node in enumerate(self.node.value):
                yield Place(self.path, node, f"{self.field}[{position}]")


def _pairs(node: yaml.Node, within: frozenset[int]) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """A mapping may be merged into itself by an alias: ``within`` are the mappings under way."""
    if not isinstance(node, yaml.MappingNode) or id(node) in within:
        return
    merged: list[yaml.Node] = []
    for key, value in node.value:
        if key.tag == _MERGE:
            merged.extend(value.value if isinstance(value, yaml.SequenceNode) else (value,))
        elif isinstance(key, yaml.ScalarNode):
            yield key, value
    for other in merged:
        yield from _pairs(other, within | {id(node)})


def yaml_documents(path: str, text: str) -> tuple[Place, ...]:
    """Every document of a stream; a document that is a list gives its elements. Raises ``YamlSyntaxError``."""
    if "\t" in text and _is_json(text):  # where a tab is white space, and in a string it cannot stand
        text = text.replace("\t", " ")
    text = _with_pairs(path, text)
    try:
        nodes = [node for node in yaml.compose_all(text, Loader=yaml.SafeLoader) if node is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlSyntaxError(
            error.problem or "not YAML", _span(path, text, 0 if mark is None else mark.index)
        ) from None
    except yaml.reader.ReaderError as error:
        message = f"the character U+{int(error.character):04X} may not be written in YAML"
        raise YamlSyntaxError(message, _span(path, text, error.position)) from None
    except RecursionError:
        raise YamlSyntaxError("nested too deeply", Span(path, 1)) from None
    documents = [Place(path, node) for node in nodes]
    return tuple(
        Place(path, one.node)
        for document in documents
        for one in (document.items() if document.is_list else (document,))
        if not one.is_null
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _with_pairs(path: str, text: str) -> str:
    """A character beyond the first plane may be escaped in two halves, as JSON has it; a half alone is none."""

    def joined(found: re.Match[str]) -> str:
        if found[2] is None:
            message = f"`{found[0]}` is half of a character"
            raise YamlSyntaxError(message, _span(path, text, found.start()))
        number = 0x10000 + ((int(found[1], 16) - 0xD800) << 10) + (int(found[2], 16) - 0xDC00)
        return f"\\U{number:08X}"

    return _HALVES.sub(joined, text) if "\\u" in text else text


def _span(path: str, text: str, index: int) -> Span:
    """The place of a character; where the text ends there, of its last line."""
    before = text[: min(index, len(text.rstrip()))]
    return Span(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
