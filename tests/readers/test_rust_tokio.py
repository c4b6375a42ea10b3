"""Queries of tokio-postgres and of what is built on it, in small crates."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_crate import contracts_of

from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.rust_queries import Query, QueryCall, RowRead
from pytest_errorbudget.model.source import Span


def read(root: Path, source: str, dependency: str = "tokio-postgres") -> tuple[Query, ...]:
    return contracts_of(root, source, dependencies=f'{dependency} = "1"').queries


def test_a_query_in_full(tmp_path: Path) -> None:
    source = """async fn f(client: &Client, id: i64) -> Result<String, Error> {
    let row = client.query_one("select name from t where id = $1", &[&id]).await?;
    Ok(row.get("name"))
}
"""
    assert read(tmp_path, source) == (
        Query(
            path="src/main.rs",
            function="f",
            ordinal=1,
            crate="app",
            call=QueryCall.TOKIO_QUERY_ONE,
            span=Span("src/main.rs", 2, 15, 2, 75),
            sql="select name from t where id = $1",
            literal=Span("src/main.rs", 2, 32, 2, 66),
            offsets=((0, 2, 33),),
            arguments=1,
            parameters=(RustType("i64", (), "i64"),),
            reads=(
                RowRead(
                    key="name",
                    type=RustType("String", (), "String"),
                    panics=True,
                    span=Span("src/main.rs", 3, 12, 3, 23),
                ),
            ),
        ),
    )


def shown(ty: RustType | None) -> str | None:
    return None if ty is None else ty.text or ty.path


S = '"select 1"'


@pytest.mark.parametrize(
    ("body", "call", "parameters", "keys"),
    [
        (f"let rows = c.query({S}, &[&id, &name]).await?;", "query", ["i64", "str"], []),
        (f"for row in c.query({S}, &[]).await? {{ let x = row.get::<_, i64>(0); }}", "query", [], [(0, "i64")]),
        (
            f"if let Some(row) = c.query_opt({S}, &[&id]).await? {{ let x = row.get::<usize, bool>(1); }}",
            "query_opt",
            ["i64"],
            [(1, "bool")],
        ),
        (f"let x: i32 = c.query_one({S}, &[]).await?.try_get(0)?;", "query_one", [], [(0, "i32")]),
        (
            f"c.execute({S}, &[&id as &(dyn ToSql + Sync), &7, &None::<bool>]).await?;",
            "execute",
            ["i64", "i32", "Option"],
            [],
        ),
        (f"c.query_typed({S}, &[(&id, Type::INT8)]).await?;", "query", ["i64"], []),
        (f"c.query_raw({S}, [id]).await?;", "query", ["i64"], []),
        (f"c.execute({S}, params).await?;", "execute", [], []),
        (f"let s = c.prepare({S}).await?; c.execute(&s, &[&id]).await?;", "prepare", ["i64"], []),
        (
            f"let s = c.prepare_cached({S}).await?; let r = c.query_one(&s, &[&id]).await?; let x: i64 = r.get(0);",
            "prepare",
            ["i64"],
            [(0, "i64")],
        ),
        (f"c.batch_execute({S}).await?;", "execute", [], []),
        (f"c.simple_query({S}).await?;", "query", [], []),
    ],
)
@pytest.mark.parametrize(
    "head",
    [
        "async fn f(c: &Client, id: i64, name: &str) {",
        "async fn f(mut c: deadpool_postgres::Object, id: i64, name: &str) {",
        "async fn f(c: &impl GenericClient, id: i64, name: &str) {",
        "async fn f<C: GenericClient>(c: &C, id: i64, name: &str) {",
        "async fn f(t: Transaction<'_>, id: i64, name: &str) { let c = &t;",
        "async fn f(pool: &Pool, id: i64, name: &str) { let c = pool.get().await?;",
    ],
)
def test_ways_to_query(
    tmp_path: Path, head: str, body: str, call: str, parameters: list[str], keys: list[tuple[int, str]]
) -> None:
    (query,) = read(tmp_path, f"{head} {body} }}")
    assert (query.call.value, query.sql) == (f"tokio_postgres::{call}", "select 1")
    assert [ty and ty.path for ty in query.parameters] == parameters
    assert query.arguments == len(parameters)
    assert [(read.key, shown(read.type)) for read in query.reads] == keys


@pytest.mark.parametrize("dependency", ["tokio-postgres", "postgres", "deadpool-postgres", "bb8-postgres"])
def test_libraries_with_these_methods(tmp_path: Path, dependency: str) -> None:
    (query,) = read(tmp_path, f"fn f(c: &mut Client) {{ c.execute({S}, &[]); }}", dependency)
    assert query.call is QueryCall.TOKIO_EXECUTE


@pytest.mark.parametrize(
    ("source", "dependency"),
    [
        (f"async fn f(c: &Client) {{ c.execute({S}, &[]).await; }}", "sqlx"),
        ("async fn f(p: &PgPool) { p.execute(query).await; }", "tokio-postgres"),
        (f"fn f(c: &rusqlite::Connection) {{ c.execute({S}, &[&1]); }}", "tokio-postgres"),
        ('fn f(url: Url) { url.query("a", &[("b", "c")]); }', "tokio-postgres"),
        ('fn f() { let x = request(); x.query("page", &[1]); }', "tokio-postgres"),
        ('fn f() { let c = open(); c.execute("select ?", &[&1]); }', "tokio-postgres"),
        (
            f"struct B; impl B {{ fn execute(&self, a: &str, b: &[i64]) {{}} }} fn f(b: B) {{ b.execute({S}, &[1]); }}",
            "tokio-postgres",
        ),
        ("fn f(c: &Client, s: &Statement) { c.execute(s, &[&1]); }", "tokio-postgres"),
    ],
)
def test_calls_that_are_no_queries(tmp_path: Path, source: str, dependency: str) -> None:
    assert read(tmp_path, source, dependency) == ()


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ('c.query(&format!("select {}", x), &[])', "the SQL is built at run time by `format!`"),
        ("c.execute(given, &[])", "the SQL is passed in by the caller"),
        (
            'c.batch_execute("begin; commit")',
            "several statements stand in one text, and PostgreSQL prepares one at a time",
        ),
    ],
)
def test_queries_that_are_not_checked(tmp_path: Path, call: str, reason: str) -> None:
    (query,) = read(tmp_path, f"async fn f(c: &Client, given: &str) {{ {call}.await; }}")
    assert (query.sql, query.unchecked) == (None, reason)


OTHERS = """use hiqlite::macros::params;
use tokio_postgres::Client;

