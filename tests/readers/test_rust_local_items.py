"""Items in blocks: the whole block sees them, they hide what is outside, and no other function knows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_crate import contracts_of

from pytest_errorbudget.model.contracts import Contracts

DEPENDENCIES = 'sqlx = "0.8"\ndiesel = "2"'


def read(root: Path, source: str, **others: str) -> Contracts:
    """A package whose ``src/main.rs`` is ``source``; ``other`` is ``src/other.rs``, ``bin__x`` is ``src/bin/x.rs``."""
    files = {f"src/{name.replace('__', '/')}.rs": text for name, text in others.items()}
    return contracts_of(root, source, dependencies=DEPENDENCIES, files=files)


def told(contracts: Contracts) -> list[tuple[str, str | None, str | None]]:
    """Of every query its function, its SQL and the struct of its rows, or their type."""
    return [
        (
            query.function,
            query.sql,
            query.target.name if query.target is not None else query.scalar.text if query.scalar is not None else None,
        )
        for query in contracts.queries
    ]


def test_functions_have_constants_and_structs_of_one_name(tmp_path: Path) -> None:
    source = """
use diesel::sql_query;
const QUERY: &str = "select outer from t";
fn columns(conn: &mut PgConnection) -> QueryResult<Vec<Srv>> {
    const QUERY: &str = "select name from t";
    #[derive(QueryableByName)]
    struct Srv { name: String }
    sql_query(QUERY).get_results::<Srv>(conn)
}
async fn options(pool: &PgPool) {
    #[derive(sqlx::FromRow)]
    struct Srv { options: Vec<String> }
    const QUERY: &str = "select options from t";
    let rows = sqlx::query_as::<_, Srv>(QUERY).fetch_all(pool).await;
}
async fn module(pool: &PgPool) {
    sqlx::query_as::<_, Srv>(QUERY).fetch_all(pool).await;
}
#[derive(sqlx::FromRow)]
struct Srv { outer: i32 }
"""
    contracts = read(tmp_path, source)
    assert told(contracts) == [
        ("columns", "select name from t", "columns::Srv"),
        ("options", "select options from t", "options::Srv"),
        ("module", "select outer from t", "Srv"),
    ]
    assert [(struct.name, struct.module, [field.name for field in struct.fields]) for struct in contracts.structs] == [
        ("columns::Srv", "", ["name"]),
        ("options::Srv", "", ["options"]),
        ("Srv", "", ["outer"]),
    ]


@pytest.mark.parametrize(
    ("body", "sql"),
    [
        ('sqlx::query(Q).fetch(p); const Q: &str = "inner";', ["inner"]),
        ('static Q: &str = "inner"; sqlx::query(Q).fetch(p);', ["inner"]),
        ('{ const Q: &str = "inner"; sqlx::query(Q).fetch(p); } sqlx::query(Q).fetch(p);', ["inner", "outer"]),
        ('const Q: &str = "a"; if x { const Q: &str = "b"; sqlx::query(Q).fetch(p); }', ["b"]),
        ('const Q: &str = "a"; loop { sqlx::query(Q).fetch(p); }', ["a"]),
        ('const Q: &str = concat!("a", "b"); const R: &str = Q; { const Q: &str = "c"; sqlx::query(R); }', ["ab"]),
        ('const Q: &str = "a"; sqlx::query(self::Q).fetch(p);', ["outer"]),
        ('const Q: &str = "a"; sqlx::query(crate::Q).fetch(p);', ["outer"]),
        ('mod m { pub const Q: &str = "m"; } sqlx::query(m::Q).fetch(p); sqlx::query(Q).fetch(p);', ["m", "outer"]),
        ("use crate::other::Q; sqlx::query(Q).fetch(p);", ["other"]),
        ("use crate::other::*; sqlx::query(Q).fetch(p);", ["other"]),
        ("{ use crate::other::Q; } sqlx::query(Q).fetch(p);", ["outer"]),
        ("use crate::other::Q as R; sqlx::query(R).fetch(p);", ["other"]),
        ("use crate::other; use other::Q; sqlx::query(Q).fetch(p);", ["other"]),
        ('const Q: &str = "a"; let run = async move { sqlx::query(Q).fetch(p) };', ["a"]),
        ('#[cfg(test)] const Q: &str = "a"; sqlx::query(Q).fetch(p);', ["outer"]),
    ],
)
def test_which_constant_is_meant(tmp_path: Path, body: str, sql: list[str]) -> None:
    source = f'mod other;\nconst Q: &str = "outer";\nasync fn f(p: &PgPool, x: bool) {{ {body} }}\n'
    source += 'fn before() { const Q: &str = "another"; sqlx::query(Q); }\n'
    contracts = read(tmp_path, source, other='pub const Q: &str = "other";')
    assert [query.sql for query in contracts.queries if query.function == "f"] == sql


def test_a_function_in_a_function_sees_the_items_around_it_and_not_the_variables(tmp_path: Path) -> None:
    source = """
