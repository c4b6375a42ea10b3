"""Four libraries in one service: from Rust sources and migrations to findings, with a real server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_errorbudget.model.run import Run
from pytest_errorbudget.pipeline.plan import ErrorBudget
from pytest_errorbudget.pipeline.project import open_project
from pytest_errorbudget.pipeline.steps import CONTRACTS

MANIFEST = """\
[package]
name = "billing"
version = "0.1.0"
edition = "2021"
[dependencies]
sqlx = { version = "0.8", features = ["postgres", "chrono"] }
diesel = { version = "2", features = ["postgres"] }
sea-orm = { version = "2", features = ["sqlx-postgres"] }
tokio-postgres = "0.7"
postgres-types = { version = "0.2", features = ["derive"] }
"""

MIGRATION = """\
create type invoice_state as enum ('open', 'paid_off', 'void');
create table invoices (id bigint primary key, state invoice_state not null, note text, key uuid);
"""

MAIN = r"""
use postgres_types::{FromSql, ToSql};
use sqlx::Row;
#[derive(sqlx::Type)]
#[sqlx(type_name = "invoice_state", rename_all = "snake_case")]
pub enum State {
    Open,
    PaidOff,
}
#[derive(Debug, ToSql, FromSql)]
#[postgres(name = "invoice_state", rename_all = "snake_case")]
pub enum PgState {
    Open,
    PaidOff,
    #[postgres(name = "gone")]
    Void,
}
#[derive(sqlx::FromRow)]
pub struct InvoiceRow {
    pub id: i32,
    pub state: State,
}
pub async fn a(pool: &sqlx::PgPool) {
    let _ = sqlx::query_as::<_, InvoiceRow>("select id, state from invoices")
        .fetch_all(pool)
        .await;
}
pub async fn b(pool: &sqlx::PgPool, id: i32) {
    let row = sqlx::query("select id, note from invoices where id = $1")
        .bind(id)
        .fetch_one(pool)
        .await
        .unwrap();
    let id: i32 = row.get("id");
    let note: String = row.try_get("note").unwrap();
    let z = row.get::<i64, _>(7);
}
pub async fn c(client: &tokio_postgres::Client, id: i32) {
    let row = client
        .query_one("select id, state from invoices where id = $1", &[&id])
        .await
        .unwrap();
    let id: i32 = row.get("id");
    let s = row.get::<_, PgState>(1);
}
diesel::table! { invoices (id) { id -> Int4, state -> crate::sql_types::InvoiceState, note -> Text, key -> Uuid, } }
pub mod sql_types {
    #[derive(diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "invoice_state"))]
    pub struct InvoiceState;
}
#[derive(diesel::QueryableByName)]
pub struct Count {
    #[diesel(sql_type = diesel::sql_types::Int4)]
    pub n: i32,
}
pub fn d(conn: &mut diesel::PgConnection) {
    let _ = diesel::sql_query("select count(*) as n from invoices").load::<Count>(conn);
}
mod entity {
    use sea_orm::entity::prelude::*;
    #[derive(Clone, Debug, PartialEq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "invoice_state")]
    pub enum OrmState {
        #[sea_orm(string_value = "open")]
        Open,
        #[sea_orm(string_value = "void")]
        Void,
    }
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoices")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub state: OrmState,
        pub note: String,
        pub gone: Option<i64>,
    }
}
#[derive(sea_orm::FromQueryResult)]
pub struct Total {
    pub total: i32,
}
pub async fn e(db: &sea_orm::DatabaseConnection) {
    let _ = Total::find_by_statement(sea_orm::Statement::from_string(
        sea_orm::DbBackend::Postgres,
        "select id as total from invoices",
    ))
    .all(db)
    .await;
}
pub async fn f(pool: &sqlx::PgPool) {
    sqlx::query("insert into invoices (id) values ($1)")
        .bind(3i64)
        .execute(pool)
        .await
        .unwrap();
}
pub async fn g(pool: &sqlx::PgPool, key: String) {
    sqlx::query("delete from invoices where key = $1")
        .bind(key)
        .execute(pool)
        .await
        .unwrap();
}
fn main() {}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = tmp_path_factory.mktemp("billing")
    for name, text in (("Cargo.toml", MANIFEST), ("src/main.rs", MAIN), ("migrations/0001_init.sql", MIGRATION)):
        file: Path = root / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return replace(ErrorBudget.of(open_project(root, "errorbudget.toml")), asked=CONTRACTS).execute_local()


@pytest.mark.parametrize(
    ("place", "rules"),
    [
        ("Count.n", ["row-type"]),
        ("InvoiceRow.id", ["row-type"]),
        ("Model.gone", ["table-declaration-stale"]),
        ("Model.id", ["row-type"]),
        ("Model.note", ["row-null"]),
        ("OrmState", ["rust-enum-labels"]),
        ("PgState", ["rust-enum-labels", "rust-enum-labels"]),
        ("State", ["rust-enum-labels"]),
        ("Total.total", ["row-type"]),
        ("b", ["parameter-type"]),
        ("b.8", ["row-position"]),
        ("b.id", ["row-type"]),
        ("b.note", ["row-null"]),
        ("c", ["parameter-type"]),
        ("c.id", ["row-type"]),
        ("f", ["insert-incomplete"]),
        ("g", ["parameter-type"]),
        ("table.invoices.id", ["table-declaration-stale"]),
        ("table.invoices.key", ["table-declaration-stale"]),
        ("table.invoices.note", ["table-declaration-stale"]),
    ],
)
def test_a_fault_is_found_at_its_place(run: Run, place: str, rules: list[str]) -> None:
    assert sorted(f.rule.id for f in run.findings if f.place == f"src/main.rs::{place}") == rules


def test_there_is_no_other_finding(run: Run) -> None:
    assert len(run.findings) == 21
