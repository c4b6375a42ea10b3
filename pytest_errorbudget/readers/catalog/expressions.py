"""Stored expressions as text that is the same for every tenant: names for object ids, no positions.

What PostgreSQL's own ``pg_get_expr`` writes is the newest state and not the snapshot's, so the trees are read here.
Common nodes come out as SQL; any other one as ``TAG(field value, …)``, which is not SQL and still compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pytest_errorbudget.model.pgtype import CATALOG, PgType, quoted
from pytest_errorbudget.readers.catalog.constants import constant, constant_bytes, literal
from pytest_errorbudget.readers.catalog.node_tree import Node, Value, parse

_REGCLASS = "regclass"
_FIRST_USER_OID = 16384
_EXPLICIT, _IMPLICIT = 1, 2
_SQL_VALUE: Mapping[int, str] = {
    0: "CURRENT_DATE",
    1: "CURRENT_TIME",
    3: "CURRENT_TIMESTAMP",
    5: "LOCALTIME",
    7: "LOCALTIMESTAMP",
    9: "CURRENT_ROLE",
    10: "CURRENT_USER",
    11: "USER",
    12: "SESSION_USER",
    13: "CURRENT_CATALOG",
    14: "CURRENT_SCHEMA",
}
_TYPE_FIELDS = re.compile(r"type(?:id)?\Z")
_NOISE = frozenset({"location", "opfuncid", "varnosyn", "varattnosyn", "list_start", "list_end", "varnullingrels"})
_NEXTVAL = re.compile(
    r"\{FUNCEXPR :funcid 1574 [^{}]*:args \(\{CONST :consttype 2205 [^{}]*:constvalue 4 \[ ([-\d ]+)\]\}\)[^{}]*\}\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """What the ids in expressions are called: (schema, name), the schema already neutral."""

    functions: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    operators: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    relations: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    collations: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    types: Mapping[int, PgType] = field(default_factory=dict)
    labels: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The object ids that some expressions name."""

    functions: tuple[int, ...]
    operators: tuple[int, ...]
    relations: tuple[int, ...]
    collations: tuple[int, ...]


def _ids(pattern: str, text: str) -> tuple[int, ...]:
    return tuple(sorted({int(number) for number in re.findall(pattern, text)}))


def wanted(expressions: Iterable[str]) -> Wanted:
    """One pass over the text: cheaper than parsing every tree twice."""
    text = "\n".join(expressions)
    constants = re.findall(r":consttype 2205 [^{}]*:constvalue 4 \[ ([-\d ]+)\]", text)
    return Wanted(
        functions=_ids(r":funcid (\d+)", text),
        operators=_ids(r":opno (\d+)", text),
        relations=tuple(sorted({_oid(numbers) for numbers in constants} | set(_ids(r":seqid (\d+)", text)))),
        collations=tuple(oid for oid in _ids(r"coll(?:ation|id|Oid) (\d+)", text) if oid >= _FIRST_USER_OID),
    )


def _oid(numbers: str) -> int:
    return int.from_bytes(bytes(int(n) & 0xFF for n in numbers.split()[:4]), "little")


def rendered(text: str, objects: Objects, columns: Mapping[int, str]) -> str:
    """The normal form of one expression; ``columns`` are the names behind the relation's attribute numbers."""
    sequence = _NEXTVAL.match(text)  # the default of every serial column, so it has a path of its own
    if sequence is not None:
        return f"nextval({_regclass(_oid(sequence[1]), objects)})"
    try:
        return _Renderer(objects, columns).value(parse(text))
    except (ValueError, IndexError):
        return re.sub(r" :location -?\d+", "", text)


def rendered_list(text: str, objects: Objects, columns: Mapping[int, str]) -> tuple[str, ...]:
    """The expressions of an index, in order."""
    value = parse(text)
    renderer = _Renderer(objects, columns)
    return tuple(renderer.value(v) for v in value) if isinstance(value, tuple) else (renderer.value(value),)


def rendered_anywhere(text: str, objects: Objects) -> str:
    """The same of an expression, or of a list, whose columns keep their numbers."""
    nothing: Mapping[int, str] = {}
    return (
        "\0".join(rendered_list(text, objects, nothing)) if text.startswith("(") else rendered(text, objects, nothing)
    )


def _name(found: tuple[str, str] | None, oid: int) -> str:
    if found is None:
        return f"#{oid}"
    schema, name = found
    return quoted(name) if schema in {CATALOG, "public"} else f"{quoted(schema)}.{quoted(name)}"


def _regclass(oid: int, objects: Objects) -> str:
    return f"{literal(_name(objects.relations.get(oid), oid))}::regclass"


