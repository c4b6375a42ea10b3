"""YAML with the line and column of every value, and scalars as the text that was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from pytest_errorbudget.model.source import Span


class YamlSyntaxError(Exception):
    """The text is not YAML; ``span`` is where its reader gave up."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a YAML document."""

    path: str
    node: yaml.Node

    @property
    def span(self) -> Span:
        start, end = self.node.start_mark, self.node.end_mark
        if isinstance(self.node, yaml.ScalarNode) and end.line == start.line:
            return Span(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        return Span(self.path, start.line + 1, start.column + 1)

    @property
    def text(self) -> str | None:
        """The scalar as written (``0.999``, never a float); ``None`` for null, a list or a mapping."""
        node = self.node
        if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null":
            return None
        return str(node.value)

    @property
    def flag(self) -> bool | None:
        if isinstance(self.node, yaml.ScalarNode) and self.node.tag == "tag:yaml.org,2002:bool":
            return str(self.node.value).lower() in {"true", "yes", "on"}
        return None

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    def get(self, *keys: str) -> Place | None:
        """The value below these keys, or nothing where one of them is missing."""
        found: Place | None = self
        for key in keys:
            found = None if found is None else found._value(key)
        return found

    def _value(self, key: str) -> Place | None:
        if not isinstance(self.node, yaml.MappingNode):
            return None
        return next((Place(self.path, value) for name, value in self.node.value if name.value == key), None)

    def items(self) -> Iterator[Place]:
        """The elements of a list; nothing for anything else."""
        if isinstance(self.node, yaml.SequenceNode):
            yield from (Place(self.path, node) for node in self.node.value)


def yaml_documents(path: str, text: str) -> tuple[Place, ...]:
    """Every document of a stream; a document that is a list gives its elements. Raises ``YamlSyntaxError``."""
    try:
        nodes = [node for node in yaml.compose_all(text, Loader=yaml.SafeLoader) if node is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        span = Span(path, 1) if mark is None else Span(path, mark.line + 1, mark.column + 1)
        raise YamlSyntaxError(error.problem or "not YAML", span) from None
    except yaml.YAMLError as error:
        raise YamlSyntaxError(str(error).split("\n", 1)[0], Span(path, 1)) from None
    except RecursionError:
        raise YamlSyntaxError("nested too deeply", Span(path, 1)) from None
    documents = [Place(path, node) for node in nodes]
    return tuple(
        one
        for document in documents
        for one in (document.items() if isinstance(document.node, yaml.SequenceNode) else (document,))
    )
