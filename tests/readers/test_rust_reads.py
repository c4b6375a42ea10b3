"""Values that small crates take from rows by hand, and values that they bind: what the source says of their types."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_crate import contracts_of

from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.rust_queries import Query, RowRead
from pytest_errorbudget.model.source import Span

HEAD = """
use sqlx::Row;
struct User { id: i64, name: Option<String> }
struct Id(i64);
type Page = Vec<(i32, String)>;
fn show(count: i64) {}
"""


def read(root: Path, source: str, dependency: str = "sqlx") -> tuple[Query, ...]:
    return contracts_of(root, source, dependencies=f'{dependency} = "1"').queries


def shown(ty: RustType | None) -> str | None:
    if ty is None or not ty.arguments:
        return None if ty is None else ty.path
    return f"{ty.path}<{', '.join(str(shown(argument)) for argument in ty.arguments)}>"


def reads(query: Query) -> list[tuple[str | int, str | None]]:
    return [(read.key, shown(read.type)) for read in query.reads]


def test_a_read_in_full(tmp_path: Path) -> None:
    source = """async fn f(pool: &PgPool) {
    let row = sqlx::query("select id from t").fetch_one(pool).await?;
    let id = row.get::<i64, _>("id");
    let name: String = row.try_get(1)?;
}
"""
    (query,) = read(tmp_path, source)
    assert query.reads == (
        RowRead(key="id", type=RustType("i64", (), "i64"), panics=True, span=Span("src/main.rs", 3, 18, 3, 37)),
        RowRead(key=1, type=RustType("String", (), "String"), panics=False, span=Span("src/main.rs", 4, 28, 4, 38)),
    )


@pytest.mark.parametrize(
    ("result", "body", "expected"),
    [
        ("i64", "let row = Q.fetch_one(p).await?; Ok(row.get(0))", [(0, "i64")]),
        ("i64", 'Q.fetch_one(p).await?.try_get("n")', [("n", "i64")]),
        ("i64", 'let row = Q.fetch_one(p).await?; let n: i64 = row.get("n"); Ok(n)', [("n", "i64")]),
        (
            "User",
            'let row = Q.fetch_one(p).await?; Ok(User { id: row.get("id"), name: row.try_get("name")? })',
            [("id", "i64"), ("name", "Option<String>")],
        ),
        (
            "Vec<User>",
            'Q.map(|row: PgRow| User { id: row.get("id"), name: row.get("n") }).fetch_all(p).await',
            [("id", "i64"), ("n", "Option<String>")],
        ),
        (
            "Vec<User>",
            'Q.try_map(|row: PgRow| Ok(User { id: row.try_get("id")?, name: None })).fetch_all(p).await',
            [("id", "i64")],
        ),
        (
            "Page",
            "Ok(Q.fetch_all(p).await?.into_iter().map(|row| (row.get(0), row.get(1))).collect())",
            [(0, "i32"), (1, "String")],
        ),
        (
            "HashMap<String, i64>",
            "let rows = Q.fetch_all(p).await?; Ok(rows.iter().map(|r| (r.get(0), r.get(1))).collect())",
            [(0, "String"), (1, "i64")],
        ),
        (
            "Option<i64>",
            "let row = Q.fetch_optional(p).await?; Ok(row.map(|row| row.get(0)))",
            [(0, "i64")],
        ),
        (
            "Option<Option<i64>>",
            "let row = Q.fetch_optional(p).await?; Ok(row.map(|row| row.get(0)))",
            [(0, "Option<i64>")],
        ),
        ("i64", "let row = Q.fetch_one(p).await?; Ok(row.get(0).unwrap_or(7))", [(0, "Option<i64>")]),
        ("i64", "let row = Q.fetch_one(p).await?; Ok(row.try_get(0).unwrap_or(7))", [(0, "i64")]),
        ("Id", "let row = Q.fetch_one(p).await?; Ok(Id(row.get(0)))", [(0, "i64")]),
        ("()", "let row = Q.fetch_one(p).await?; show(row.get(0)); Ok(())", [(0, "i64")]),
        ("()", "for row in Q.fetch_all(p).await? { show(row.get(0)); } Ok(())", [(0, "i64")]),
        (
            "()",
            "let mut rows = Q.fetch(p); while let Some(row) = rows.try_next().await? { show(row.get(0)); } Ok(())",
            [(0, "i64")],
        ),
        ("()", "let row = Q.fetch_one(p).await?; let x = row.get(0); Ok(())", [(0, None)]),
        ("()", "let row = Q.fetch_one(p).await?; let x: Option<_> = row.get(0); Ok(())", [(0, None)]),
        ("()", "let rows = Q.fetch_all(p).await?; let first = rows.get(0); Ok(())", []),
        ("()", "let key = compute(); let row = Q.fetch_one(p).await?; let x: i64 = row.get(key); Ok(())", []),
    ],
)
def test_the_type_of_a_read(
    tmp_path: Path, result: str, body: str, expected: list[tuple[str | int, str | None]]
) -> None:
    body = body.replace("Q", 'sqlx::query("select 1")')
    (query,) = read(tmp_path, f"{HEAD} async fn f(p: &PgPool) -> Result<{result}, Failure> {{ {body} }}")
    assert reads(query) == expected


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("fn to_user(row: &PgRow) -> User { READS }", "Ok(to_user(&row))"),
        ("impl User { fn of(row: PgRow) -> Self { READS } }", "Ok(User::of(row))"),
        ("impl From<PgRow> for User { fn from(row: PgRow) -> Self { READS } }", "Ok(User::from(row))"),
        ("impl From<PgRow> for User { fn from(row: PgRow) -> Self { READS } }", "Ok(row.into())"),
        (
            "fn outer(row: &PgRow) -> User { inner(row) } fn inner(row: &PgRow) -> User { READS }",
            "Ok(outer(&row))",
        ),
    ],
)
def test_functions_that_are_given_the_row(tmp_path: Path, function: str, call: str) -> None:
    function = function.replace("READS", 'User { id: row.get("id"), name: row.get("name") }')
    source = f"""{HEAD} {function}
