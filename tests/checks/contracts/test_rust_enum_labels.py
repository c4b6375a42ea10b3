"""The labels of a Rust enum against those of the database's."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.rust import Attribute
from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.severity import Severity

TYPE_NAME = (Attribute(library="sqlx", name="type_name", value="invoice_state"),)


def stored(words, labels):
    return words.schema({"invoice_state": labels}, invoices={"state": "public.invoice_state"})


def read(world, words, labels, rust="State"):
    world.query(target=world.struct("Invoice", {"state": rust}))
    column = words.output("state", "public.invoice_state" + ("[]" if "Vec" in rust else ""))
    world.shape("a", "acme", schema=stored(words, labels), get_invoice=words.typed(column))


def test_a_label_that_rust_lacks_is_an_error_where_it_is_read(world, words):
    world.enum("State", "open paid", attributes=TYPE_NAME)
    read(world, words, "open paid void")
    (finding,), _ = world.run()
    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "tenant `acme`: enum `State` has no variant for `void` of the database's `invoice_state`"
    )
    assert finding.consequence == (
        "The first row that holds `void` fails at run time with `sqlx::Error::ColumnDecode` (invalid value "
        '"void" for enum State), so a 500 where a handler passes it on.'
    )
    assert finding.help == "add a variant for `void` before a row holds it"
    assert finding.place == "src/models.rs::State"
    assert [str(item) for item in finding.items] == ["src/models.rs::State[acme]"]


def test_a_label_that_the_database_lacks_fails_where_it_is_written(world, words):
    world.enum("State", "open paid void", attributes=TYPE_NAME)
    read(world, words, "open paid")
    (finding,), _ = world.run()
    assert finding.severity is Severity.WARNING
    assert finding.message == ("tenant `acme`: enum `State` has `void`, which the database's `invoice_state` lacks")
    assert finding.consequence == (
        "Writing `void` fails at run time with `sqlx::Error::Database` (SQLSTATE 22P02: invalid input value for enum "
        "invoice_state); reading is not concerned."
    )
    assert finding.help == "add the label in a migration: `alter type invoice_state add value 'void'`"


def test_an_enum_that_no_query_reads_is_a_warning(world, words):
    world.enum("State", "open", attributes=TYPE_NAME)
    world.shape("a", "acme", schema=stored(words, "open paid"))
    (finding,), _ = world.run()
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize("rust", ["Option<State>", "Vec<State>"])
def test_enums_are_found_inside_other_types(world, words, rust):
    world.enum("State", "open", attributes=TYPE_NAME)
    read(world, words, "open paid", rust)
    assert ("rust-enum-labels", Severity.ERROR) in [(f.rule.id, f.severity) for f in world.run()[0]]


def test_tokio_postgres_refuses_every_value(world, words):
    name = Attribute(library="postgres", name="name", value="invoice_state")
    world.enum("State", "open", "tokio-postgres", derives=("FromSql",), attributes=(name,))
    world.query("load", call=QueryCall.TOKIO_QUERY, reads=(("state", "State", False),))
    column = words.output("state", "public.invoice_state")
    world.shape("a", "acme", schema=stored(words, "open paid"), load=words.typed(column))
    (finding,), _ = world.run()
    assert finding.severity is Severity.ERROR
    assert finding.consequence == (
        "postgres-types compares the whole set of labels: every value, read or written, fails at run time with "
        "`tokio_postgres::Error` (cannot convert between the Rust type `State` and the Postgres type "
        "`invoice_state`), unless the enum is marked `#[postgres(allow_mismatch)]`."
    )


@pytest.mark.parametrize(
    ("attributes", "repr", "labels"),
    [
        (TYPE_NAME, None, "paid open"),
        (TYPE_NAME, "i32", "other"),
        ((Attribute(library="sqlx", name="type_name", value="text"),), None, "other"),
    ],
)
def test_nothing_is_said_where_the_labels_are_the_same_or_nobodys(world, words, attributes, repr, labels):
    world.enum("State", labels, attributes=attributes, repr=repr)
    world.shape("a", "acme", schema=stored(words, "open paid"))
    assert world.reported() == []
