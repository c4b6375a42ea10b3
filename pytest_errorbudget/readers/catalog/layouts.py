"""The columns of relations, each list of them read once however many relations have it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pytest_errorbudget.readers.catalog.objects import FIRST_USER_OID, USUAL_COLLATIONS

_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class ColumnRow(NamedTuple):
    """A row of ``pg_attribute``; ``identity`` and ``generated`` are empty where it is neither."""

    number: int
    name: str
    type: int
    typmod: int
    not_null: bool
    identity: str
    generated: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """A list of columns, in order, and their names by number. ``collations`` are those of columns, by number, that are
    not the database's own; ``own_types`` says that some type is not PostgreSQL's own."""

    columns: tuple[ColumnRow, ...]
    names: Mapping[int, str]
    collations: Mapping[int, int]
    own_types: bool


NO_COLUMNS = Layout(columns=(), names={}, collations={}, own_types=False)


def layouts_of(rows: Iterable[tuple[int, str]]) -> Mapping[int, Layout]:
    """By relation, from rows of ``sql/columns.sql``; equal ones are one object."""
    known = _Known()
    return {relation: known[text] for relation, text in rows}


class _Known(dict[str, Layout]):
    def __missing__(self, text: str) -> Layout:
        found = self[text] = _layout(text)
        return found


def _layout(text: str) -> Layout:
    columns = []
    collations = {}
    for told in _elements(text):
        number, type_, typmod, not_null, collation, identity, generated, name = told.split("/", 7)
        columns.append(ColumnRow(int(number), name, int(type_), int(typmod), not_null == "t", identity, generated))
        if int(collation) not in USUAL_COLLATIONS:
            collations[int(number)] = int(collation)
    return Layout(
        columns=tuple(columns),
        names={column.number: column.name for column in columns},
        collations=collations,
        own_types=any(column.type >= FIRST_USER_OID for column in columns),
    )


def _elements(array: str) -> list[str]:
    """Of an array of texts as PostgreSQL writes it: with quotes where an element needs them; none is empty."""
    if '"' not in array:
        return array[1:-1].split(",")
    return [_ESCAPED.sub(r"\1", quoted) if quoted else plain for quoted, plain in _ELEMENT.findall(array)]