@dataclass(frozen=True, slots=True)
class _Renderer:
    objects: Objects
    columns: Mapping[int, str]

    def value(self, value: Value) -> str:
        if isinstance(value, Node):
            return self.node(value)
        if isinstance(value, tuple):
            return f"[{', '.join(self.value(v) for v in value)}]"
        return value

    def node(self, node: Node) -> str:
        match node.tag:
            case "CONST":
                return self.const(node)
            case "FUNCEXPR":
                return self.call(node)
            case "OPEXPR":
                return self.operation(node)
            case "VAR":
                number = node.number("varattno")
                return quoted(self.columns.get(number, f"#{number}"))
            case "SQLVALUEFUNCTION" if node.number("op") in _SQL_VALUE:
                return _SQL_VALUE[node.number("op")]
            case "RELABELTYPE" | "COERCEVIAIO" | "COERCETODOMAIN":
                return self.cast(node)
            case "NEXTVALUEEXPR":
                return f"nextval({_regclass(node.number('seqid'), self.objects)})"
            case "ARRAYEXPR" | "ARRAY":
                return f"ARRAY[{', '.join(self.node(n) for n in node.nodes('elements'))}]"
            case "COALESCE" | "COALESCEEXPR":
                return f"COALESCE({', '.join(self.node(n) for n in node.nodes('args'))})"
            case "BOOLEXPR":
                return self.logic(node)
            case "NULLTEST":
                argument = node.node("arg")
                test = "IS NULL" if node.text("nulltesttype") == "0" else "IS NOT NULL"
                return f"({self.node(argument)} {test})" if argument else self.generic(node)
            case _:
                return self.generic(node)

    def type(self, oid: int) -> PgType:
        return self.objects.types.get(oid, PgType(f"#{oid}"))

    def const(self, node: Node) -> str:
        type_ = self.type(node.number("consttype"))
        if node.text("constisnull") == "true":
            return f"NULL::{type_.formatted}"
        raw = constant_bytes(node)
        oid = int.from_bytes(raw[:4], "little")
        if type_.name == _REGCLASS and type_.schema == CATALOG:
            return _regclass(oid, self.objects)
        if node.text("constlen") == "4" and type_.schema != CATALOG and oid in self.objects.labels:
            return f"{literal(self.objects.labels[oid])}::{type_.formatted}"
        known = constant(node, type_)
        return f"CONST({type_.formatted} {raw.hex()})" if known is None else known

    def call(self, node: Node) -> str:
        arguments = [self.node(n) for n in node.nodes("args")]
        form = node.number("funcformat")
        if form == _IMPLICIT and arguments:
            return arguments[0]
        if form == _EXPLICIT and arguments:
            return f"({arguments[0]})::{self.type(node.number('funcresulttype')).formatted}"
        oid = node.number("funcid")
        return f"{_name(self.objects.functions.get(oid), oid)}({', '.join(arguments)})"

    def operation(self, node: Node) -> str:
        oid = node.number("opno")
        found = self.objects.operators.get(oid)
        name = f"#{oid}" if found is None else found[1]
        arguments = [self.node(n) for n in node.nodes("args")]
        return f"({arguments[0]} {name} {arguments[1]})" if len(arguments) == 2 else f"({name} {arguments[0]})"

    def cast(self, node: Node) -> str:
        argument = node.node("arg")
        if argument is None:
            return self.generic(node)
        implicit = any(node.text(name) == "2" for name in ("relabelformat", "coerceformat", "coercionformat"))
        inner = self.node(argument)
        return inner if implicit else f"({inner})::{self.type(node.number('resulttype')).formatted}"

    def logic(self, node: Node) -> str:
        arguments = [self.node(n) for n in node.nodes("args")]
        word = node.text("boolop").strip('"')
        return f"(NOT {arguments[0]})" if word == "not" else f"({f' {word.upper()} '.join(arguments)})"

    def generic(self, node: Node) -> str:
        parts = [f"{name} {self.field(name, value)}" for name, value in node.fields.items() if name not in _NOISE]
        return f"{node.tag}({', '.join(parts)})"

    def field(self, name: str, value: Value) -> str:
        if isinstance(value, str) and value.isdigit():
            oid = int(value)
            if name == "funcid":
                return _name(self.objects.functions.get(oid), oid)
            if name == "opno":
                return _name(self.objects.operators.get(oid), oid)
            if _TYPE_FIELDS.search(name):
                return self.type(oid).formatted
            if oid >= _FIRST_USER_OID and "coll" in name:
                return _name(self.objects.collations.get(oid), oid)
        return self.value(value)
