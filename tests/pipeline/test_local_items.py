"""Functions of one file, each with a ``const QUERY`` and a ``struct Row``: from sources to findings, with a server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytest_errorbudget.model.run import Run
from pytest_errorbudget.pipeline.plan import ErrorBudget
from pytest_errorbudget.pipeline.project import open_project
from pytest_errorbudget.pipeline.steps import CONTRACTS

MANIFEST = """\
[package]
name = "catalog"
version = "0.1.0"
edition = "2021"
[dependencies]
sqlx = { version = "0.8", features = ["postgres"] }
diesel = { version = "2", features = ["postgres"] }
"""

MIGRATION = "create table servers (name text primary key, options text[] not null, port int not null);\n"

MAIN = """\
use diesel::sql_types::{Array, Integer, Text};
use diesel::{QueryableByName, sql_query};
pub fn names(conn: &mut diesel::PgConnection) {
    const QUERY: &str = "select name from servers";
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let _ = sql_query(QUERY).get_results::<Row>(conn);
}
pub fn options(conn: &mut diesel::PgConnection) {
    const QUERY: &str = "select options from servers";
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Array<Text>)]
        options: Vec<String>,
    }
    let _ = sql_query(QUERY).get_results::<Row>(conn);
}
pub async fn ports(pool: &sqlx::PgPool) {
    let _ = sqlx::query_as::<_, Row>(QUERY).fetch_all(pool).await;
    #[derive(sqlx::FromRow)]
    struct Row {
        port: i32,
    }
    const QUERY: &str = "select port from servers";
}
fn main() {}
"""


def run(root: Path, main: str) -> Run:
    files = {"Cargo.toml": MANIFEST, "src/main.rs": main, "migrations/0001_init.sql": MIGRATION}
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return replace(ErrorBudget.of(open_project(root, "errorbudget.toml")), asked=CONTRACTS).execute_local()


def test_none_is_taken_for_another(tmp_path: Path) -> None:
    assert run(tmp_path, MAIN).findings == ()


def test_what_is_wrong_in_one_is_said_of_that_one(tmp_path: Path) -> None:
    wrong = MAIN.replace("select options from", "select name from").replace("port: i32", "port: i16")
    assert [(finding.place, finding.rule.id) for finding in run(tmp_path, wrong).findings] == [
        ("src/main.rs::options::Row.options", "row-column-missing"),
        ("src/main.rs::ports::Row.port", "row-type"),
    ]
