"""Stored expressions as text that is the same for every tenant: names for object ids, no positions.

What PostgreSQL's own ``pg_get_expr`` writes is the newest state and not the snapshot's, so the trees are read here.
Common nodes come out as SQL; any other one as ``TAG(field value, …)``, which is not SQL and still compares.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pytest_errorbudget.model.pgtype import CATALOG, PgType, quoted
from pytest_errorbudget.readers.catalog.constants import constant, constant_bytes, literal
from pytest_errorbudget.readers.catalog.node_tree import Node, Value, parse
from pytest_errorbudget.readers.catalog.objects import FIRST_USER_OID, Objects, oid_of
from pytest_errorbudget.readers.catalog.ranges import Range, ranges_of

_REGCLASS = "regclass"
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
_TYPE_FIELDS = re.compile(r"type(?:id)?\Z", re.IGNORECASE)
_FUNCTIONS = frozenset({"funcid", "aggfnoid", "winfnoid"})
_OPERATORS = frozenset({"opno", "eqop", "sortop"})
# Places, what follows from other fields, and what depends on when a query was stored rather than on what it says.
_NOISE = frozenset(
    {
        *("location", "opfuncid", "hashfuncid", "negfuncid", "varnosyn", "varattnosyn", "list_start", "list_end"),
        *("varnullingrels", "eref", "alias", "joinaliasvars", "joinleftcols", "joinrightcols", "join_using_alias"),
        *("rteperminfos", "perminfoindex", "rellockmode", "requiredPerms", "checkAsUser", "selectedCols"),
        *("insertedCols", "updatedCols", "extraUpdatedCols", "resorigtbl", "resorigcol", "stmt_location", "stmt_len"),
        *("queryId", "constraintDeps"),
    }
)
_UNRESOLVED = re.compile(r"#\d{5,}")
_NEXTVAL = re.compile(
    r"\{FUNCEXPR :funcid 1574 [^{}]*:args \(\{CONST :consttype 2205 [^{}]*:constvalue 4 \[ ([-\d ]+)\]\}\)[^{}]*\}\Z"
)


def rendered(text: str, objects: Objects, columns: Mapping[int, str], own: Mapping[str, str]) -> str:
    """The normal form of one expression; ``columns`` are the names behind the relation's attribute numbers, ``own``
    what the schema of the relation is called in it."""
    sequence = _NEXTVAL.match(text)  # the default of every serial column, so it has a path of its own
    if sequence is not None:
        return f"nextval({_regclass(oid_of(sequence[1]), objects, own)})"
    return _expression(text, _Renderer(objects, ((Range(columns),),), own))


def rendered_when(text: str, objects: Objects, columns: Mapping[int, str], own: Mapping[str, str]) -> str:
    """The condition of a trigger, over the old row and the new one."""
    rows = (Range(columns, prefix="old."), Range(columns, prefix="new."))
    return _expression(text, _Renderer(objects, (rows,), own))


def _expression(text: str, renderer: _Renderer) -> str:
    """One that reads tables is long and no SQL: a digest stands for it."""
    try:
        normal = renderer.value(parse(text))
    except (ValueError, IndexError):
        return re.sub(r" :location -?\d+", "", text)
    return f"QUERY({_digest(normal)})" if "QUERY(" in normal else normal


def _digest(normal: str) -> str:
    return hashlib.sha256(normal.encode()).hexdigest()[:16]


def rendered_list(text: str, objects: Objects, columns: Mapping[int, str], own: Mapping[str, str]) -> tuple[str, ...]:
    """The expressions of an index, in order."""
    value = parse(text)
    renderer = _Renderer(objects, ((Range(columns),),), own)
    return tuple(renderer.value(v) for v in value) if isinstance(value, tuple) else (renderer.value(value),)


def rendered_anywhere(text: str, objects: Objects, own: Mapping[str, str]) -> str:
    """The same of an expression, or of a list, whose columns keep their numbers."""
    nothing: Mapping[int, str] = {}
    if text.startswith("("):
        return "\0".join(rendered_list(text, objects, nothing, own))
    return rendered(text, objects, nothing, own)


def query_digest(text: str, objects: Objects, own: Mapping[str, str]) -> str | None:
    """16 hex digits over the normal form of a view's query; ``None`` where it names what is not known by name."""
    try:
        normal = _Renderer(objects, (), own).value(parse(text))
    except (ValueError, IndexError):
        return None
    return None if _UNRESOLVED.search(normal) else _digest(normal)


def _name(found: tuple[str, str] | None, oid: int, own: Mapping[str, str]) -> str:
    if found is None:
        return f"#{oid}"
    schema, name = own.get(found[0], found[0]), found[1]
    return quoted(name) if schema in {CATALOG, "public"} else f"{quoted(schema)}.{quoted(name)}"


