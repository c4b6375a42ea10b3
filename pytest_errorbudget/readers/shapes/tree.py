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

# Fields that nobody here asks for.
_NOISE = (
    r"location|list_start|list_end|(?:func|input|op|agg|win|case|array_|coalesce|minmax|result|infer|ref)collid"
    r"|(?:result|ref)?typmod|varnosyn|varattnosyn|stmt_location|stmt_len|querySource"
    r"|rellockmode|limitOption|override|resname|resorigtbl|resorigcol|aggno|aggtransno|aggsplit|aggtranstype|aggtype"
    r"|joinmergedcols|mergeTargetRelation|aliasname|ressortgroupref|inFromCl|opresulttype|funcresulttype|coalescetype"
    r"|casetype|minmaxtype|array_typeid|element_typeid|wintype|aggkind"
)
# Runs of characters, and no way back into them: most of the time is spent here.
_WORD = r'(?:[^\s{}()"\\]++|\\.)++'
_STRING = r'"(?:[^"\\]++|\\.)*+"'
_FLAT = r"[^{}]*"
_TOKEN = re.compile(
    rf"""
    (?:\ :(?:\w++\ (?:<>|false)(?=[\ }}])|(?:{_NOISE})\ (?:{_WORD}|{_STRING})|join(?:left|right)cols\ \(i[\ \d]*\)
       |exclRelTlist\ \((?:\{{TARGETENTRY{_FLAT}\{{VAR{_FLAT}\}}{_FLAT}\}}\ ?)*\)
       |(?:eref|alias)\ \{{ALIAS\ :aliasname\ {_WORD}\ :colnames\ (?:<>|\((?:{_STRING}\ ?)*+\))\}}))++
  | \{{VAR\ :varno\ (?P<varno>\d+)\ :varattno\ (?P<varattno>-?\d+)\ :vartype\ (?P<vartype>\d+)[^b]*:varcollid\ \d+
    \ :varnullingrels\ \(b(?P<nulling>[\ \d]*)\)\ :varlevelsup\ (?P<up>\d+)\ :varreturningtype\ (?P<image>\d)[^}}]*\}}
  | (?P<target>\{{TARGETENTRY\ :expr\ )(?=\{{)
  | \ :resno\ (?P<resno>\d+)\ :resname\ (?:{_WORD}|{_STRING})\ :ressortgroupref\ \d+\ :resorigtbl\ \d+
    \ :resorigcol\ \d+\ :resjunk\ false\}}
  | \{{RANGETBLENTRY\ :alias\ (?:<>|\{{ALIAS\ :aliasname\ {_WORD}\ :colnames\ <>\}})
    \ :eref\ \{{ALIAS\ :aliasname\ {_WORD}\ :colnames\ \([^()\\]*\)\}}\ :rtekind\ 0\ :relid\ (?P<relid>\d+)
    \ :inh\ (?P<inh>true|false)\ :relkind\ (?P<relkind>\w)\ :rellockmode\ \d+\ :perminfoindex\ (?P<permissions>\d+)
    \ :tablesample\ <>\ :lateral\ (?:true|false)\ :inFromCl\ (?:true|false)\ :securityQuals\ (?P<table><>)\}}
  | \{{OPEXPR\ :opno\ (?P<opno>\d+)\ :opfuncid\ (?P<opfuncid>\d+)\ :opresulttype\ \d+\ :opretset\ false
    \ :opcollid\ \d+\ :inputcollid\ \d+\ :args\ (?P<operands>\()(?![biox][\ )])
  | \{{PARAM\ :paramkind\ (?P<paramkind>\d)\ :paramid\ (?P<paramid>\d+)[^}}]*\}}
  | \{{CONST\ :consttype\ (?P<consttype>\d+){_FLAT}:constvalue\ (?:<>|\d+\ \[(?P<bytes>[\ \d-]*)\])(?P<const>\ ?)\}}
  | \{{RANGETBLREF\ :rtindex\ (?P<place>\d+)\}}
  | \{{RTEPERMISSIONINFO{_FLAT}:insertedCols\ \(b(?P<inserted>[\ \d]*)\)\ :updatedCols\ \(b(?P<updated>[\ \d]*)\)\}}
  | \{{SORTGROUPCLAUSE{_FLAT}\}}
  | :joinaliasvars\ (?P<aliases>\((?:\{{VAR\ {_FLAT}\}}\ ?)*\))
  | :(?P<name>\w+)\ (?:(?=[{{(])(?!\([biox][\ )])|\([biox](?P<numbers>[\ \d-]*)\)|(?P<value>{_WORD}|{_STRING}))
  | \{{(?P<tag>\w+)
  | (?P<open>\()
  | (?P<shut>[)}}])
  | (?P<bare>{_STRING}|{_WORD})
    """,
    re.VERBOSE | re.DOTALL,
)
_GROUPS = _TOKEN.groupindex
_KINDS = "image paramid const place updated aliases name numbers value tag open shut"
_IMAGE, _PARAM, _CONST, _PLACE, _PERMISSIONS, _ALIASES, _NAME, _NUMBERS, _VALUE, _TAG, _OPEN, _SHUT = (
    _GROUPS[name] for name in _KINDS.split()
)
# Nodes of which a tree is full, in a few tokens each.
_TARGET, _RESNO, _TABLE, _OPERANDS = (_GROUPS[name] for name in ("target", "resno", "table", "operands"))
_LEAVES = frozenset({"VAR", "PARAM", "CONST", "RANGETBLREF", "RTEPERMISSIONINFO"})


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
        elif kind == _NAME:
            field = match["name"]
        elif kind == _SHUT:
            stack.pop()
            current, field = stack[-1], fields.pop()
        elif kind == _RESNO:
            current["resno"] = match["resno"]
            stack.pop()
            current, field = stack[-1], fields.pop()
        elif kind in _OPENING:
            value = _opened(kind, match)
            if isinstance(current, list):
                current.append(value)
            else:
                current[field] = value
            stack.append(value)
            fields.append(field)
            current = value
            if kind == _TARGET:
                field = "expr"
            elif kind == _OPERANDS:
                current = value["args"] = []
                stack.append(current)
                fields.append("args")
        elif kind == _NUMBERS:
            current[match["name"]] = tuple(map(int, match["numbers"].split()))
        elif kind == _ALIASES:
            current["joinaliasvars"] = match["aliases"]
        elif isinstance(current, list):
            current.append(_leaf(kind, match))
        elif kind in _LEAF_KINDS:
            current[field] = _leaf(kind, match)
    return root


