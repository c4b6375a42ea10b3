"""diesel's ``sql_query`` in small crates: its SQL, what is bound, and the rows that it is loaded into."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_crate import contracts_of

from pytest_errorbudget.model.rust import RustType, StructRef
from pytest_errorbudget.model.rust_queries import Query, QueryCall
from pytest_errorbudget.model.source import Span

BUILT = "the SQL is built at run time"


def read(root: Path, source: str, **others: str) -> tuple[Query, ...]:
    """The queries of a package whose ``src/main.rs`` is ``source``, and others beside it by their names."""
    files = {f"src/{name}": text for name, text in others.items()}
    return contracts_of(root, source, dependencies='diesel = "2"', files=files).queries


def test_a_query_in_full(tmp_path: Path) -> None:
    source = """use diesel::sql_types::{BigInt, Nullable, Text as Words};
#[derive(QueryableByName)]
struct Row { id: i64 }
fn one(conn: &mut PgConnection) -> QueryResult<Row> {
    diesel::sql_query(r#"
        select id from t where id = $1 and x = $2"#)
        .bind::<BigInt, _>(7)
        .bind::<Nullable<Words>, _>("x")
        .get_result::<Row>(conn)
}
"""
    assert read(tmp_path, source) == (
        Query(
            path="src/main.rs",
            function="one",
            ordinal=1,
            crate="app",
            call=QueryCall.DIESEL_SQL_QUERY,
            span=Span("src/main.rs", 5, 5, 6, 53),
            sql="\n        select id from t where id = $1 and x = $2",
            literal=Span("src/main.rs", 5, 23, 6, 52),
            offsets=((0, 5, 26), (1, 6, 1)),
            target=StructRef("src/main.rs", "Row"),
            arguments=2,
            parameters=(
                RustType("BigInt", (), "BigInt"),
                RustType("Nullable", (RustType("Text", (), "Words"),), "Nullable<Words>"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("head", "call"),
    [
        ("", 'diesel::sql_query("q")'),
        ("use diesel::sql_query;", 'sql_query("q")'),
        ("use diesel::dsl::sql_query as raw;", 'raw("q")'),
        ("use diesel::*;", 'sql_query("q")'),
        ("", 'diesel::dsl::sql_query("q".to_string())'),
        ("", 'diesel::sql_query(String::from("q"))'),
        ('const Q: &str = "q";', "diesel::sql_query(Q)"),
        ("", 'diesel::sql_query(include_str!("q.sql"))'),
    ],
)
def test_ways_to_write_a_query(tmp_path: Path, head: str, call: str) -> None:
    (query,) = read(tmp_path, f"{head} fn f() {{ let x = {call}; }}", **{"q.sql": "q"})
    assert (query.call, query.sql, query.unchecked) == (QueryCall.DIESEL_SQL_QUERY, "q", None)


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("q.load::<Row>(conn)?;", "()"),
        ("q.get_results::<Row>(conn).await?;", "()"),
        ("q.load_iter::<Row, DefaultLoadingMode>(conn)?;", "()"),
        ("q.load_stream::<Row>(conn).await?;", "()"),
        ("let rows: Vec<Row> = q.load(conn)?;", "()"),
        ("let rows: Vec<Row> = q.load::<_>(conn).await.map_err(Failure::from)?;", "()"),
        ("let row: Option<Row> = q.get_result(conn).optional()?;", "()"),
        ("let row: Option<Row> = q.load(conn)?.first().cloned();", "()"),
        ("q.load(conn)", "QueryResult<Vec<Row>>"),
        ("q.load(conn).await", "Answer<Vec<Row>>"),
        ("q.get_result(conn).optional()", "QueryResult<Option<Row>>"),
        ("Ok(q.get_results(conn)?)", "anyhow::Result<Vec<Row>>"),
        ("q.into_boxed().bind::<Int4, _>(1).get_result(conn)", "QueryResult<Row>"),
    ],
)
def test_the_target_follows_from_where_the_rows_go(tmp_path: Path, body: str, result: str) -> None:
    source = (
        "struct Row { id: i64 } type Answer<T> = Result<T, Failure>;\n"
        f'fn f(conn: &mut PgConnection) -> {result} {{ let q = diesel::sql_query("q"); {body} }}'
    )
    (query,) = read(tmp_path, source)
    assert query.target == StructRef("src/main.rs", "Row")


def test_rows_of_several_structs_and_none(tmp_path: Path) -> None:
    source = """
struct A { a: i64 } struct B { b: i64 }
fn f(conn: &mut C) {
    diesel::sql_query("1").load::<(A, B)>(conn);
    diesel::sql_query("2").execute(conn);
    diesel::sql_query("3").load(conn);
}
"""
    a, b = RustType("A", (), "A"), RustType("B", (), "B")
    found = [(query.sql, query.target, query.scalar) for query in read(tmp_path, source)]
    assert found == [("1", None, RustType("()", (a, b), "(A, B)")), ("2", None, None), ("3", None, None)]


@pytest.mark.parametrize(
    ("written", "arguments", "parameters"),
    [
        ("q.bind::<Int4, _>(1)", 1, ["Int4"]),
        ("q.bind::<diesel::sql_types::Array<Text>, Vec<String>>(x)", 1, ["Array"]),
        ("q.bind(1).bind::<Text, _>(x)", 2, [None, "Text"]),
        # On some ways through the function only.
        ("q.into_boxed().bind::<Int4, _>(1)", 0, []),
        ("let mut q = q.into_boxed(); if x { q = q.bind::<Int4, _>(1); }", 0, []),
    ],
)
def test_what_is_bound(tmp_path: Path, written: str, arguments: int, parameters: list[str | None]) -> None:
    (query,) = read(tmp_path, f'fn f() {{ let q = diesel::sql_query("q"); {written}; }}')
    assert query.arguments == arguments
    assert [type and type.path for type in query.parameters] == parameters


def test_texts_that_are_built(tmp_path: Path) -> None:
    source = """
fn text() -> String { make() }
fn f(given: &str, conn: &mut C) {
    diesel::sql_query(format!("select {}", 1)).execute(conn);
    diesel::sql_query(given).execute(conn);
    diesel::sql_query(text()).execute(conn);
    diesel::sql_query("select").sql(" 1").execute(conn);
    diesel::sql_query("select").sql(given).execute(conn);
}
"""
    found = [(query.span.line, query.sql, query.unchecked) for query in read(tmp_path, source)]
    assert found == [
        (4, None, f"{BUILT} by `format!`"),
        (5, None, "the SQL is passed in by the caller"),
        (6, None, BUILT),
        (7, "select 1", None),
        (8, None, BUILT),
    ]


def test_joined_texts_keep_their_places(tmp_path: Path) -> None:
    (query,) = read(tmp_path, 'fn f() { diesel::sql_query("select")\n.sql(" 1"); }')
    assert query.offsets == ((0, 1, 29), (6, 2, 7))


def test_the_query_builder_is_no_query_of_text(tmp_path: Path) -> None:
    source = """
use diesel::prelude::*;
fn f(conn: &mut PgConnection) -> QueryResult<Vec<Row>> {
    users::table.filter(users::id.eq(1)).order(diesel::dsl::sql::<Integer>("1")).load::<Row>(conn)
}
fn sql_query(text: &str) {}
fn g() { sql_query("not diesel's"); }
"""
    assert read(tmp_path, source) == ()
