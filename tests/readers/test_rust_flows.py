"""Handlers of small services, and the row fields behind what they answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.rust import StructRef
from pytest_errorbudget.model.rust_boundaries import Cast, FieldFlow, Handler, LostFlow
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.rust import read_contracts

MANIFEST = '[package]\nname = "app"\n[dependencies]\nsqlx = "0.9"\n'

HEAD = """
#[derive(sqlx::FromRow)] struct Row { id: i64, amount_cents: i64, note: Option<i64> }
#[derive(Serialize)] struct Dto { id: i64, amount: i32, note: Option<i32> }
#[derive(Deserialize)] struct Create { amount: i32 }
fn app() -> Router { Router::new().route("/invoices", get(list)) }
async fn rows(p: &PgPool) -> Result<Vec<Row>, sqlx::Error> { sqlx::query_as("q").fetch_all(p).await }
async fn one(p: &PgPool) -> Result<Row, sqlx::Error> { sqlx::query_as("q").fetch_one(p).await }
async fn maybe(p: &PgPool) -> Result<Option<Row>, sqlx::Error> { sqlx::query_as("q").fetch_optional(p).await }
"""


def read(root: Path, **files: str) -> Contracts:
    texts = {f"src/{name}.rs": text for name, text in files.items()} | {"Cargo.toml": MANIFEST}
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return read_contracts(root, "Cargo.toml")[0]


def shown(flow: FieldFlow) -> str:
    """``amount <- amount_cents as i32``; a cast that can fail is written ``try``."""
    casts = "".join(f" {'as' if cast.lossy else 'try'} {cast.to}" for cast in flow.casts)
    return f"{flow.field} <- {flow.row_field}{casts}"


def test_a_conversion_in_full(tmp_path: Path) -> None:
    source = HEAD + (
        "impl From<Row> for Dto {\n"
        "    fn from(row: Row) -> Self {\n"
        "        Self { id: row.id, amount: row.amount_cents as i32, note: None }\n"
        "    }\n"
        "}\n"
        "async fn list() -> Json<Vec<Dto>> { todo!() }\n"
    )
    contracts = read(tmp_path, main=source)
    path = "src/main.rs"
    row, dto = StructRef(path, "Row"), StructRef(path, "Dto")
    assert contracts.flows == (
        FieldFlow(
            payload=dto,
            field="id",
            row=row,
            row_field="id",
            casts=(),
            span=Span(path, 11, 16, 11, 26),
            function="Dto::from",
        ),
        FieldFlow(
            payload=dto,
            field="amount",
            row=row,
            row_field="amount_cents",
            casts=(Cast(to="i32", lossy=True, span=Span(path, 11, 53, 11, 59)),),
            span=Span(path, 11, 28, 11, 59),
            function="Dto::from",
        ),
    )
    assert contracts.lost == (
        LostFlow(payload=dto, field="note", reason="computed: no row field behind it", span=Span(path, 11, 61, 11, 71)),
    )
    assert contracts.handlers == (
        Handler(
            path=path,
            function="list",
            crate="app",
            method="GET",
            route="/invoices",
            span=Span(path, 14, 10, 14, 14),
            inputs=(),
            outputs=(dto,),
        ),
    )


@pytest.mark.parametrize(
    ("value", "flow"),
    [
        ("row.amount_cents as i32", "amount <- amount_cents as i32"),
        ("(row.amount_cents) as i16 as i32", "amount <- amount_cents as i16 as i32"),
        ("i32::try_from(row.amount_cents)?", "amount <- amount_cents try i32"),
        ("i32::try_from(row.amount_cents).unwrap_or(i32::MAX)", "amount <- amount_cents try i32"),
        ("row.amount_cents.try_into()?", "amount <- amount_cents try i32"),
        ("row.amount_cents.try_into().map_err(|_| Failure)?", "amount <- amount_cents try i32"),
        ("row.amount_cents.clone().into()", "amount <- amount_cents"),
        ("{ let cents = row.amount_cents; cents as i32 }", "amount <- amount_cents as i32"),
        ("row.note.unwrap_or_default() as i32", "amount <- note as i32"),
        ("row.note.map(|note| note as i32).unwrap_or(0)", "amount <- note as i32"),
        ("match row.note { Some(note) => note as i32, None => 0 }", "amount <- note as i32"),
        ("if let Some(note) = row.note { note as i32 } else { 0 }", "amount <- note as i32"),
        ("row.amount_cents * 2", None),
        ("3", None),
    ],
)
def test_ways_of_a_value(tmp_path: Path, value: str, flow: str | None) -> None:
    source = (
        HEAD
        + f"async fn list() -> Json<Dto> {{ let row = one(p).await?; let amount = {value}; "
        + "Json(Dto { id: row.id, amount, note: row.note.map(|n| n as i32) }) }"
    )
    contracts = read(tmp_path, main=source)
    others = {"id <- id", "note <- note as i32"}
    assert [text for text in map(shown, contracts.flows) if text not in others] == ([flow] if flow else [])
    assert [lost.field for lost in contracts.lost] == ([] if flow else ["amount"])


@pytest.mark.parametrize(
    "body",
    [
        "let rows = rows(p).await?; rows.into_iter().map(Dto::from).collect()",
        "rows(p).await?.iter().map(|row| Dto { id: row.id, amount: row.amount_cents as i32, ..base }).collect()",
        "let mut all = vec![]; for row in rows(p).await? {"
        " all.push(Dto { id: row.id, amount: row.amount_cents as i32, ..base }); }",
        "let found = maybe(p).await?; if let Some(Row { id, amount_cents, .. }) = found {"
        " Dto { id, amount: amount_cents as i32, ..base } }",
        "let Some(row) = maybe(p).await? else { return };"
        " let mut dto = Dto::default(); dto.id = row.id; dto.amount = row.amount_cents as i32;",
        "let row = sqlx::query_as!(Row, Q).fetch_one(p).await?; Dto { id: row.id, amount: row.amount_cents as i32 }",
        "sqlx::query_as::<_, Row>(Q).fetch(p).map(|row| { let row = row?;"
        " Dto { id: row.id, amount: row.amount_cents as i32 } })",
        "let domain = Domain { id: row_of().id, cents: one(p).await?.amount_cents as i32 };"
        " Dto { id: domain.id, amount: domain.cents }",
    ],
)
def test_ways_of_a_row(tmp_path: Path, body: str) -> None:
    source = (
        HEAD
        + "impl Default for Dto { fn default() -> Self { todo!() } }\n"
        + "impl From<Row> for Dto { fn from(r: Row) -> Dto { Dto { id: r.id, amount: r.amount_cents as i32 } } }\n"
        + "struct Domain { id: i64, cents: i32 } fn row_of() -> Row { todo!() }\n"
        + f"async fn list() -> Json<Vec<Dto>> {{ {body} }}"
    )
    flows = [flow for flow in read(tmp_path, main=source).flows if flow.function in ("list", "Dto::from")]
    assert {shown(flow) for flow in flows} == {"id <- id", "amount <- amount_cents as i32"}


def test_the_trail_crosses_modules_and_methods(tmp_path: Path) -> None:
    contracts = read(
        tmp_path,
        main='mod db; mod http; fn app() { Router::new().nest("/v1", Router::new().route("/x", get(http::show))); }',
        db="""
            #[derive(FromRow)] pub struct Row { pub total: i64 }
            pub struct Repository { pool: PgPool }
            impl Repository {
                pub async fn find(&self) -> anyhow::Result<Row> {
                    Ok(sqlx::query_as("q").fetch_one(&self.pool).await?)
                }
            }
        """,
        http="""
            use crate::db::{self, Repository};
            pub struct Dto { total: i32 }
            pub struct AppState { repository: Arc<Repository> }
            pub async fn show(State(state): State<Arc<AppState>>) -> impl IntoResponse {
                let row = state.repository.find().await.unwrap();
                (StatusCode::OK, Json(Dto { total: row.total as i32 }))
            }
        """,
    )
    (handler,) = contracts.handlers
    assert (handler.route, handler.function, handler.outputs) == (
        "/v1/x",
        "show",
        (StructRef("src/http.rs", "Dto"),),
    )
    assert [(flow.row, shown(flow)) for flow in contracts.flows] == [
        (StructRef("src/db.rs", "Row"), "total <- total as i32")
    ]


@pytest.mark.parametrize(
    ("signature", "inputs", "outputs"),
    [
        ("(Json(input): Json<Create>) -> Result<(StatusCode, Json<Dto>), Failure>", ["Create"], ["Dto"]),
        ("(Query(q): Query<Create>, Path(id): Path<i64>) -> Json<Option<Dto>>", ["Create"], ["Dto"]),
        ("(State(s): State<Create>, ValidatedJson(i): ValidatedJson<Create>) -> StatusCode", ["Create"], []),
        ("(input: Option<Json<Vec<Create>>>) -> Result<Json<Vec<Dto>>, Json<Create>>", ["Create"], ["Dto", "Create"]),
        ("() -> Answer", [], ["Dto"]),
    ],
)
def test_payloads_of_a_handler(tmp_path: Path, signature: str, inputs: list[str], outputs: list[str]) -> None:
    source = HEAD + f"type Answer = Result<Json<Dto>, Failure>; async fn list{signature} {{ todo!() }}"
    (handler,) = read(tmp_path, main=source).handlers
    assert [ref.name for ref in handler.inputs] == inputs
    assert [ref.name for ref in handler.outputs] == outputs


def test_methods_of_one_route_and_lost_handlers(tmp_path: Path) -> None:
    source = """
        fn app() -> Router {
            Router::new()
                .route("/a", get(show).post(Api::create).layer(x))
                .route("/b", axum::routing::delete(|| async {}))
                .route("/c", elsewhere::get_routes())
                .route("/d", put(other_crate::handler))
        }
        async fn show() {}
        struct Api; impl Api { async fn create() {} }
    """
    contracts = read(tmp_path, main=source)
    assert [(h.method, h.route, h.function) for h in contracts.handlers] == [
        ("GET", "/a", "show"),
        ("POST", "/a", "Api::create"),
    ]
    assert [gap.reason for gap in contracts.gaps] == [
        "the handlers of route `/c` are not written beside it",
        "the handler of DELETE `/b` is a closure",
        "the handler of PUT `/d` is not a function of this workspace",
    ]


def test_what_is_lost_is_said(tmp_path: Path) -> None:
    source = """
        struct Dto { a: i32, b: i32, c: i32, nested: Inner } struct Inner { d: i32 }
        struct Create { amount: i32 } struct Plain { a: i32 }
        fn app() { Router::new().route("/", post(create)); }
        async fn create(Json(input): Json<Create>, plain: Plain) -> Json<Dto> {
            let record = sqlx::query!("q").fetch_one(p).await?;
            Json(Dto { a: record.a, b: plain.a, c: 1, nested: inner() })
        }
    """
    lost = [(flow.payload.name, flow.field, flow.reason) for flow in read(tmp_path, main=source).lost]
    assert lost == [
        ("Inner", "d", "no place was found that fills it"),
        ("Create", "amount", "read from the request: where its value goes is not followed"),
        ("Dto", "a", "filled from a row of `query!`, which has no struct to follow"),
        ("Dto", "b", "filled from `Plain.a`, behind which no row was found"),
        ("Dto", "c", "computed: no row field behind it"),
    ]
