"""An INSERT that leaves out a column that must have a value."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.migration import MigrationFile, MigrationKind, MigrationSet, Statement
from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.source import Span


def test_a_column_without_a_default_must_be_given(world, words):
    world.query("add", call=QueryCall.QUERY)
    table = words.schema(invoices={"id": "int8 not null identity", "total": "int8 not null", "note": "text"})
    world.shape("a", "acme", schema=table, add=words.typed(inserts="invoices(note)"))
    (finding,), unchecked = world.run()
    assert finding.message == (
        "tenant `acme`: the INSERT of `add` leaves out `invoices.total`, which is NOT NULL and has no default"
    )
    assert finding.consequence == (
        'Every call fails at run time with `sqlx::Error::Database` (SQLSTATE 23502: null value in column "total"), so '
        "a 500 where a handler passes it on."
    )
    assert finding.help == "give `invoices.total` a value in the INSERT, or a default in a migration"
    assert [(str(label.span), label.text) for label in finding.labels] == [
        ("src/queries.rs:11:1", "gives `invoices` no value for `invoices.total`")
    ]
    assert [str(item) for item in finding.items] == ["src/queries.rs::add[acme]"]
    assert unchecked == ()


@pytest.mark.parametrize(
    "column", ["int8", "int8 not null default", "int8 not null identity", "int8 not null generated"]
)
def test_a_column_that_fills_itself_may_be_left_out(world, words, column):
    world.query("add", call=QueryCall.QUERY)
    table = words.schema(invoices={"id": column})
    world.shape("a", "acme", schema=table, add=words.typed(inserts="invoices()"))
    assert world.reported() == []


def test_several_columns_are_one_finding(world, words):
    world.query("add", call=QueryCall.TOKIO_EXECUTE)
    table = words.schema(invoices={"id": "int8 not null", "total": "int8 not null"})
    world.shape("a", "acme", schema=table, add=words.typed(inserts="invoices()"))
    assert world.reported() == [
        (
            "insert-incomplete",
            "tenant `acme`: the INSERT of `add` leaves out `invoices.id` and `invoices.total`, which are NOT NULL and "
            "have no default",
        )
    ]


@pytest.mark.parametrize(
    ("sql", "reported"),
    [
        ("create trigger t before insert on invoices for each row execute function number()", False),
        ("create trigger t before insert or update on orders for each row execute function touch()", True),
        ("create trigger t before update on invoices for each row execute function touch()", True),
        ("do $$ begin execute format('create trigger t before insert on %I ...', name); end $$", False),
    ],
)
def test_a_trigger_may_fill_it(world, words, sql, reported):
    world.query("add", call=QueryCall.QUERY)
    place = Span("migrations/1.sql", 1)
    file = MigrationFile(path=place.path, version="1", name="", text=sql, statements=(Statement(sql=sql, span=place),))
    world.migrations = MigrationSet(kind=MigrationKind.SQLX, path="migrations", files=(file,))
    table = words.schema(invoices={"total": "int8 not null"})
    world.shape("a", "acme", schema=table, add=words.typed(inserts="invoices()"))
    findings, unchecked = world.run()
    assert bool(findings) is reported
    assert [each.reason for each in unchecked] == (
        [] if reported else ["a trigger may fill what the INSERT into `invoices` leaves out"]
    )
