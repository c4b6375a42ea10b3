"""diesel's ``table!`` and sea-orm's entities against the tables of a tenant."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.contracts import Crate
from pytest_errorbudget.model.finding import Label, LabelKind
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span

WIDENED = Span("migrations/0007_widen.sql", 3)


def test_another_type_is_named_with_what_decoding_comes_to(world, words):
    world.declared("invoices", {"id": "Int8", "total": "Int4"})
    schema = words.schema(invoices={"id": "int8 not null", "total": "int8 not null"})
    world.static = words.table({"id": "int8", "total": "int8"}, {"total": WIDENED})
    world.shape("a", "acme", schema=schema)
    (finding,), unchecked = world.run()
    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "tenant `acme`: `table! { invoices }` declares `total -> Int4`, and `invoices.total` is `bigint`"
    )
    assert finding.consequence == (
        "Every row fails at run time with `diesel::result::Error::DeserializationError` (Received more than 4 bytes "
        "while decoding an i32), so a 500 where a handler passes it on."
    )
    assert finding.help == "declare it as `Int8`"
    assert finding.place == "src/schema.rs::table.invoices.total"
    assert [str(item) for item in finding.items] == ["src/schema.rs::table.invoices[acme]"]
    assert finding.labels == (
        Label(Span("src/schema.rs", 12, 9), "does not stand for `bigint`"),
        Label(WIDENED, "`invoices.total` is `bigint` since here", LabelKind.CONTEXT),
    )
    assert unchecked == ()
    assert {str(item) for item in world.items()} == {"src/schema.rs::table.invoices[acme]"}


@pytest.mark.parametrize(
    ("declared", "column", "severity"),
    [
        ("Int8", "int8 not null", None),
        ("Nullable<Varchar>", "varchar", None),
        ("Nullable<Text>", "citext", None),
        ("Array<Nullable<Text>>", "text[] not null", None),
        ("Nullable<Text>", "text not null", Severity.INFORMATION),
        ("Text", "text", Severity.ERROR),
        ("Timestamp", "timestamptz not null", Severity.WARNING),
        ("Int8", "timestamptz not null", Severity.ERROR),
        ("Nullable<Jsonb>", "json", Severity.ERROR),
        ("Mystery", "text not null", None),
        ("Text", "public.mood not null", None),
    ],
)
def test_columns_are_compared_by_type_and_by_null(world, words, declared, column, severity):
    world.declared("invoices", {"x": declared})
    world.shape("a", "acme", schema=words.schema(invoices={"x": column}))
    assert [finding.severity for finding in world.run()[0]] == ([] if severity is None else [severity])


def test_a_column_that_can_be_null(world, words):
    world.declared("invoices", {"note": "Text"})
    world.shape("a", "acme", schema=words.schema(invoices={"note": "text"}))
    (finding,), _ = world.run()
    assert finding.message == (
        "tenant `acme`: `table! { invoices }` declares `note -> Text`, but `invoices.note` can be NULL"
    )
    assert finding.consequence == (
        "The first row with NULL fails at run time with `diesel::result::Error::DeserializationError` (Unexpected null "
        "for non-null column), so a 500 where a handler passes it on."
    )
    assert finding.help == (
        "declare it as `Nullable<Text>` and read an `Option`, or make the column NOT NULL in a migration"
    )


def test_a_timestamp_of_the_other_kind_is_read_in_silence(world, words):
    world.declared("invoices", {"at": "Timestamp"})
    world.shape("a", "acme", schema=words.schema(invoices={"at": "timestamptz not null"}))
    assert [finding.consequence for finding in world.run()[0]] == [
        "diesel does not compare types at run time: the microseconds are taken as they stand, without an error, which "
        "is right only where the values are in UTC."
    ]


def test_a_missing_column_and_a_missing_table(world, words):
    world.declared("invoices", {"id": "Int8", "gone": "Int8"})
    world.declared("customers", {"id": "Int8"})
    world.declared("orders", {"id": "Int8"})
    table = {"id": "int8 not null", "later": "int8 not null"}
    world.shape("a", "acme", schema=words.schema(invoices=table, customers=table))
    assert sorted(world.reported()) == [
        (
            "table-declaration-stale",
            "tenant `acme`: `table! { invoices }` declares the column `gone`, which `invoices` does not have",
        ),
        ("table-declaration-stale", "tenant `acme`: `table! { orders }` declares `orders`, and there is no such table"),
    ]


def test_a_file_about_another_database_is_counted(world, words):
    world.declared("a", {"id": "Int8"})
    world.declared("b", {"id": "Int8"})
    world.shape("x", "acme", schema=words.schema(invoices={"id": "int8"}))
    findings, (unchecked,) = world.run()
    assert findings == ()
    assert unchecked.reason == "most tables of `src/schema.rs` are not in this database"


def test_a_file_with_types_of_another_server_is_counted(world, words):
    world.declared("invoices", {"id": "Int4", "at": "Nullable<Datetime>"})
    world.shape("x", "acme", schema=words.schema(invoices={"id": "int8", "at": "timestamp"}))
    findings, (unchecked,) = world.run()
    assert findings == ()
    assert unchecked.reason == "`src/schema.rs` has types of another server"


@pytest.mark.parametrize(("features", "found"), [(("sqlite",), 0), (("sqlite", "postgres"), 1), ((), 1)])
def test_a_crate_that_speaks_to_another_server_is_left_out(world, words, features, found):
    pairs = tuple(("diesel", feature) for feature in features)
    world.crates.append(
        Crate(name="billing", manifest="", service=True, libraries=("diesel",), files=(), features=pairs)
    )
    world.declared("invoices", {"id": "Int4"})
    world.shape("a", "acme", schema=words.schema(invoices={"id": "int8 not null"}))
    assert len(world.run()[0]) == found


def entity(world, fields, options="sea_orm:table_name=invoices"):
    return world.struct("Model", fields, derives=("DeriveEntityModel",), options=options)


def test_an_expanded_model_reads_its_table(world, words):
    world.struct("Model", {"id": "i32"}, derives=("DeriveModel",), options="sea_orm:table_name=invoices")
    world.shape("a", "acme", schema=words.schema(invoices={"id": "int8 not null"}))
    assert [rule for rule, _ in world.reported()] == ["row-type"]


def test_an_entity_reads_its_table(world, words):
    entity(world, {"id": "i32", "note": "String", "count": "u64", "gone": "String"})
    schema = words.schema(invoices={"id": "int8 not null", "note": "text", "count": "int8 not null"})
    world.shape("a", "acme", schema=schema)
    found = {finding.place: finding for finding in world.run()[0]}
    assert {place: finding.message for place, finding in found.items()} == {
        "src/models.rs::Model.id": ("tenant `acme`: field `id: i32` reads `invoices.id`, which is `bigint`"),
        "src/models.rs::Model.note": (
            "tenant `acme`: field `note: String` is not an `Option`, but `invoices.note` can be NULL"
        ),
        "src/models.rs::Model.count": ("tenant `acme`: field `count: u64` reads `invoices.count`, which is `bigint`"),
        "src/models.rs::Model.gone": (
            "tenant `acme`: the entity of `invoices` has the column `gone`, which the table does not have"
        ),
    }
    assert found["src/models.rs::Model.count"].consequence == (
        "Every row fails at run time with `DbErr::Type` (u64 unsupported by sqlx-postgres), though sea-orm makes a "
        "column for it, so a 500 where a handler passes it on."
    )
    assert found["src/models.rs::Model.gone"].consequence == (
        "sea-orm names every column of an entity: each `find` fails at run time with `DbErr::Query` (SQLSTATE 42703), "
        "so a 500 where a handler passes it on."
    )
    assert {str(item) for finding in found.values() for item in finding.items} == {"src/models.rs::Model[acme]"}
    assert [str(item) for item in world.items()] == ["src/models.rs::Model[acme]"]


@pytest.mark.parametrize("option", ["sea_orm:ignore", "sea_orm:select_as=text"])
def test_fields_that_sea_orm_does_not_read_so(world, words, option):
    world.struct(
        "Model",
        {"x": "i32"},
        derives=("DeriveEntityModel",),
        options="sea_orm:table_name=invoices",
        of_fields={"x": option},
    )
    world.shape("a", "acme", schema=words.schema(invoices={"x": "int8"}))
    assert world.reported() == []
