"""Parse trees as PostgreSQL prints them (``debug_print_rewritten``, format of major 18), as dictionaries.

A node is a dictionary of its fields and its ``tag``. A field that is ``<>`` or ``false`` is left out, as are those
that nobody here asks for (source positions, collations): the trees are long, and reading them is most of the work.
Numbers stay text, except in the lists ``(b 1 2)``, ``(i 1 2)`` and ``(o 1 2)``, which are tuples of integers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]

MAJOR = 18

_NOISE = (
    "location|list_start|list_end|\\w*collid|\\w*typmod|varnosyn|varattnosyn|stmt_location|stmt_len|querySource"
    "|rellockmode|limitOption|override|resname|resorigtbl|resorigcol|aggno|aggtransno|aggsplit|aggtranstype"
    "|joinmergedcols|constlen|constbyval|mergeTargetRelation|groupDistinct|eqop|sortop|aliasname"
)
_WORD = r'(?:\\.|[^\s{}()"\\])+'
_TOKEN = re.compile(
    rf"""
    (?:\ :(?:\w+\ (?:<>|false)(?=[\ }}])|(?:{_NOISE})\ (?:{_WORD}|"(?:\\.|[^"\\])*")))+
  | \ :(?:eref|alias)\ \{{ALIAS\ :aliasname\ {_WORD}\ :colnames\ (?:<>|\((?:"(?:\\.|[^"\\])*"\ ?)*\))\}}
  | \{{VAR\ :varno\ (?P<varno>\d+)\ :varattno\ (?P<varattno>-?\d+)\ :vartype\ (?P<vartype>\d+)[^b]*:varcollid\ \d+
    \ :varnullingrels\ \(b(?P<nulling>[\ \d]*)\)\ :varlevelsup\ (?P<up>\d+)\ :varreturningtype\ (?P<image>\d)[^}}]*\}}
  | :joinaliasvars\ (?P<aliases>\((?:\{{VAR\ [^{{}}]*\}}\ ?)*\))
  | :constvalue\ \d+\ \[(?P<bytes>[\ \d-]*)\]
  | :(?P<name>\w+)\ (?:(?=[{{(])(?!\([biox][\ )])|\([biox](?P<numbers>[\ \d-]*)\)|(?P<value>{_WORD}|"(?:\\.|[^"\\])*"))
  | \{{(?P<tag>\w+)
  | (?P<open>\()
  | (?P<shut>[)}}])
  | (?P<bare>"(?:\\.|[^"\\])*"|{_WORD})
    """,
    re.VERBOSE | re.DOTALL,
)
_GROUPS = _TOKEN.groupindex
_IMAGE, _ALIASES, _BYTES, _NAME, _NUMBERS, _VALUE, _TAG, _OPEN, _SHUT, _BARE = (
    _GROUPS[name] for name in ("image", "aliases", "bytes", "name", "numbers", "value", "tag", "open", "shut", "bare")
)


def parse_tree(text: str) -> list[Any]:
    """The list of queries (or whatever else the text is a list of).

    The text is one line. Raises ``ValueError`` on text that is no tree.
    """
    try:
        found = _parsed(text)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"not a parse tree of PostgreSQL {MAJOR}: {error}") from None
    if len(found) != 1:
        raise ValueError(f"not one parse tree of PostgreSQL {MAJOR}")
    return found[0] if isinstance(found[0], list) else found


def _parsed(text: str) -> list[Any]:
    """A stack of open nodes and lists; ``field`` is the name that waits for its value."""
    root: list[Any] = []
    stack: list[Any] = [root]
    fields: list[str] = [""]
    current: Any = root
    field = ""
    for match in _TOKEN.finditer(text):
        kind = match.lastindex
        if kind is None:
            continue
        if kind == _VALUE:
            current[match["name"]] = match["value"]
            continue
        if kind == _NAME:
            field = match["name"]
            continue
        if kind == _SHUT:
            stack.pop()
            current, field = stack[-1], fields.pop()
            continue
        value: Any
        if kind == _IMAGE:
            value = _variable(match)
        elif kind == _TAG:
            value = {"tag": match["tag"]}
        elif kind == _OPEN:
            value = []
        elif kind == _NUMBERS:
            current[match["name"]] = tuple(map(int, match["numbers"].split()))
            continue
        elif kind == _ALIASES:
            current["joinaliasvars"] = match["aliases"]
            continue
        elif kind == _BYTES:
            current["constvalue"] = match["bytes"]
            continue
        else:
            if isinstance(current, list):
                current.append(match["bare"])
            continue
        if isinstance(current, list):
            current.append(value)
        else:
            current[field] = value
        if kind != _IMAGE:
            stack.append(value)
            fields.append(field)
            current = value
    return root


def _variable(match: re.Match[str]) -> Node:
    return {
        "tag": "VAR",
        "varno": int(match["varno"]),
        "varattno": int(match["varattno"]),
        "vartype": match["vartype"],
        "varnullingrels": tuple(map(int, match["nulling"].split())),
        "varlevelsup": int(match["up"]),
        "varreturningtype": int(match["image"]),
    }


def alias_variables(entry: Node) -> list[Any]:
    """What the columns of a join stand for; they are only read where one is used."""
    kept = entry.get("joinaliasvars", [])
    if isinstance(kept, str):
        kept = entry["joinaliasvars"] = parse_tree(kept)
    return list(kept)


def nodes(value: Any) -> Iterator[Node]:
    """Every node in a tree, outermost first; the columns of joins, which repeat what is elsewhere, only if read."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            yield value
            pending.extend(v for v in value.values() if isinstance(v, dict | list))
        elif isinstance(value, list):
            pending.extend(value)
