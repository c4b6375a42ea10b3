"""Columns of relations as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pytest_errorbudget.model.schema import Column, Generated, Identity
from pytest_errorbudget.readers.catalog.expressions import rendered
from pytest_errorbudget.readers.catalog.grouping import Row, Tuples, grouped
from pytest_errorbudget.readers.catalog.guards import Place
from pytest_errorbudget.readers.catalog.layouts import ColumnRow, Layout
from pytest_errorbudget.readers.catalog.objects import Objects
from pytest_errorbudget.readers.catalog.types import ResolvedType, Types

_IDENTITY: Mapping[str, Identity] = {"a": Identity.ALWAYS, "d": Identity.BY_DEFAULT}
_GENERATED: Mapping[str, Generated] = {"s": Generated.STORED, "v": Generated.VIRTUAL}
_NONE: Sequence[Row] = ()


class Columns:
    """Equal columns are one object, and so are equal lists of them.

    ``defaults`` are rows of ``sql/defaults.sql``, ``unproven`` (relation, number) of columns whose NOT NULL keeps
    nothing out. ``neutral`` maps a tenant's schema to the name under which the migrations create it.
    """

    def __init__(
        self,
        defaults: Iterable[Row],
        unproven: Iterable[Row],
        types: Types,
        objects: Objects,
        neutral: Mapping[str, str],
    ) -> None:
        self._defaults = grouped(defaults)
        self._unproven = grouped(unproven)
        self._types = types
        self._objects = objects
        self._neutral = neutral
        self._tuples = Tuples()
        self._lists: dict[tuple[Layout, str, bool], tuple[Column, ...]] = {}  # of columns without an expression
        self._plain: dict[tuple[Any, ...], Column] = {}  # these by what their rows say
        self._known: dict[tuple[Any, ...], Column] = {}
        self._resolved: dict[tuple[int, int, bool], ResolvedType] = {}
        self._same_types: dict[ResolvedType, ResolvedType] = {}
        self._expressions: dict[tuple[str, str], str] = {}

    def of(self, relation: int, layout: Layout, place: Place, schema: str, *, stored: bool) -> tuple[Column, ...]:
        """A domain keeps NULLs out of what is ``stored`` only: a view may have an outer join."""
        if relation in self._defaults or relation in self._unproven:
            return self._tuples.same(self._detailed(relation, layout, place, schema, stored))
        key = (layout, schema if layout.own_types else "", stored)
        known = self._lists.get(key)
        if known is None:
            found = tuple([self._without_expression(row, layout, schema, stored) for row in layout.columns])
            known = self._lists[key] = self._tuples.same(found)
        return known

    def _detailed(self, relation: int, layout: Layout, place: Place, schema: str, stored: bool) -> tuple[Column, ...]:
        """Of a relation that has an expression, or a NOT NULL that keeps nothing out."""
        expressions = {number: text for _, number, text in self._defaults.get(relation, _NONE)}
        unproven = {number for _, number in self._unproven.get(relation, _NONE)}
        found = []
        for column in layout.columns:
            row = column._replace(not_null=False) if column.number in unproven else column
            expression = expressions.get(row.number)
            if expression is None:
                found.append(self._without_expression(row, layout, schema, stored))
            else:
                found.append(self._column(row, expression, place, schema, stored))
        return tuple(found)

    def _without_expression(self, row: ColumnRow, layout: Layout, schema: str, stored: bool) -> Column:
        key = (schema if layout.own_types else "", stored, row[1:])
        known = self._plain.get(key)
        if known is None:
            known = self._plain[key] = self._new_column(row, schema, stored)
        return known

    def _column(self, row: ColumnRow, expression: str, place: Place, schema: str, stored: bool) -> Column:
        if row.generated:
            generation = rendered(expression, self._objects, place.columns, place.own)
            return self._new_column(row, schema, stored, generation=generation)
        return self._new_column(row, schema, stored, default=self._default(expression, schema, place))

    def _new_column(
        self, row: ColumnRow, schema: str, stored: bool, *, default: str | None = None, generation: str | None = None
    ) -> Column:
        resolved = self._type(row.type, row.typmod, schema)
        not_null = row.not_null or (stored and resolved.not_null)
        key = (row.name, id(resolved), not_null, row.identity, row.generated, default, generation)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Column(
                name=row.name,
                type=resolved.type,
                not_null=not_null,
                has_default=default is not None,
                default=default,
                base=resolved.base,
                identity=_IDENTITY.get(row.identity),
                generated=_GENERATED.get(row.generated),
                generation=generation,
            )
        return known

    def _type(self, oid: int, typmod: int, schema: str) -> ResolvedType:
        """One that another tenant's schema holds keeps the name of that schema."""
        home = self._types.home(oid)
        elsewhere = home != schema and home in self._neutral
        key = (oid, typmod, elsewhere)
        if key not in self._resolved:
            types = self._types.as_written if elsewhere else self._types
            resolved = types.resolved(oid, typmod)
            self._resolved[key] = self._same_types.setdefault(resolved, resolved)
        return self._resolved[key]

    def _default(self, text: str, schema: str, place: Place) -> str:
        """Defaults name no columns, so a text means the same in every table of a schema."""
        key = (text, schema)
        if key not in self._expressions:
            self._expressions[key] = rendered(text, self._objects, place.columns, place.own)
        return self._expressions[key]
