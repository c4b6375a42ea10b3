"""The digest of a schema."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_errorbudget.model.formats.schema_digest import schema_digest
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import (
    Column,
    CompositeField,
    CompositeType,
    EnumType,
    Relation,
    RelationKind,
    Schema,
)
from pytest_errorbudget.model.source import Span

_COLUMN = Column(name="é", type=PgType("numeric", modifiers=(10, 2)), has_default=True, default="0")
_TABLE = Relation(schema="public", name="t", kind=RelationKind.TABLE, columns=(_COLUMN,))
_SCHEMA = Schema(relations=(_TABLE,))
_MEMBER = CompositeField("x", PgType("int4"))


def test_it_is_the_same_everywhere() -> None:
    assert schema_digest(Schema()) == "f0be47fb000005989e012269043c7f0eb4c1ab600a0b718e54cfbf0395ca88d2"
    assert schema_digest(_SCHEMA) == "e060e912cfe98776609028d070b59d218645c3acea1e76130ecff2471bcfdb77"


def test_where_a_thing_was_written_takes_no_part() -> None:
    moved = replace(_COLUMN, origin=Span("migrations/1.sql", 7))
    assert schema_digest(Schema(relations=(replace(_TABLE, columns=(moved,)),))) == schema_digest(_SCHEMA)


@pytest.mark.parametrize(
    "other",
    [
        Schema(),
        Schema(relations=(replace(_TABLE, name="u"),)),
        Schema(relations=(replace(_TABLE, kind=RelationKind.VIEW),)),
        Schema(relations=(replace(_TABLE, columns=(replace(_COLUMN, not_null=True),)),)),
        Schema(relations=(replace(_TABLE, columns=(replace(_COLUMN, default="1"),)),)),
        Schema(relations=(replace(_TABLE, columns=(replace(_COLUMN, type=PgType("numeric", modifiers=(10, 3))),)),)),
        replace(_SCHEMA, enums=(EnumType(schema="public", name="e", labels=("a",)),)),
        replace(_SCHEMA, composites=(CompositeType(schema="public", name="e"),)),
        replace(_SCHEMA, composites=(CompositeType(schema="public", name="e", fields=(_MEMBER,)),)),
    ],
)
def test_every_difference_shows(other: Schema) -> None:
    assert schema_digest(other) != schema_digest(_SCHEMA)
