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
_PLAIN_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_$]*\Z")


def quoted(identifier: str) -> str:
    """An identifier as SQL writes it; quotes only where they are needed."""
    return identifier if _PLAIN_IDENTIFIER.match(identifier) else '"' + identifier.replace('"', '""') + '"'


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
