"""Where the replay without a database and PostgreSQL part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_errorbudget.checks.agreement import disagreements
from pytest_errorbudget.model.item import migration_item
from pytest_errorbudget.model.migration import Inexact, StaticReplay
from pytest_errorbudget.model.pgtype import UNKNOWN, PgType
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import (
    Column,
    Constraint,
    ConstraintKind,
    EnumType,
    Firing,
    Identity,
    Index,
    Policy,
    PolicyCommand,
    Reference,
    Relation,
    RelationKind,
    RowSecurity,
    Schema,
    Trigger,
)
from pytest_errorbudget.model.source import Span

_LINE = Span("migrations/0007_widen.sql", 3, 5)
_COLUMN = Column(name="amount", type=PgType("int8"), not_null=True, origin=_LINE)
_INDEX = Index(name="i", columns=("amount",), origin=_LINE)
_KEY = Constraint(
    name="k",
    kind=ConstraintKind.FOREIGN_KEY,
    columns=("amount",),
    references=Reference("public", "u", ("id",)),
    origin=_LINE,
)
_TABLE = Relation(
    schema="public",
    name="t",
    kind=RelationKind.TABLE,
    columns=(_COLUMN,),
    indexes=(_INDEX,),
    constraints=(_KEY,),
    origin=_LINE,
)


def _schema(table: Relation) -> Schema:
    return Schema(relations=(table,))


def test_replays_that_agree_say_nothing() -> None:
    assert disagreements(StaticReplay(schema=_schema(_TABLE)), _schema(_TABLE)) == ()


_TRIGGER = Trigger(name="stamp", function="touch", origin=_LINE)
_POLICY = Policy(name="own", origin=_LINE)
_GUARDED = replace(
    _TABLE,
    triggers=(_TRIGGER,),
    policies=(_POLICY,),
    row_security=RowSecurity(enabled=True, forced=True, origin=_LINE),
)


@pytest.mark.parametrize(
    ("built", "place", "claimed", "found"),
    [
        (replace(_GUARDED, triggers=()), "t trigger stamp", "there", "missing"),
        (
            replace(_GUARDED, triggers=(replace(_TRIGGER, firing=Firing.DISABLED),)),
            "t trigger stamp",
            "there",
            "there, firing: disabled",
        ),
        (replace(_GUARDED, policies=()), "t policy own", "a permissive policy for all", "missing"),
        (
            replace(_GUARDED, policies=(replace(_POLICY, command=PolicyCommand.SELECT, permissive=False),)),
            "t policy own",
            "a permissive policy for all",
            "a restrictive policy for select",
        ),
        (replace(_GUARDED, row_security=RowSecurity(forced=True)), "t row-level security", "enabled", "disabled"),
        (replace(_GUARDED, row_security=RowSecurity(enabled=True)), "t row-level security", "forced", "not forced"),
    ],
)
def test_triggers_and_policies_are_there_as_claimed(built: Relation, place: str, claimed: str, found: str) -> None:
    (finding,) = disagreements(StaticReplay(schema=_schema(_GUARDED)), _schema(built))
    assert finding.message == (
        f"the two replays of the migrations disagree on `{place}`: "
        f"read without a database it is {claimed}, in PostgreSQL it is {found}"
    )


def test_programs_may_make_triggers_and_policies_that_only_postgresql_knows() -> None:
    assert disagreements(StaticReplay(schema=_schema(_TABLE)), _schema(_GUARDED)) == ()


def test_a_disagreement_points_at_the_line_of_the_static_replay() -> None:
    real = _schema(replace(_TABLE, columns=(replace(_COLUMN, type=PgType("int4")),)))
    (finding,) = disagreements(StaticReplay(schema=_schema(_TABLE)), real)
    assert (finding.rule, finding.place) == (Rule.REPLAY_DISAGREES, "t.amount")
    assert finding.message == (
        "the two replays of the migrations disagree on `t.amount`: read without a database it is `bigint`, "
        "in PostgreSQL it is `integer`"
    )
    assert finding.items == (migration_item("migrations/0007_widen.sql"),)
    assert [(label.span, label.text) for label in finding.labels] == [(_LINE, "read as `bigint`")]
    assert finding.consequence == (
        "PostgreSQL's own answer is used for every comparison, but the line shown for this object may not be "
        "the one that made it so."
    )
    assert finding.help == (
        "This is a fault of the static reader: please report it with the statement that is marked here."
    )


_OTHER_COLUMN = Column(name="extra", type=PgType("text"))


@pytest.mark.parametrize(
    ("real", "place", "claimed", "built"),
    [
        (replace(_TABLE, name="v"), "t", "there", "missing"),
        (replace(_TABLE, columns=(replace(_COLUMN, not_null=False),)), "t.amount", "NOT NULL", "nullable"),
        (
            replace(_TABLE, columns=(replace(_COLUMN, has_default=True),)),
            "t.amount",
            "without a default",
            "with a default",
        ),
        (
            replace(_TABLE, columns=(replace(_COLUMN, identity=Identity.ALWAYS),)),
            "t.amount",
            "no identity column",
            "identity always",
        ),
        (replace(_TABLE, columns=(_COLUMN, _OTHER_COLUMN)), "t.extra", "missing", "`text`"),
        (replace(_TABLE, indexes=()), "t index i", "btree index on (amount)", "missing"),
        (
            replace(_TABLE, indexes=(replace(_INDEX, unique=True, partial=True),)),
            "t index i",
            "btree index on (amount)",
            "unique partial btree index on (amount)",
        ),
        (
            replace(_TABLE, constraints=(replace(_KEY, references=Reference("public", "w", ("id",))),)),
            "t constraint k",
            "foreign key on (amount) to public.u (id)",
            "foreign key on (amount) to public.w (id)",
        ),
        (
            replace(_TABLE, constraints=(_KEY, Constraint(name="c", kind=ConstraintKind.CHECK, columns=("amount",)))),
            "t constraint c",
            "missing",
            "check on (amount)",
        ),
    ],
)
def test_every_fact_is_compared(real: Relation, place: str, claimed: str, built: str) -> None:
    (finding,) = disagreements(StaticReplay(schema=_schema(_TABLE)), _schema(real))
    assert (finding.place, finding.message.partition(": ")[2]) == (
        place,
        f"read without a database it is {claimed}, in PostgreSQL it is {built}",
    )


def test_enum_labels_are_compared_with_their_order() -> None:
    claimed = EnumType(schema="public", name="mood", labels=("a", "b"), origin=_LINE)
    (finding,) = disagreements(
        StaticReplay(schema=Schema(enums=(claimed,))), Schema(enums=(replace(claimed, labels=("b", "a")),))
    )
    assert finding.message.endswith("read without a database it is (a, b), in PostgreSQL it is (b, a)")


def test_a_relation_that_is_not_claimed_is_not_compared() -> None:
    static = StaticReplay(schema=Schema(), inexact=(Inexact(schema="public", name="t", reason="a DO block"),))
    assert disagreements(static, _schema(_TABLE)) == ()


def test_a_type_that_is_not_claimed_is_not_compared() -> None:
    claimed = replace(_TABLE, columns=tuple(replace(column, type=UNKNOWN) for column in _TABLE.columns))
    assert disagreements(StaticReplay(schema=_schema(claimed)), _schema(_TABLE)) == ()


def test_the_bookkeeping_table_is_left_out() -> None:
    assert disagreements(StaticReplay(schema=_schema(replace(_TABLE, name="_sqlx_migrations"))), Schema()) == ()


def test_expressions_compare_as_expressions_and_extension_types_without_modifiers() -> None:
    static = replace(
        _TABLE,
        columns=(replace(_COLUMN, type=PgType("vector", "public", (3,))),),
        indexes=(replace(_INDEX, columns=("lower(x)",)),),
    )
    real = replace(
        _TABLE,
        columns=(replace(_COLUMN, type=PgType("vector", "public")),),
        indexes=(replace(_INDEX, columns=("lower(x::text)",)),),
    )
    assert disagreements(StaticReplay(schema=_schema(static)), _schema(real)) == ()