struct Db;

impl Db {
    fn hql(&self) -> hiqlite::Client { todo!() }
}

async fn delete(db: &Db, client: &Client, id: i64) -> Result<(), Error> {
    let sql = "delete from t where id = $1";
    if raft() {
        db.hql().execute(sql, params!(id as u32)).await?;
    } else {
        client.execute(sql, MACRO).await?;
    }
    Ok(())
}
"""


@pytest.mark.parametrize(
    ("given", "parameters"), [("&[&id]", ("i64",)), ("own_params![id]", ()), ("&vec![&id]", ("i64",))]
)
def test_a_call_with_the_parameters_of_another_library_is_not_postgresqls(
    tmp_path: Path, given: str, parameters: tuple[str, ...]
) -> None:
    (query,) = read(tmp_path, OTHERS.replace("MACRO", given))
    assert query.span.line == 15
    assert tuple(map(shown, query.parameters)) == parameters


AROUND = """struct Timed<'a> { inner: tokio_postgres::Transaction<'a> }

impl Timed<'_> {
    async fn prepare_cached(&self, sql: &str) -> Result<Statement, Error> {
        self.timed(self.inner.prepare_cached(sql)).await
    }
    async fn query_one(&self, statement: &Statement, parameters: &[&(dyn ToSql + Sync)]) -> Result<GIVES, Error> {
        self.timed(self.inner.query_one(statement, parameters)).await
    }
    async fn name(&self, id: i64) -> Result<String, Error> {
        let statement = self.prepare_cached("select name from t where id = $1").await?;
        Ok(self.query_one(&statement, &[&id]).await?.get("name"))
    }
}
"""


def test_a_struct_around_a_client_has_its_methods(tmp_path: Path) -> None:
    queries = read(tmp_path, AROUND.replace("GIVES", "Row"))
    (query,) = (query for query in queries if query.sql is not None)
    assert (query.function, query.sql, query.arguments) == ("Timed::name", "select name from t where id = $1", 1)
    assert [read.key for read in query.reads] == ["name"]


def test_a_struct_whose_method_gives_something_else_has_not(tmp_path: Path) -> None:
    queries = read(tmp_path, AROUND.replace("GIVES", "Answer"))
    (query,) = (query for query in queries if query.sql is not None)
    assert (query.function, query.reads) == ("Timed::name", ())
