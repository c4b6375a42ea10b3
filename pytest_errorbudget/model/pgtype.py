"""PostgreSQL types as values: one spelling for what the catalogue, sqlglot and people write differently."""

from __future__ import annotations

import re
from dataclasses import dataclass

CATALOG = "pg_catalog"

_FORMATTED = {
    "bool": "boolean",
    "bpchar": "character",
    "char": '"char"',
    "float4": "real",
    "float8": "double precision",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "varbit": "bit varying",
    "varchar": "character varying",
}
# Words that PostgreSQL quotes as identifiers: every key word that is not unreserved (`pg_get_keywords()`, 18).
# fmt: off
_KEYWORDS = frozenset({
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce", "collate",
    "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog", "current_date",
    "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec", "decimal",
    "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract", "false", "fetch",
    "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike",
    "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull", "join",
    "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query",
    "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading", "least", "left", "like",
    "limit", "localtime", "localtimestamp", "merge_action", "national", "natural", "nchar", "none", "normalize",
    "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only", "or", "order", "out", "outer", "overlaps",
    "overlay", "placing", "position", "precision", "primary", "real", "references", "returning", "right", "row",
    "select", "session_user", "setof", "similar", "smallint", "some", "substring", "symmetric", "system_user",
    "table", "tablesample", "then", "time", "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique",
    "user", "using", "values", "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes",
    "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot",
    "xmlserialize", "xmltable",
})
# fmt: on
_PLAIN_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_$]*\Z")


def quoted(identifier: str) -> str:
    """An identifier as SQL writes it; quotes only where they are needed."""
    plain = _PLAIN_IDENTIFIER.match(identifier) and identifier not in _KEYWORDS
    return identifier if plain else '"' + identifier.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True, order=True)
class PgType:
    """A type with its modifiers, by internal name (``int8``, ``varchar``), never by alias.

    ``modifiers`` are the numbers in brackets (length; precision and scale), ``dimensions`` is 1 for any array
    (PostgreSQL does not keep more), ``fields`` the restriction of an interval (``day to second``).
    """

    name: str
    schema: str = CATALOG
    modifiers: tuple[int, ...] = ()
    dimensions: int = 0
    fields: str = ""

    @property
    def internal(self) -> str:
        """``int8``, ``text[]``, ``public.mood``."""
        prefix = "" if self.schema == CATALOG else f"{quoted(self.schema)}."
        return f"{prefix}{self.name if self.schema == CATALOG else quoted(self.name)}{'[]' * self.dimensions}"

    @property
    def formatted(self) -> str:
        """As ``format_type`` writes it with an empty search path: ``character varying(20)[]``."""
        if self.schema != CATALOG:
            text = f"{quoted(self.schema)}.{quoted(self.name)}"
        else:
            text = _FORMATTED.get(self.name, self.name)
        if self.fields:
            text = f"{text} {self.fields}"
        if self.modifiers:
            inner = f"({','.join(map(str, self.modifiers))})"
            head, zone, tail = text.partition(" with")
            is_time = self.name in {"time", "timetz", "timestamp", "timestamptz"}
            text = f"{head}{inner}{zone}{tail}" if is_time else f"{text}{inner}"
        return text + "[]" * self.dimensions

    def __str__(self) -> str:
        return self.formatted

    @property
    def element(self) -> PgType:
        return PgType(self.name, self.schema, self.modifiers, 0, self.fields)


# What a column's type is called where only PostgreSQL can tell it; PostgreSQL itself gives no column this type.
UNKNOWN = PgType("unknown")