_LEAF_KINDS = frozenset({_IMAGE, _PARAM, _CONST, _PLACE, _PERMISSIONS, _TABLE})
_OPENING = frozenset({_TAG, _OPEN, _TARGET, _OPERANDS})


def _opened(kind: int, match: re.Match[str]) -> Any:
    """A node or a list that has others in it."""
    if kind == _OPEN:
        return []
    if kind == _TAG:
        return {"tag": match["tag"]}
    if kind == _TARGET:
        return {"tag": "TARGETENTRY"}
    return {"tag": "OPEXPR", "opno": match["opno"], "opfuncid": match["opfuncid"]}


def _leaf(kind: int, match: re.Match[str]) -> Any:
    """A node without others in it, or a bare word of a list."""
    if kind == _IMAGE:
        return _variable(match)
    if kind == _PARAM:
        return {"tag": "PARAM", "paramkind": match["paramkind"], "paramid": match["paramid"]}
    if kind == _CONST:
        value = match["bytes"]
        known = {"constisnull": "true"} if value is None else {"constvalue": value}
        return {"tag": "CONST", "consttype": match["consttype"], **known}
    if kind == _PLACE:
        return {"tag": "RANGETBLREF", "rtindex": match["place"]}
    if kind == _TABLE:
        return _table(match)
    if kind == _PERMISSIONS:
        columns = {name: tuple(map(int, match[name].split())) for name in ("inserted", "updated")}
        return {"tag": "RTEPERMISSIONINFO", **columns}
    return match["bare"]


def _table(match: re.Match[str]) -> Node:
    inherits = {"inh": "true"} if match["inh"] == "true" else {}
    entry = {"relid": match["relid"], **inherits, "relkind": match["relkind"], "perminfoindex": match["permissions"]}
    return {"tag": "RANGETBLENTRY", "rtekind": "0", **entry}


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
    """Every node in a tree; the columns of joins, which repeat what is elsewhere, only if read."""
    pending = [value]
    while pending:
        value = pending.pop()
        if type(value) is list:
            pending.extend(value)
        elif type(value) is dict:
            yield value
            if value["tag"] not in _LEAVES:
                pending.extend([part for part in value.values() if type(part) is list or type(part) is dict])


def queries_and_operators(query: Node) -> list[tuple[Node, tuple[Node, ...]]]:
    """Every query and operator of a tree, with the queries around it, the innermost first (a query is its own)."""
    found: list[tuple[Node, tuple[Node, ...]]] = []
    pending: list[tuple[Any, tuple[Node, ...]]] = [(query, ())]
    while pending:
        value, around = pending.pop()
        if type(value) is list:
            pending.extend([(part, around) for part in value])
            continue
        if type(value) is not dict:
            continue
        tag = value["tag"]
        if tag in _LEAVES:
            continue
        if tag == "QUERY":
            around = (value, *around)
            found.append((value, around))
        elif tag == "OPEXPR":
            found.append((value, around))
        pending.extend([(part, around) for part in value.values() if type(part) is list or type(part) is dict])
    return found
