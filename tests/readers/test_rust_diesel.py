"""diesel in small crates: declared tables, attributes and columns of structs, labels of enums."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.contracts import Contracts, Unread
from pytest_errorbudget.model.rust import Attribute, DeclaredColumn, DeclaredTable, Field, RustType, Struct
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers import _rust
from pytest_errorbudget.readers.rust import read_contracts

MANIFEST = '[package]\nname = "app"\n[dependencies]\ndiesel = "2"\ndiesel-derive-enum = "2"\n'


def read(root: Path, **files: str) -> Contracts:
    """A package `app`; ``main`` is ``src/main.rs``, ``a__b`` is ``src/a/b.rs``."""
    texts = {f"src/{name.replace('__', '/')}.rs": text for name, text in files.items()}
    for path, text in {**texts, "Cargo.toml": MANIFEST}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return read_contracts(root, "Cargo.toml")[0]


def test_a_table_in_full(tmp_path: Path) -> None:
    source = """mod schema {
    pub mod sql_types {
        #[derive(diesel::sql_types::SqlType)]
        #[diesel(postgres_type(name = "mood", schema = "app"))]
        pub struct Mood;
    }
    diesel::table! {
        use diesel::sql_types::*;
        use super::sql_types::Mood as Feeling;

        /// What is owed.
        #[sql_name = "invoice"]
        billing.invoices (id, tenant_id) {
            /// Its number.
            id -> Int8,
            tenant_id -> diesel::sql_types::Uuid,
            #[sql_name = "type"]
            #[max_length = 255]
            type_ -> Nullable<Varchar>,
            tags -> Array<Nullable<Text>>,
            mood -> Nullable<Feeling>,
        }
    }
}
"""
    contracts = read(tmp_path, main=source)
    path = "src/main.rs"

    def column(name: str, line: int, end: int, type: RustType, *attributes: Attribute, sql: str = "") -> DeclaredColumn:
        span = Span(path, line, 13, line, end)
        return DeclaredColumn(name=name, column=sql or name, type=type, span=span, attributes=attributes)

    varchar, text = RustType("Varchar", (), "Varchar"), RustType("Text", (), "Text")
    assert contracts.tables == (
        DeclaredTable(
            name="invoices",
            schema="billing",
            table="invoice",
            crate="app",
            module="schema",
            span=Span(path, 13, 17, 13, 25),
            primary_key=("id", "tenant_id"),
            columns=(
                column("id", 15, 23, RustType("Int8", (), "Int8")),
                column("tenant_id", 16, 49, RustType("Uuid", (), "diesel::sql_types::Uuid")),
                column(
                    "type_",
                    19,
                    39,
                    RustType("Nullable", (varchar,), "Nullable<Varchar>"),
                    Attribute(library="diesel", name="sql_name", value="type"),
                    Attribute(library="diesel", name="max_length", value="255"),
                    sql="type",
                ),
                column(
                    "tags",
                    20,
                    42,
                    RustType("Array", (RustType("Nullable", (text,), "Nullable<Text>"),), "Array<Nullable<Text>>"),
                ),
                column("mood", 21, 38, RustType("Nullable", (RustType("Mood", (), "Feeling"),), "Nullable<Feeling>")),
            ),
        ),
    )
    (marker,) = contracts.structs
    assert (marker.name, marker.fields) == ("Mood", ())
    assert marker.attributes == (
        Attribute(library="diesel", name="postgres_type_name", value="mood"),
        Attribute(library="diesel", name="postgres_type_schema", value="app"),
    )


@pytest.mark.parametrize(
    ("source", "tables"),
    [
        ("table! { a { id -> Int4, } }", [("a", None, "a", ("id",))]),
        ("diesel::table! { a (x) { x -> Int4 } }", [("a", None, "a", ("x",))]),
        ("table!(a { id -> Int4, });", [("a", None, "a", ("id",))]),
        (
            "table! { a { id -> Int4, } b (x, y,) { x -> Text, } }",
            [("a", None, "a", ("id",)), ("b", None, "b", ("x", "y"))],
        ),
        ("table! { s.r#type { id -> Int4, } }", [("type", "s", "type", ("id",))]),
        ('table! { #[sql_name = "r#final"] last { id -> Int4, } }', [("last", None, "final", ("id",))]),
        ("diesel::view! { a { id -> Int4, } }", [("a", None, "a", ("id",))]),
        ("fn f() { diesel::table! { a { id -> Int4, } } }", [("a", None, "a", ("id",))]),
        ("#[cfg(test)] mod tests { table! { a { id -> Int4, } } }", []),
        ("fn f() { let t = comfy::table!([1, 2]); let p = table!(1); } view! { <p>a -> b</p> }", []),
    ],
)
def test_ways_to_declare_a_table(
    tmp_path: Path, source: str, tables: list[tuple[str, str | None, str, tuple[str, ...]]]
) -> None:
    contracts = read(tmp_path, main=source)
    assert [(t.name, t.schema, t.table, t.primary_key) for t in contracts.tables] == tables
    assert contracts.gaps == ()


def test_a_table_that_does_not_read_is_a_gap(tmp_path: Path) -> None:
    contracts = read(tmp_path, main="table! { a { id -> , } }")
    assert contracts.tables == ()
    assert contracts.gaps == (
        Unread(span=Span("src/main.rs", 1, 1, 1, 25), reason="a `table!` that does not read as diesel's"),
    )


def test_a_row_struct_in_full(tmp_path: Path) -> None:
    source = """mod schema { diesel::table! { users { id -> Int4, type_ -> Text, } } }
