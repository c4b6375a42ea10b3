"""PostgreSQL's facts with the static replay's lines."""

from __future__ import annotations

from pytest_errorbudget.checks.origins import with_origins
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import Column, EnumType, Index, Relation, RelationKind, Schema
from pytest_errorbudget.model.source import Span


def _schema(column_type: PgType, labels: tuple[str, ...], origin: Span | None) -> Schema:
    relation = Relation(
        schema="public",
        name="t",
        kind=RelationKind.TABLE,
        columns=(Column(name="a", type=column_type, origin=origin),),
        indexes=(Index(name="i", columns=("a",), origin=origin),),
        origin=origin,
    )
    return Schema(relations=(relation,), enums=(EnumType(schema="public", name="e", labels=labels, origin=origin),))


def test_facts_are_the_servers_and_lines_are_the_static_replays() -> None:
    line = Span("m/1_x.sql", 4)
    real = _schema(PgType("int8"), ("a", "b"), None)
    found = with_origins(real, _schema(PgType("int4"), ("a",), line))
    assert found == real
    relation = found.relations[0]
    assert [relation.origin, relation.columns[0].origin, relation.indexes[0].origin] == [line, line, line]
    assert found.enums[0].origin == line


def test_what_the_static_replay_does_not_know_keeps_the_line_that_it_has() -> None:
    line = Span("m/2_x.sql", 9)
    found = with_origins(_schema(PgType("int8"), ("a",), line), Schema())
    assert (found.relations[0].origin, found.relations[0].columns[0].origin, found.enums[0].origin) == (line,) * 3