async fn one(p: &PgPool) {
    async fn run(p: &PgPool) -> Row { sqlx::query_as!(Row, "a").fetch_one(p).await }
    struct Row { a: i32 }
    run(p).await;
}
async fn two(p: &PgPool) {
    struct Row { b: i32 }
    impl Row {
        const SQL: &'static str = "b";
        async fn all(p: &PgPool) { sqlx::query_as::<_, Self>(Self::SQL).fetch_all(p).await; }
    }
    Row::all(p).await;
}
"""
    assert told(read(tmp_path, source)) == [("run", "a", "one::Row"), ("Row::all", "b", "two::Row")]


def test_a_local_alias_and_a_renaming_use_mean_their_own(tmp_path: Path) -> None:
    source = """
mod rows { pub struct A { a: i32 } pub struct B { b: i32 } }
fn one(p: &PgPool) { type Row = rows::A; sqlx::query_as::<_, Row>("a").fetch(p); }
fn two(p: &PgPool) { use rows::B as Row; sqlx::query_as::<_, Row>("b").fetch(p); }
fn three(p: &PgPool) { { use sqlx::query_as as ask; ask::<_, rows::A>("c").fetch(p); } ask::<_, rows::A>("d"); }
"""
    assert told(read(tmp_path, source)) == [("one", "a", "A"), ("two", "b", "B"), ("three", "c", "A")]


def test_a_struct_of_a_block_names_itself_in_its_fields_and_rows_are_taken_in_functions_of_one_name(
    tmp_path: Path,
) -> None:
    source = """
fn one(p: &PgPool) {
    type Id = i64;
    struct Part { id: Id }
    struct Row { part: Part, id: Id }
    sqlx::query_as::<_, Row>("a").fetch(p);
}
fn two(p: &PgPool) {
    type Id = String;
    struct Row { id: Id }
    sqlx::query_as::<_, Row>("b").fetch(p);
}
"""
    contracts = read(tmp_path, source)
    assert [(s.name, [(f.name, f.type.path) for f in s.fields]) for s in contracts.structs] == [
        ("Part", [("id", "i64")]),
        ("one::Row", [("part", "Part"), ("id", "i64")]),
        ("two::Row", [("id", "String")]),
    ]


def test_enums_of_one_name_are_called_by_their_functions(tmp_path: Path) -> None:
    source = """
fn one() { #[derive(sqlx::Type)] enum Kind { A } }
impl Store {
    fn two() { #[derive(sqlx::Type)] enum Kind { B } { #[derive(sqlx::Type)] enum Kind { C } } }
}
mod inner { #[derive(sqlx::Type)] enum Kind { D } #[derive(sqlx::Type)] enum Other { E } }
"""
    contracts = read(tmp_path, source)
    assert [(enum.name, enum.module, enum.variants[0].name) for enum in contracts.enums] == [
        ("one::Kind", "", "A"),
        ("Store::two::Kind", "", "B"),
        ("Store::two::Kind#2", "", "C"),
        ("inner::Kind", "inner", "D"),
        ("Other", "inner", "E"),
    ]


def test_two_binaries_with_blocks_at_the_same_place(tmp_path: Path) -> None:
    source = 'fn main() { const Q: &str = "SQL"; struct Row { id: i32 } sqlx::query_as::<_, Row>(Q).fetch(p); }'
    contracts = read(tmp_path, source, bin__x=source.replace("SQL", "other").replace("id", "name"))
    assert [(query.path, query.sql) for query in contracts.queries] == [
        ("src/bin/x.rs", "other"),
        ("src/main.rs", "SQL"),
    ]
    assert [(s.span.path, s.name, s.fields[0].name) for s in contracts.structs] == [
        ("src/bin/x.rs", "Row", "name"),
        ("src/main.rs", "Row", "id"),
    ]


def test_a_table_in_a_function_is_its_own(tmp_path: Path) -> None:
    source = """
fn one() {
    diesel::table! { users (id) { id -> Int4, } }
    #[derive(Queryable)] #[diesel(table_name = users)] struct Row { id: i32 }
}
fn two() {
    #[derive(Queryable)] #[diesel(table_name = users)] struct Row { id: i32 }
}
"""
    contracts = read(tmp_path, source)
    assert [(table.name, table.module) for table in contracts.tables] == [("users", "")]
    assert [(s.name, [a.value for a in s.attributes if a.name == "table_name"]) for s in contracts.structs] == [
        ("one::Row", ["app::users"]),
        ("two::Row", ["users"]),
    ]


def test_a_use_in_a_block_that_has_the_name_of_its_crate(tmp_path: Path) -> None:
    source = """
fn f(p: &PgPool) {
    use sqlx;
    use sqlx::query::query;
    use retry::retry;
    use query::query as ask;
    query("a").fetch(p);
    retry(|| sqlx::query("b").fetch(p));
}
"""
    assert told(read(tmp_path, source)) == [("f", "a", None), ("f", "b", None)]