use schema::users as people;
use diesel::sql_types::{Nullable as Maybe, Text};
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = people, primary_key(id, type_), check_for_backend(diesel::pg::Pg))]
#[diesel(belongs_to(Group, foreign_key = group_id), treat_none_as_null = true)]
struct User {
    id: i32,
    #[diesel(column_name = type_, deserialize_as = crate::Kind<String>)]
    kind: String,
    #[diesel(sql_type = Maybe<Text>)]
    note: Option<String>,
    #[diesel(embed, skip_insertion)]
    group: Group,
    #[diesel(select_expression = schema::users::id.is_not_null())]
    #[diesel(select_expression_type = dsl::IsNotNull<schema::users::id>)]
    known: bool,
    #[diesel(column_name = "r#final", serialize_as = (i32, Vec<u8>))]
    last: i64,
}
"""
    path = "src/main.rs"

    def of_diesel(name: str, value: str | None = None) -> Attribute:
        return Attribute(library="diesel", name=name, value=value)

    def field(name: str, line: int, end: int, type: RustType, *attributes: Attribute, column: str = "") -> Field:
        span = Span(path, line, 5, line, end)
        return Field(name=name, column=column or name, type=type, span=span, attributes=attributes)

    string = RustType("String", (), "String")
    assert read(tmp_path, main=source).structs == (
        Struct(
            name="User",
            crate="app",
            module="",
            span=Span(path, 7, 8, 7, 12),
            derives=("Queryable", "Selectable", "Insertable"),
            attributes=(
                of_diesel("table_name", "app::schema::users"),
                of_diesel("primary_key", "id, type_"),
                of_diesel("check_for_backend", "diesel::pg::Pg"),
                of_diesel("belongs_to", "Group, foreign_key = group_id"),
                of_diesel("treat_none_as_null", "true"),
            ),
            fields=(
                field("id", 8, 12, RustType("i32", (), "i32")),
                field(
                    "kind",
                    10,
                    17,
                    string,
                    of_diesel("column_name", "type_"),
                    of_diesel("deserialize_as", "Kind<String>"),
                    column="type_",
                ),
                field(
                    "note",
                    12,
                    25,
                    RustType("Option", (string,), "Option<String>"),
                    of_diesel("sql_type", "Nullable<Text>"),
                ),
                field("group", 14, 17, RustType("Group", (), "Group"), of_diesel("embed"), of_diesel("skip_insertion")),
                field(
                    "known",
                    17,
                    16,
                    RustType("bool", (), "bool"),
                    of_diesel("select_expression", "schema::users::id.is_not_null()"),
                    of_diesel("select_expression_type", "IsNotNull<id>"),
                ),
                field(
                    "last",
                    19,
                    14,
                    RustType("i64", (), "i64"),
                    of_diesel("column_name", "r#final"),
                    of_diesel("serialize_as", "(i32, Vec<u8>)"),
                    column="final",
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("head", "written", "value"),
    [
        ("", "crate::schema::users", "app::schema::users"),
        ("", "schema::users", "app::schema::users"),
        ("", "self::schema::users", "app::schema::users"),
        ("use schema::users;", "users", "app::schema::users"),
        ("use schema::*;", "users", "app::schema::users"),
        ("use schema::users as u;", "u", "app::schema::users"),
        ("pub use schema::users as again; use again as u;", "u", "app::schema::users"),
        ("use crate::schema;", "schema::users::table", "app::schema::users"),
        ("", "elsewhere::users", "elsewhere::users"),
    ],
)
def test_tables_are_named_with_their_package(tmp_path: Path, head: str, written: str, value: str) -> None:
    source = f"mod schema; {head} #[derive(Queryable)] #[diesel(table_name = {written})] struct Row {{ id: i32 }}"
    (row,) = read(tmp_path, main=source, schema="diesel::table! { users { id -> Int4, } }").structs
    assert row.attributes == (Attribute(library="diesel", name="table_name", value=value),)


def test_a_table_of_another_member(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n',
        "a/Cargo.toml": '[package]\nname = "a"\n[dependencies]\nstore = { path = "../b", package = "b" }\n',
        "a/src/lib.rs": "use store::all::users; #[derive(Insertable)] #[diesel(table_name = users)] struct N { a: i8 }",
        "b/Cargo.toml": '[package]\nname = "b"\n',
        "b/src/lib.rs": "pub mod schema { table! { users { id -> Int4, } } } pub mod all { pub use crate::schema::*; }",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (new,) = read_contracts(tmp_path, "Cargo.toml")[0].structs
    assert new.attributes == (Attribute(library="diesel", name="table_name", value="b::schema::users"),)


@pytest.mark.parametrize(
    ("written", "attributes"),
    [
        ('#[table_name = "users"]', [("table_name", "users")]),
        ("#[primary_key(a, b)]", [("primary_key", "a, b")]),
        ('#[belongs_to(User, foreign_key = "owner")]', [("belongs_to", "User, foreign_key = owner")]),
        ('#[changeset_options(treat_none_as_null = "true")]', [("treat_none_as_null", "true")]),
        ('#[postgres(type_name = "mood")]', [("postgres_type_name", "mood")]),
        ('#[postgres(oid = "1", array_oid = "2")]', [("postgres_type_oid", "1"), ("postgres_type_array_oid", "2")]),
        ('#[sql_type = "diesel::sql_types::Array<Text>"]', [("sql_type", "Array<Text>")]),
        ('#[diesel(deserialize_as = "crate::Name")]', [("deserialize_as", "Name")]),
        ('#[cfg_attr(feature = "full", diesel(table_name = users))]', [("table_name", "users")]),
        (
            "#[diesel(check_for_backend(disable = true), base_query = a::table.filter(a::b.eq(1)))]",
            [("check_for_backend", "disable = true"), ("base_query", "a::table.filter(a::b.eq(1))")],
        ),
        ("#[diesel(not = = sense, embed)]", [("embed", None)]),
        ("#[diesel(unheard_of = 1)]", []),
    ],
)
def test_attributes_also_as_diesel_1_writes_them(
    tmp_path: Path, written: str, attributes: list[tuple[str, str | None]]
) -> None:
    (row,) = read(tmp_path, main=f"#[derive(Queryable)] {written} struct Row {{ a: i32 }}").structs
    assert [(a.library, a.name, a.value) for a in row.attributes] == [("diesel", *pair) for pair in attributes]


@pytest.mark.parametrize(
    "derive", ["Queryable", "QueryableByName", "Insertable", "FromSqlRow", "diesel_derive_newtype::DieselNewType"]
)
def test_structs_without_names_are_read_by_position(tmp_path: Path, derive: str) -> None:
    (row,) = read(tmp_path, main=f"#[derive({derive})] struct Row(i32, String); struct Other(i32);").structs
    assert [(field.name, field.type.path) for field in row.fields] == [("0", "i32"), ("1", "String")]


@pytest.mark.parametrize(
    ("head", "variants", "labels"),
    [
        ("#[derive(DbEnum)]", "ReadOnly, HTTPServer", ["read_only", "http_server"]),
        ('#[derive(diesel_derive_enum::DbEnum)] #[DbValueStyle = "verbatim"]', "ReadOnly", ["ReadOnly"]),
        ('#[derive(DbEnum)] #[db_enum(value_style = "UPPERCASE")]', "ReadOnly", ["READONLY"]),
        ("#[derive(DbEnum)]", '#[db_rename = "ro"] ReadOnly, #[db_enum(rename = "rw")] Write', ["ro", "rw"]),
        ('#[derive(diesel::Enum)] #[diesel(rename_all = "snake_case")]', "HTTPServer", ["h_t_t_p_server"]),
        ("#[derive(diesel::Enum)]", '#[diesel(rename = "x")] A, Bc', ["x", "Bc"]),
        ("#[derive(AsExpression, FromSqlRow)]", "A", [None]),
    ],
)
def test_labels_of_enums(tmp_path: Path, head: str, variants: str, labels: list[str | None]) -> None:
    (enum,) = read(tmp_path, main=f"use diesel_derive_enum::DbEnum; {head} enum Mode {{ {variants} }}").enums
    assert [dict(variant.labels).get("diesel") for variant in enum.variants] == labels


def test_the_sql_type_of_an_enum(tmp_path: Path) -> None:
    source = (
        "mod sql_types { pub struct Mood; }\n"
        '#[derive(DbEnum)] #[ExistingTypePath = "crate::sql_types::Mood"] enum A { X }\n'
        "#[derive(AsExpression, FromSqlRow)]\n"
        "#[diesel(sql_type = sql_types::Mood, sql_type = diesel::sql_types::Text)]\n"
        "enum B { X }\n#[derive(enum_map::Enum)] enum NotOfDiesel { X }"
    )
    enums = read(tmp_path, main=source).enums
    assert [(e.name, [(a.name, a.value) for a in e.attributes]) for e in enums] == [
        ("A", [("ExistingTypePath", "Mood")]),
        ("B", [("sql_type", "Mood"), ("sql_type", "Text")]),
    ]


def test_every_attribute_that_is_given_is_known_by_name() -> None:
    names = _rust.diesel_attributes()
    assert names == sorted(set(names))
    assert {"table_name", "column_name", "embed", "sql_type", "deserialize_as", "check_for_backend"} < set(names)
