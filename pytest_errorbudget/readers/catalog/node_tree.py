"""PostgreSQL's stored expressions (``pg_node_tree`` text) as trees.

The text follows the snapshot, unlike ``pg_get_expr``; its positions and object ids are mapped by ``expressions``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r'[{}()\[\]]|<>|"(?:\\.|[^"\\])*"|(?:\\.|[^\s(){}\[\]"\\])+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Node:
    """One node: ``FUNCEXPR`` and its fields. A field of several tokens is a tuple."""

    tag: str
    fields: Mapping[str, Value]

    def text(self, name: str) -> str:
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        return int(self.text(name) or 0)

    def nodes(self, name: str) -> tuple[Node, ...]:
        value = self.fields.get(name, ())
        return tuple(v for v in value if isinstance(v, Node)) if isinstance(value, tuple) else ()

    def node(self, name: str) -> Node | None:
        value = self.fields.get(name)
        return value if isinstance(value, Node) else None


Value = Node | str | tuple["Value", ...]


def parse(text: str) -> Value:
    """A node, or a tuple of nodes for a list. Raises ``ValueError`` on text that is no tree."""
    tokens = _TOKEN.findall(text)
    value, end = _value(tokens, 0)
    if end != len(tokens):
        raise ValueError("text after the end of a stored expression")
    return value


def _value(tokens: list[str], at: int) -> tuple[Value, int]:
    if at >= len(tokens):
        raise ValueError("a stored expression ends too early")
    token = tokens[at]
    if token == "{":
        return _node(tokens, at + 1)
    if token in "([":
        return _list(tokens, at + 1, ")" if token == "(" else "]")
    return ("" if token == "<>" else token), at + 1


def _list(tokens: list[str], at: int, closing: str) -> tuple[Value, int]:
    values: list[Value] = []
    while at < len(tokens) and tokens[at] != closing:
        value, at = _value(tokens, at)
        values.append(value)
    return tuple(values), at + 1


def _node(tokens: list[str], at: int) -> tuple[Node, int]:
    tag, at = tokens[at], at + 1
    fields: dict[str, Value] = {}
    while at < len(tokens) and tokens[at] != "}":
        name, at = tokens[at].removeprefix(":"), at + 1
        values: list[Value] = []
        while at < len(tokens) and tokens[at] != "}" and not tokens[at].startswith(":"):
            value, at = _value(tokens, at)
            values.append(value)
        fields[name] = values[0] if len(values) == 1 else tuple(values)
    return Node(tag, fields), at + 1
