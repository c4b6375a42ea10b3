"""Queries of small crates: their SQL, where it stands, and the rows that they give."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_crate import contracts_of

from pytest_errorbudget.model.rust import RustType, StructRef
from pytest_errorbudget.model.rust_queries import Query, QueryCall
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.rust import read_contracts


def read(root: Path, source: str, **others: str) -> tuple[Query, ...]:
    """The queries of a package whose ``src/main.rs`` is ``source``; ``other`` is ``src/other.rs``."""
    return contracts_of(root, source, files={f"src/{name}.rs": text for name, text in others.items()}).queries


def test_a_query_in_full(tmp_path: Path) -> None:
    source = """struct Row { id: i64 }
async fn one(pool: &PgPool) -> Result<Row, sqlx::Error> {
    sqlx::query_as!(Row, r#"
        select id from t where id = $1"#, 7).fetch_one(pool).await
}
"""
    assert read(tmp_path, source) == (
        Query(
            path="src/main.rs",
            function="one",
            ordinal=1,
            crate="app",
            call=QueryCall.QUERY_AS_MACRO,
            span=Span("src/main.rs", 3, 5, 4, 45),
            sql="\n        select id from t where id = $1",
            literal=Span("src/main.rs", 3, 26, 4, 41),
            offsets=((0, 3, 29), (1, 4, 1)),
            target=StructRef("src/main.rs", "Row"),
            arguments=1,
        ),
    )


@pytest.mark.parametrize(
    ("call", "kind", "target", "scalar"),
    [
        ('sqlx::query!("q", a)', "query!", None, None),
        ('query_unchecked!("q", a)', "query_unchecked!", None, None),
        ('query_as_unchecked!(Row, "q")', "query_as_unchecked!", "Row", None),
        ('sqlx::query_scalar_unchecked!("q")', "query_scalar_unchecked!", None, None),
        ('sqlx::query_scalar!("q")', "query_scalar!", None, None),
        ('sqlx::query("q")', "query", None, None),
        ('sqlx::query_as::<_, Row>("q")', "query_as", "Row", None),
        ('sqlx::query_as::<Postgres, crate::Row>("q")', "query_as", "Row", None),
        ('renamed::<_, Alias>("q")', "query_as", "Row", None),
        ('sqlx::query_scalar::<_, i64>("q")', "query_scalar", None, RustType("i64", (), "i64")),
        (
            'sqlx::query_as::<_, (i64, bool)>("q")',
            "query_as",
            None,
            RustType("()", (RustType("i64", (), "i64"), RustType("bool", (), "bool")), "(i64, bool)"),
        ),
    ],
)
def test_ways_to_write_a_query(
    tmp_path: Path, call: str, kind: str, target: str | None, scalar: RustType | None
) -> None:
    head = "use sqlx::query_as as renamed; struct Row { id: i64 } type Alias = Row;"
    (query,) = read(tmp_path, f"{head} async fn f() {{ let x = {call}; }}")
    assert (query.call.value, query.sql, query.scalar, query.unchecked) == (kind, "q", scalar, None)
    assert query.target == (None if target is None else StructRef("src/main.rs", target))


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("sqlx::query_as(Q).fetch_all(p).await", "Vec<Row>"),
        ("sqlx::query_as(Q).bind(1).fetch_all(p).await.map_err(Failure::from)", "Vec<Row>"),
        ("Ok(sqlx::query_as(Q).fetch_optional(p).await?)", "Option<Row>"),
        ("let row: Row = sqlx::query_as(Q).fetch_one(p).await?; Ok(row)", "Row"),
        ("let row = sqlx::query_as::<_, Row>(Q).fetch_one(p).await?; Ok(row)", "Row"),
        ("return sqlx::query_as::<_, _>(Q).fetch_one(p).await;", "Row"),
    ],
)
def test_the_target_follows_from_where_the_row_goes(tmp_path: Path, body: str, target: str) -> None:
    source = f'struct Row {{ id: i64 }} const Q: &str = "q"; async fn f() -> Result<{target}, Failure> {{ {body} }}'
    (query,) = read(tmp_path, source)
    assert query.target == StructRef("src/main.rs", "Row")


def test_the_sql_of_constants_files_and_joined_texts(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "list.sql").write_text("select 1\nfrom t\n", encoding="utf-8")
    source = """
mod texts;
const INCLUDED: &str = include_str!("../sql/list.sql");
struct Db;
impl Db {
    const OWN: &'static str = "own";
    async fn all(&self) {
        sqlx::query(texts::LIST);
        sqlx::query(INCLUDED);
        sqlx::query_file!("sql/list.sql");
        sqlx::query(Self::OWN);
        sqlx::query(concat!("a", "b"));
        sqlx::query!("c" + "d");
        let local = "local";
        sqlx::query(local);
        sqlx::query_file!("sql/gone.sql");
        sqlx::query(&format!("select {}", 1));
        sqlx::QueryBuilder::<Postgres>::new("select");
    }
}
"""
    queries = read(tmp_path, source, texts='pub const LIST: &str = SELF; const SELF: &str = "listed";')
    built = "the SQL is built at run time"
    assert [(q.function, q.ordinal, q.sql or q.unchecked, q.literal and str(q.literal)) for q in queries] == [
        ("Db::all", 1, "listed", "src/texts.rs:1:49"),
        ("Db::all", 2, "select 1\nfrom t\n", "sql/list.sql:1:1"),
        ("Db::all", 3, "select 1\nfrom t\n", "sql/list.sql:1:1"),
        ("Db::all", 4, "own", "src/main.rs:6:31"),
        ("Db::all", 5, "ab", "src/main.rs:12:21"),
        ("Db::all", 6, "cd", "src/main.rs:13:22"),
        ("Db::all", 7, "local", "src/main.rs:14:21"),
        ("Db::all", 8, "the file `sql/gone.sql` cannot be read", None),
        ("Db::all", 9, f"{built} by `format!`", None),
        ("Db::all", 10, f"{built} by a QueryBuilder", None),
    ]
    assert queries[1].offsets == ((0, 1, 1), (9, 2, 1))


def test_queries_inside_of_other_macros_and_closures(tmp_path: Path) -> None:
    source = """
async fn f() {
    tokio::try_join!(sqlx::query!("a").execute(p), async { sqlx::query!("b") });
    retry(|| sqlx::query!("c"));
    tokio::select! { x = sqlx::query!("d") => {} }
}
"""
    assert [q.sql for q in read(tmp_path, source)] == ["a", "b", "c", "d"]
    assert read_contracts(tmp_path, "Cargo.toml")[0].gaps == ()


def test_queries_of_macros_of_the_workspace(tmp_path: Path) -> None:
    source = """
struct Row { id: i64 }
macro_rules! one {
    ($table:literal, $($arg:expr),*) => {{
        sqlx::query!("select 1", $($arg),*);
        sqlx::query_as!(Row, "select id from " + $table, $($arg),*)
    }};
}
"""
    assert [(q.function, q.call.value, q.sql or q.unchecked, q.arguments) for q in read(tmp_path, source)] == [
        ("one!", "query!", "select 1", 0),
        ("one!", "query_as!", "the SQL is built at run time", 0),
    ]


def test_bound_values_are_counted(tmp_path: Path) -> None:
    (query,) = read(tmp_path, 'async fn f() { sqlx::query("q").bind(1).bind(2).execute(p).await; }')
    assert query.arguments == 2


def place_of(query: Query, offset: int) -> tuple[int, int]:
    start, line, column = max(breakpoint for breakpoint in query.offsets if breakpoint[0] <= offset)
    return line, column + offset - start


SQL = st.text(alphabet='ab é"\\\n\t', min_size=1, max_size=30)


def escaped(sql: str) -> str:
    signs = {"\\": "\\\\", '"': '\\"', "\t": "\\t"}
    return '"' + "".join(signs.get(sign, sign) for sign in sql) + '"'


@given(sql=SQL, raw=st.booleans())
def test_every_character_of_the_sql_is_found_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, sql: str, raw: bool
) -> None:
    literal = f'r##"{sql}"##' if raw else escaped(sql)
    source = f"async fn f() {{ sqlx::query!({literal}); }}"
    (query,) = read(tmp_path_factory.mktemp("crate"), source)
    assert query.sql == sql
    lines = source.split("\n")
    for offset, sign in enumerate(sql):
        line, column = place_of(query, offset)
        written = lines[line - 1][column - 1 :]
        expected = sign if raw else escaped(sign)[1:-1]
        assert written.startswith(expected) if sign != "\n" else written == ""


@pytest.mark.parametrize(
    ("types", "target"),
    [
        ("impl Dao for Posts { type Entity = Row;", "Row"),
        ("impl Dao for Posts { type Entity = Option<Alias>;", None),
        ("impl Dao for Posts { type Entity = Alias;", "Row"),
        ("impl Other for Posts { type Entity = Row; } impl Dao for Posts { type Entity = Second;", None),
        ("impl Dao for Posts {", None),
    ],
)
def test_a_target_may_be_a_type_of_the_implementation(tmp_path: Path, types: str, target: str | None) -> None:
    """Two implementations with a type of that name leave it open which is meant."""
    head = "struct Posts; struct Row { id: i64 } struct Second { id: i64 } type Alias = Row;"
    body = '{ sqlx::query_as!(Self::Entity, "q").fetch_all(pool).await }'
    (query,) = read(tmp_path, f"{head} {types} async fn all() -> Result<Vec<Self::Entity>, Error> {body} }}")
    assert query.target == (None if target is None else StructRef("src/main.rs", target))
