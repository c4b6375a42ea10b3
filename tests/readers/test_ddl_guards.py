"""Triggers, policies and row-level security as changes."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.change import Change
from pytest_errorbudget.model.change_guard import (
    CreatePolicy,
    CreateTrigger,
    DropPolicy,
    DropTrigger,
    LeaveGuards,
    MoveRoutine,
    RenamePolicy,
    RenameTrigger,
    SetFiring,
    SetRowSecurity,
)
from pytest_errorbudget.model.change_parts import Existing, Name
from pytest_errorbudget.model.migration import Statement
from pytest_errorbudget.model.schema import Firing, PolicyCommand
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.ddl.statement import changes_of

_T = Name(None, "t")


def _at(sql: str, part: str = "") -> Span:
    start = sql.index(part) + 1
    return Span("m/1_x.sql", 1, start, 1, start + len(part or sql))


def _changes(sql: str) -> tuple[Change, ...]:
    return changes_of(Statement(sql=sql, span=_at(sql)))


_TRIGGER = "create or replace trigger stamp before update of a on s.t for each row execute function r.touch('x')"
_POLICY = "create policy own on t as restrictive for select to public using (a = b)"
_ROWS = "alter table only t enable row level security, no force row level security"
_FIRING = "alter table if exists t disable trigger all, enable replica trigger stamp"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            _TRIGGER,
            (
                CreateTrigger(
                    table=Name("s", "t"),
                    name="stamp",
                    function=Name("r", "touch"),
                    mentions=frozenset({"before", "update", "of", "a", "for", "each", "row"}),
                    origin=_at(_TRIGGER),
                ),
            ),
        ),
        (
            _POLICY,
            (
                CreatePolicy(
                    table=_T,
                    name="own",
                    command=PolicyCommand.SELECT,
                    permissive=False,
                    mentions=frozenset({"to", "public", "using", "a", "b"}),
                    origin=_at(_POLICY),
                ),
            ),
        ),
        (
            _ROWS,
            (
                SetRowSecurity(table=_T, enabled=True, origin=_at(_ROWS, "enable row level security")),
                SetRowSecurity(table=_T, forced=False, origin=_at(_ROWS, "no force row level security")),
            ),
        ),
        (
            _FIRING,
            (
                SetFiring(
                    table=_T,
                    name=None,
                    firing=Firing.DISABLED,
                    missing=Existing.SKIPS,
                    origin=_at(_FIRING, "disable trigger all"),
                ),
                SetFiring(
                    table=_T,
                    name="stamp",
                    firing=Firing.REPLICA,
                    missing=Existing.SKIPS,
                    origin=_at(_FIRING, "enable replica trigger stamp"),
                ),
            ),
        ),
        ("drop trigger if exists stamp on t cascade", (DropTrigger, "stamp", None)),
        ("drop policy own on t", (DropPolicy, "own", None)),
        ("alter trigger stamp on t rename to mark", (RenameTrigger, "stamp", "mark")),
        ("alter policy own on t rename to mine", (RenamePolicy, "own", "mine")),
    ],
)
def test_a_statement_about_guards(sql: str, expected: tuple[object, ...]) -> None:
    found = _changes(sql)
    match expected:
        case (type() as kind, name, to):
            more = {} if to is None else {"to": to}
            assert found == (kind(table=_T, name=name, **more, origin=_at(sql)),)
        case _:
            assert found == expected


def test_a_function_under_another_name_or_in_another_schema() -> None:
    renamed, moved = "alter function touch(int) rename to mark", "alter function touch set schema r"
    assert _changes(renamed) == (MoveRoutine(name="touch", to="mark", origin=_at(renamed)),)
    assert _changes(moved) == (MoveRoutine(name="touch", schema="r", origin=_at(moved)),)


def test_a_block_that_drops_a_trigger_leaves_the_tables_that_it_names() -> None:
    (change,) = _changes("do $$ begin drop trigger stamp on t; end $$")
    assert isinstance(change, LeaveGuards)
    assert change.mentions is not None
    assert "t" in change.mentions


def test_a_block_that_builds_statements_leaves_every_table() -> None:
    (change,) = _changes("do $$ begin execute 'drop trigger stamp on ' || 't'; end $$")
    assert isinstance(change, LeaveGuards)
    assert change.mentions is None


@pytest.mark.parametrize(
    "sql",
    [
        "alter policy own on t using (true)",
        "alter trigger stamp on t depends on extension x",
        "alter table t enable rule r",
        "create trigger stamp instead",
        "alter function f() owner to x",
    ],
)
def test_what_is_left_to_the_real_replay(sql: str) -> None:
    assert _changes(sql) == ()
