"""Enums and newtypes of small crates: the labels that each library gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_crate import contracts_of

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.rust import Attribute, RustEnum, Variant
from pytest_errorbudget.model.source import Span


def read(root: Path, source: str, dependencies: str = "") -> Contracts:
    return contracts_of(root, source, dependencies=dependencies)


def test_an_enum_in_full(tmp_path: Path) -> None:
    source = """mod states {
    #[derive(Debug, sqlx::Type)]
    #[sqlx(type_name = "state", rename_all = "snake_case")]
    pub enum State {
        InReview,
        #[sqlx(rename = "gone")]
        Deleted = 7,
    }
}
"""
    assert read(tmp_path, source).enums == (
        RustEnum(
            name="State",
            crate="app",
            module="states",
            span=Span("src/main.rs", 4, 14, 4, 19),
            derives=("Debug", "Type"),
            variants=(
                Variant(name="InReview", labels=(("sqlx", "in_review"),), span=Span("src/main.rs", 5, 9, 5, 17)),
                Variant(
                    name="Deleted",
                    labels=(("sqlx", "gone"),),
                    span=Span("src/main.rs", 7, 9, 7, 16),
                    number=7,
                    attributes=(Attribute(library="sqlx", name="rename", value="gone"),),
                ),
            ),
            attributes=(
                Attribute(library="sqlx", name="type_name", value="state"),
                Attribute(library="sqlx", name="rename_all", value="snake_case"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("case", "by_sqlx", "by_postgres"),
    [
        ("lowercase", "httpserver2", "httpserver2"),
        ("UPPERCASE", "HTTPSERVER2", "HTTPSERVER2"),
        ("snake_case", "http_server2", "http_server2"),
        ("SCREAMING_SNAKE_CASE", "HTTP_SERVER2", "HTTP_SERVER2"),
        ("kebab-case", "http-server2", "http-server2"),
        ("camelCase", "httpServer2", "httpServer2"),
        ("PascalCase", "HttpServer2", "HttpServer2"),
        ("SCREAMING-KEBAB-CASE", "HTTPServer2", "HTTP-SERVER2"),
        ("Train-Case", "HTTPServer2", "Http-Server2"),
    ],
)
def test_each_library_has_its_own_case_rules(tmp_path: Path, case: str, by_sqlx: str, by_postgres: str) -> None:
    source = f"""
#[derive(sqlx::Type, postgres_types::ToSql, postgres_types::FromSql)]
#[sqlx(rename_all = "{case}")]
#[postgres(name = "kind", rename_all = "{case}")]
enum Kind {{ HTTPServer2 }}
"""
    (kind,) = read(tmp_path, source).enums
    assert kind.variants[0].labels == (("sqlx", by_sqlx), ("tokio-postgres", by_postgres))


@pytest.mark.parametrize(
    ("source", "labels"),
    [
        ("#[derive(sqlx::Type)] enum E { AbC }", (("sqlx", "AbC"),)),
        ("use sqlx::Type; #[derive(Type)] enum E { AbC }", (("sqlx", "AbC"),)),
        ("use sqlx::prelude::*; #[derive(Type)] enum E { AbC }", (("sqlx", "AbC"),)),
        ("#[derive(sqlx::Encode, sqlx::Decode)] enum E { AbC }", (("sqlx", "AbC"),)),
        ('#[cfg_attr(feature = "db", derive(sqlx::Type))] enum E { AbC }', (("sqlx", "AbC"),)),
        ("#[derive(db::Type)] enum E { AbC }", (("sqlx", "AbC"),)),
        ("#[derive(sqlx::Type)] #[repr(i32)] enum E { AbC = 1 }", ()),
        ("use postgres_types::{FromSql, ToSql}; #[derive(FromSql)] enum E { AbC }", (("tokio-postgres", "AbC"),)),
        (
            'use tokio_postgres::types::ToSql; #[derive(ToSql)] enum E { #[postgres(name = "x")] AbC }',
            (("tokio-postgres", "x"),),
        ),
    ],
)
def test_ways_to_derive(tmp_path: Path, source: str, labels: tuple[tuple[str, str], ...]) -> None:
    (read_enum,) = read(tmp_path, source, 'db = { package = "sqlx", version = "0.9" }').enums
    assert read_enum.variants[0].labels == labels


@pytest.mark.parametrize(
    "source",
    [
        "#[derive(Debug, Clone)] enum E { A }",
        "use specta::Type; #[derive(Type)] enum E { A }",
        "#[derive(zvariant::Type)] enum E { A }",
        "#[cfg(test)] #[derive(sqlx::Type)] enum E { A }",
    ],
)
def test_other_enums_are_left_out(tmp_path: Path, source: str) -> None:
    assert read(tmp_path, source).enums == ()


def test_integer_enums_keep_their_numbers(tmp_path: Path) -> None:
    source = "#[derive(sqlx::Type)] #[repr(i16)] enum Level { Low = -1, Mid, High = 0x10 }"
    (level,) = read(tmp_path, source).enums
    assert (level.repr, [variant.number for variant in level.variants]) == ("i16", [-1, None, 16])


def test_newtypes_and_composites(tmp_path: Path) -> None:
    source = """
#[derive(sqlx::Type)] #[sqlx(transparent, no_pg_array)] struct Email(String);
#[derive(sqlx::Type)] #[sqlx(type_name = "price")] struct Price { cents: i64 }
#[derive(ToSql, FromSql)] #[postgres(transparent)] struct Tag(String);
#[derive(FromSql)] #[postgres(name = "size", rename_all = "camelCase")]
struct Size { in_cm: i32, #[postgres(name = "w")] width: i32 }
struct Pair(i64, i64);
struct Plain(i64);
"""
    structs = read(tmp_path, source).structs
    shapes = {s.name: ([a.name for a in s.attributes], [f.column for f in s.fields]) for s in structs}
    assert shapes == {
        "Email": (["transparent", "no_pg_array"], ["0"]),
        "Price": (["type_name"], ["cents"]),
        "Tag": (["transparent"], ["0"]),
        "Size": (["name", "rename_all"], ["inCm", "w"]),
    }


def test_enums_of_one_name_in_one_file_have_their_modules(tmp_path: Path) -> None:
    source = "mod a { #[derive(sqlx::Type)] pub enum E { A } } mod b { #[derive(sqlx::Type)] pub enum E { A } }"
    assert [found.name for found in read(tmp_path, source).enums] == ["a::E", "b::E"]
