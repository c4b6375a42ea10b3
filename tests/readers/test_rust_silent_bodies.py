"""Bodies that say nothing are left out before the source is parsed: what is read is what is read with them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.readers.rust import read_contracts

MANIFEST = '[package]\nname = "app"\n[dependencies]\nsqlx = "0.8"\naxum = "0.8"\ntokio-postgres = "0.7"\n'

HEAD = """use sqlx::{query as ask, postgres::PgRow as Tuple, Row as _};
use axum::{routing::get, Json, Router};
#[derive(sqlx::FromRow)] struct Invoice { id: i64, amount: i32 }
#[derive(serde::Serialize)] struct Shown { id: i64, amount: i64 }
enum Error { Missing { id: i64 }, Other }
type Line = Tuple;
"""

HEADERS = (
    "fn f@(a: i64)", "async fn f@(pool: &Pool) -> Result<(), Error>", "fn f@() -> impl IntoResponse",
    "fn f@(line: Line) -> Shown", "fn f@<T>(a: T) -> Json<Shown> where T: Into<i64>",
    "impl Shown { fn f@(&mut self, invoice: Invoice)", "#[cfg(test)] fn f@()", "#[test] fn f@()",
    "#[cfg(test)] mod m@ { fn f@()",
)  # fmt: skip

STATEMENTS = (
    "let total = parts.iter().map(|part| part.size()).sum::<usize>();", "if total > 7 { log(total); } else { stop(); }",
    "match kind { Error::Missing { id } if id == 2 => 1, _ => 2 };", "for part in parts { total += part; }",
    'let found = ask("select id from invoices").fetch_one(pool).await;', "self.amount = invoice.amount as i64;",
    'let id: i64 = line.get("id");', "let shown = Shown { id: invoice.id, amount: invoice.amount.into() };",
    'sqlx::query_as!(Invoice, "select * from invoices");', 'let app = Router::new().route("/a", get(f0));',
    "return Err(Error::Missing { id: 4 });", "struct Inner { a: u8 }", "fn inner(a: Invoice) -> Shown { todo!() }",
    "let Shown { id, .. } = shown;", "if let Some(Shown { id, amount }) = shown { log(id); }", "Json(shown);",
    "let picked = match one { Some(a) if a.id == 1 => Shown { id: a.id, amount: 2 }, _ => other };",
    'client.query("select 1", &[]).await?;', "let text = r#\"{ not a block\"#; let sign = '{';",
    "/* { */ let done = true; // }", 'const SQL: &str = "select 2";', "let f = |a: i64| -> Shown { build(a) };",
)  # fmt: skip


def contracts(folder: Path, source: str) -> Contracts:
    (folder / "src").mkdir(exist_ok=True)
    (folder / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "src" / "lib.rs").write_text(source, encoding="utf-8")
    read, problems = read_contracts(folder, "Cargo.toml", threads=1)
    assert problems == ()
    assert read.unread == ()
    return read


def written(functions: list[tuple[str, list[str]]], first: str) -> str:
    """The functions, each with ``first`` at the beginning of its body, on the line of its brace."""
    lines = [HEAD]
    for number, (header, statements) in enumerate(functions):
        closing = "}" * (1 + header.count("{"))
        lines += [f"{header.replace('@', str(number))} {{{first}", *statements, closing]
    return "\n".join(lines)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(HEADERS), st.lists(st.sampled_from(STATEMENTS), min_size=2, max_size=7)), max_size=5
    )
)
def test_what_is_left_out_changes_nothing(functions: list[tuple[str, list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        left_out = contracts(Path(folder), written(functions, ""))
        # A `use` keeps a body; this one brings no name.
        assert left_out == contracts(Path(folder), written(functions, " use std::fmt as _;"))


def test_another_name_of_a_query_is_found_in_other_files(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    body = "\n".join(["let total = parts.iter().sum::<usize>();"] * 4)
    source = f'use crate::names::ask;\nfn f() {{\n{body}\nask("select 1");\n}}'
    (tmp_path / "src" / "asked.rs").write_text(source, encoding="utf-8")
    (tmp_path / "src" / "names.rs").write_text("pub use sqlx::query as ask;", encoding="utf-8")
    (query,) = contracts(tmp_path, "mod asked;\nmod names;").queries
    assert (str(query.span), query.sql) == ("src/asked.rs:7:1", "select 1")