async fn f(p: &PgPool) -> Result<User, Failure> {{
    let row = sqlx::query("select 1").fetch_one(p).await?;
    {call}
}}"""
    (query,) = read(tmp_path, source)
    assert reads(query) == [("id", "i64"), ("name", "Option<String>")]


def test_a_from_row_by_hand_is_read(tmp_path: Path) -> None:
    source = (
        HEAD
        + """
impl<'r> FromRow<'r, PgRow> for User {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(User { id: row.try_get("user_id")?, name: None })
    }
}
async fn f(p: &PgPool) { sqlx::query_as::<_, User>("select 1").fetch_one(p).await?; }
"""
    )
    (query,) = read(tmp_path, source)
    assert reads(query) == [("user_id", "i64")]


def test_a_variable_that_is_given_other_rows_is_left(tmp_path: Path) -> None:
    source = """async fn f(p: &PgPool) {
    let mut row = sqlx::query("select 1").fetch_one(p).await?;
    row = other();
    let x: i64 = row.get("x");
}"""
    assert reads(read(tmp_path, source)[0]) == []


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('sqlx::query("q").bind(id).bind(&name).bind(input.limit)', ["i64", "str", "Option<i32>"]),
        (
            'sqlx::query("q").bind(id as i32).bind(7u8).bind(7).bind(true).bind("a")',
            ["i32", "u8", "i32", "bool", "str"],
        ),
        ('sqlx::query("q").bind(compute()).bind(id.abs())', []),
        ('sqlx::query("q").bind(compute()).bind(id)', [None, "i64"]),
        ('sqlx::query("q").bind(None::<i64>)', ["Option<i64>"]),
        ('sqlx::query!("q", id, name, input.limit, 7, 7i64)', ["i64", "str", "Option<i32>", None, "i64"]),
        ('sqlx::query_scalar!("q", input.limit as _)', []),
        ('{ let x: Vec<Uuid> = compute(); sqlx::query!("q", &x[..], &x) }', [None, "Vec<Uuid>"]),
        ('{ let input = Input { limit: None }; sqlx::query!("q", input.limit.clone()) }', ["Option<i32>"]),
    ],
)
def test_the_types_of_bound_values(tmp_path: Path, call: str, expected: list[str | None]) -> None:
    head = "struct Input { limit: Option<i32> }"
    (query,) = read(tmp_path, f"{head} async fn f(id: i64, name: &str, input: Input) {{ let q = {call}; }}")
    assert [shown(ty) for ty in query.parameters] == expected


def test_values_that_are_bound_on_some_ways_only_are_not_counted(tmp_path: Path) -> None:
    source = """async fn f(id: i64, more: bool) {
    let mut query = sqlx::query("select $1").bind(id);
    if more { query = query.bind(id); }
    query.execute(p).await;
}"""
    (query,) = read(tmp_path, source)
    assert (query.arguments, query.parameters) == (0, ())


def test_an_import_without_a_name_is_no_type(tmp_path: Path) -> None:
    source = 'use anyhow::Context as _; async fn f() { let ids: Vec<_> = g(); sqlx::query("q").bind(ids).bind(h()); }'
    (query,) = read(tmp_path, source)
    assert query.parameters == ()


PASSED = "the SQL is passed in by the caller"
BUILT = "the SQL is built at run time"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('sqlx::query(&format!("select {COLUMNS} from {}", TABLE))', ["select a, b from t"]),
        ('let sql = format!("select {COLUMNS}"); sqlx::query(&sql)', ["select a, b"]),
        ("sqlx::query(FORMATTED)", ["select a, b from t where a = $1"]),
        ("sqlx::query(&String::from(TABLE))", ["t"]),
        ("sqlx::query(AssertSqlSafe(TABLE))", ["t"]),
        ('sqlx::query(indoc! {"select 1"})', ["select 1"]),
        ('sqlx::query(if more { "a" } else { "b" })', ["a", "b"]),
        ('let sql = match more { true => "a", false => "b" }; sqlx::query(sql)', ["a", "b"]),
        ('sqlx::query(if more { "a".to_string() } else { format!("{}", x) })', ["a", f"{BUILT} by `format!`"]),
        ('sqlx::query(AssertSqlSafe(format!("select {}", x)))', [f"{BUILT} by `format!`"]),
        ('sqlx::query(&("a".to_string() + &x))', [f"{BUILT} by joining texts"]),
        (
            'let mut sql = String::from("a"); if more { sql.push_str("b"); } sqlx::query(&sql)',
            [f"{BUILT} in a variable that changes"],
        ),
        ("sqlx::query(given)", [PASSED]),
        ("sqlx::query(compute())", [BUILT]),
        ('sqlx::raw_sql("select 1;")', ["select 1;"]),
        (
            'sqlx::raw_sql("begin; commit")',
            ["several statements stand in one text, and PostgreSQL prepares one at a time"],
        ),
        ("sqlx::query(A::SQL)", ["of a"]),
        ("sqlx::query(B::SQL)", ["of b"]),
    ],
)
def test_where_the_sql_comes_from(tmp_path: Path, body: str, expected: list[str]) -> None:
    source = f"""
