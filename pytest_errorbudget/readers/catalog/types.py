"""PostgreSQL's types by object id, as the model's."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pytest_errorbudget.model.pgtype import CATALOG, PgType

_NONE = -1
_BROUGHT = "public"
_HEADER = 4
_INTERVAL_FULL_PRECISION = 0xFFFF
_YEAR, _MONTH, _DAY, _HOUR, _MINUTE, _SECOND = 1 << 2, 1 << 1, 1 << 3, 1 << 10, 1 << 11, 1 << 12
_INTERVAL_FIELDS: Mapping[int, str] = {
    _YEAR: "year",
    _MONTH: "month",
    _DAY: "day",
    _HOUR: "hour",
    _MINUTE: "minute",
    _SECOND: "second",
    _YEAR | _MONTH: "year to month",
    _DAY | _HOUR: "day to hour",
    _DAY | _HOUR | _MINUTE: "day to minute",
    _DAY | _HOUR | _MINUTE | _SECOND: "day to second",
    _HOUR | _MINUTE: "hour to minute",
    _HOUR | _MINUTE | _SECOND: "hour to second",
    _MINUTE | _SECOND: "minute to second",
}


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A row of ``sql/types.sql``; ``element`` is 0 for what is no array, ``brought`` what an extension brings."""

    oid: int
    name: str
    schema: str
    kind: str
    base: int
    base_typmod: int
    not_null: bool
    element: int
    brought: bool = False


@dataclass(frozen=True, slots=True)
class ResolvedType:
    """``base`` is the type under a domain, ``not_null`` what the domain itself demands."""

    type: PgType
    base: PgType | None
    not_null: bool


class Types:
    """Types of one snapshot. ``neutral`` maps a tenant's schema to the name that the migrations use.

    What extensions bring goes by ``public``, wherever they are installed: that is the choice of whoever made the
    database.
    """

    def __init__(self, rows: Iterable[TypeRow], neutral: Mapping[str, str], brought: str | None = _BROUGHT) -> None:
        self._rows = {row.oid: row for row in rows}
        self._neutral = neutral
        self._brought = brought

    @property
    def as_written(self) -> Types:
        """The same types under the names of the schemas that hold them."""
        return Types(self._rows.values(), {}, None)

    def home(self, oid: int) -> str:
        """The schema of a type; of an array, that of its elements."""
        row = self._rows.get(oid)
        return "" if row is None else row.schema

    def is_brought(self, oid: int) -> bool:
        """Whether an extension brings the type."""
        row = self._rows.get(oid)
        return row is not None and row.brought

    def domains(self) -> tuple[TypeRow, ...]:
        """Without those of extensions."""
        return tuple(row for row in self._rows.values() if row.kind == "d" and not row.brought)

    def meanings(self) -> Iterator[tuple[str, Hashable]]:
        """The schema, and what the type's name means there, of every type that is not PostgreSQL's own."""
        for row in self._rows.values():
            if row.schema != CATALOG and not row.element:
                yield row.schema, (row.name, row.kind, self.resolved(row.oid, _NONE) if row.kind == "d" else None)

    def plain(self) -> Mapping[int, PgType]:
        """Every type without modifiers, for expressions."""
        return {oid: self.type(oid, _NONE) for oid in self._rows}

    def type(self, oid: int, typmod: int) -> PgType:
        row = self._rows.get(oid)
        if row is None:
            return PgType("record" if oid else "unknown")
        if row.element:
            inner = self.type(row.element, typmod)
            return PgType(inner.name, inner.schema, inner.modifiers, 1, inner.fields)
        modifiers, fields = _modifiers(row, typmod)
        return PgType(row.name, self._schema(row), modifiers, 0, fields)

    def _schema(self, row: TypeRow) -> str:
        if row.brought and self._brought is not None:
            return self._brought
        return self._neutral.get(row.schema, row.schema)

    def resolved(self, oid: int, typmod: int) -> ResolvedType:
        row, not_null, base, modifier = self._rows.get(oid), False, oid, typmod
        while row is not None and row.kind == "d":
            not_null = not_null or row.not_null
            base, modifier = row.base, row.base_typmod
            row = self._rows.get(base)
        under = None if base == oid else self.type(base, modifier)
        return ResolvedType(self.type(oid, typmod), under, not_null)


def _modifiers(row: TypeRow, typmod: int) -> tuple[tuple[int, ...], str]:
    """The numbers in brackets that ``format_type`` would write, and an interval's fields."""
    if typmod == _NONE:
        return (), ""
    if row.schema != CATALOG:
        return (typmod,), ""
    if row.name in {"varchar", "bpchar"}:
        return (typmod - _HEADER,), ""
    if row.name == "numeric":
        packed = typmod - _HEADER
        return (packed >> 16 & 0xFFFF, ((packed & 0x7FF) ^ 1024) - 1024), ""
    if row.name == "interval":
        precision, fields = typmod & 0xFFFF, _INTERVAL_FIELDS.get(typmod >> 16 & 0x7FFF, "")
        return (() if precision == _INTERVAL_FULL_PRECISION else (precision,)), fields
    return (typmod,), ""