def _regclass(oid: int, objects: Objects, own: Mapping[str, str]) -> str:
    return f"{literal(_name(objects.relations.get(oid), oid, own))}::regclass"


@dataclass(frozen=True, slots=True)
class _Renderer:
    objects: Objects
    scopes: tuple[tuple[Range, ...], ...]
    own: Mapping[str, str]

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
                return self.variable(node)
            case "QUERY":
                ranges = ranges_of(node, self.objects.columns, len(self.scopes))
                return replace(self, scopes=(*self.scopes, ranges)).generic(node)
            case "SQLVALUEFUNCTION" if node.number("op") in _SQL_VALUE:
                return _SQL_VALUE[node.number("op")]
            case "RELABELTYPE" | "COERCEVIAIO" | "COERCETODOMAIN" | "ARRAYCOERCEEXPR":
                return self.cast(node)
            case "NEXTVALUEEXPR":
                return f"nextval({_regclass(node.number('seqid'), self.objects, self.own)})"
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
            case "COERCETODOMAINVALUE":
                return "VALUE"
            case "SCALARARRAYOPEXPR":
                return self.any_or_all(node)
            case "DISTINCTEXPR":
                left, right = (self.node(n) for n in node.nodes("args"))
                return f"({left} IS DISTINCT FROM {right})"
            case "CASE" | "CASEEXPR":
                return self.case(node)
            case _:
                return self.generic(node)

    def variable(self, node: Node) -> str:
        """A column by its name; one of a join, or of a list to group by, by what it stands for."""
        number, place = node.number("varattno"), node.number("varno") - 1
        scopes = self.scopes[: len(self.scopes) - node.number("varlevelsup")]
        ranges = scopes[-1] if scopes else ()
        if not 0 <= place < len(ranges):
            return f"#{number}"
        meant = ranges[place].meant(number)
        if isinstance(meant, Node):
            return replace(self, scopes=scopes).node(meant)
        return meant if meant is not None else f"{len(scopes) - 1}.{place + 1}.{number}"

    def any_or_all(self, node: Node) -> str:
        oid = node.number("opno")
        found = self.objects.operators.get(oid)
        left, right = (self.node(n) for n in node.nodes("args"))
        word = "ANY" if node.text("useOr") == "true" else "ALL"
        return f"({left} {f'#{oid}' if found is None else found[1]} {word} ({right}))"

    def case(self, node: Node) -> str:
        """A CASE without an operand; one with it repeats a value that has no text of its own."""
        rest, branches = node.node("defresult"), node.nodes("args")
        if node.node("arg") is not None or rest is None:
            return self.generic(node)
        parts = [(branch.node("expr"), branch.node("result")) for branch in branches]
        shown = [f"WHEN {self.node(when)} THEN {self.node(then)}" for when, then in parts if when and then]
        return f"CASE {' '.join(shown)} ELSE {self.node(rest)} END"

    def type(self, oid: int) -> PgType:
        return self.objects.types.get(oid, PgType(f"#{oid}"))

    def const(self, node: Node) -> str:
        type_ = self.type(node.number("consttype"))
        if node.text("constisnull") == "true":
            return f"NULL::{type_.formatted}"
        raw = constant_bytes(node)
        oid = int.from_bytes(raw[:4], "little")
        if type_.name == _REGCLASS and type_.schema == CATALOG:
            return _regclass(oid, self.objects, self.own)
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
        return f"{_name(self.objects.functions.get(oid), oid, self.own)}({', '.join(arguments)})"

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
        if isinstance(value, tuple) and value[:1] == ("o",):
            return f"[{', '.join(self.listed(inner) for inner in value[1:])}]"
        if isinstance(value, str) and value.isdigit():
            oid = int(value)
            if name in _FUNCTIONS:
                return _name(self.objects.functions.get(oid), oid, self.own)
            if name in _OPERATORS:
                return _name(self.objects.operators.get(oid), oid, self.own)
            if name == "relid":
                return _name(self.objects.relations.get(oid), oid, self.own)
            if _TYPE_FIELDS.search(name):
                return self.type(oid).formatted
            if oid >= FIRST_USER_OID and "coll" in name:
                return _name(self.objects.collations.get(oid), oid, self.own)
        return self.value(value)

    def listed(self, value: Value) -> str:
        """One of a list of object ids: types, or collations."""
        if not isinstance(value, str) or not value.isdigit() or int(value) < FIRST_USER_OID:
            return self.value(value)
        oid = int(value)
        known = self.objects.types.get(oid)
        return _name(self.objects.collations.get(oid), oid, self.own) if known is None else known.formatted