const COLUMNS: &str = "a, b";
const TABLE: &str = "t";
const FORMATTED: &str = const_format::formatcp!("select {{COLUMNS}} from {{}} where a = $1", TABLE);
struct A; impl A {{ const SQL: &str = "of a"; }}
struct B; impl B {{ const SQL: &str = "of b"; }}
async fn f(more: bool, given: &str) {{ {body}; }}
"""
    assert sorted(query.sql or query.unchecked or "" for query in read(tmp_path, source)) == sorted(expected)


def test_what_is_put_into_a_text_is_placed_at_its_hole(tmp_path: Path) -> None:
    source = 'const C: &str = "a, b";\nasync fn f() { sqlx::query(&format!("x {C} y")); }'
    (query,) = read(tmp_path, source)
    assert query.sql == "x a, b y"
    assert query.offsets == ((0, 2, 38), (2, 2, 40), (3, 2, 40), (4, 2, 40), (5, 2, 40), (6, 2, 43))


def test_all_texts_of_one_call_have_its_parameters_and_reads(tmp_path: Path) -> None:
    source = """async fn f(more: bool, id: i64) {
    let row = sqlx::query(if more { "a" } else { "b" }).bind(id).fetch_one(p).await?;
    let x: i32 = row.get("x");
}"""
    queries = read(tmp_path, source)
    assert [(query.sql, query.arguments, reads(query)) for query in queries] == [
        ("a", 1, [("x", "i32")]),
        ("b", 1, [("x", "i32")]),
    ]
