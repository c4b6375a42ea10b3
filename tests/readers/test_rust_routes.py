"""Routes of small crates, as the web frameworks write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_crate import contracts_of

from pytest_errorbudget.model.contracts import Contracts

HEAD = """
struct User { id: i64 }
struct Search { text: String }
"""


def read(root: Path, source: str) -> Contracts:
    return contracts_of(root, HEAD + source)


def routes(contracts: Contracts) -> list[tuple[str, str, str]]:
    return sorted((handler.method, handler.route, handler.function) for handler in contracts.handlers)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('#[get("/users")] async fn list() {}', [("GET", "/users", "list")]),
        ('#[actix_web::post("/users")] async fn add() {}', [("POST", "/users", "add")]),
        (
            '#[route("/users", method = "GET", method = "HEAD")] async fn list() {}',
            [("GET", "/users", "list"), ("HEAD", "/users", "list")],
        ),
        ('#[post("/users?<page>", data = "<user>")] fn add(user: Json<User>) {}', [("POST", "/users", "add")]),
        (
            'struct Api; impl Api { #[oai(path = "/x", method = "get")] async fn x(&self) {} }',
            [("GET", "/x", "Api::x")],
        ),
        ('#[endpoint { method = PUT, path = "/x" }] async fn put() {}', [("PUT", "/x", "put")]),
        (
            'fn list() {} fn app() { App::new().route("/users", web::get().to(list)); }',
            [("GET", "/users", "list")],
        ),
        (
            "fn list() {} fn add() {} fn app() {"
            ' App::new().service(web::resource("/users").route(web::get().to(list)).route(web::post().to(add))); }',
            [("GET", "/users", "list"), ("POST", "/users", "add")],
        ),
        ('fn any() {} fn app() { App::new().service(web::resource("/x").to(any)); }', [("ANY", "/x", "any")]),
        (
            '#[get("/users")] fn list() {} fn app() {'
            ' App::new().service(web::scope("/v1").service(list).route("/x", web::get().to(list))); }',
            [("GET", "/v1/users", "list"), ("GET", "/v1/x", "list")],
        ),
        (
            '#[get("/users")] fn list() {} fn app() { rocket::build().mount("/api", routes![list]); }',
            [("GET", "/api/users", "list")],
        ),
        (
            'fn list() {} fn add() {} fn app() { Route::new().at("/users", get(list).post(add)); }',
            [("GET", "/users", "list"), ("POST", "/users", "add")],
        ),
        ('#[getset(get = "pub")] fn list() {}', []),
    ],
)
def test_ways_to_write_a_route(tmp_path: Path, source: str, expected: list[tuple[str, str, str]]) -> None:
    assert routes(read(tmp_path, source)) == expected


@pytest.mark.parametrize(
    ("function", "inputs", "outputs"),
    [
        ("async fn f(user: web::Json<User>) -> Result<web::Json<Search>, Error> { todo() }", ["User"], ["Search"]),
        ("async fn f(search: web::Query<Search>) -> impl Responder { HttpResponse::Ok().json(User { id: 1 }) }",
         ["Search"], ["User"]),
        ("fn f(user: Form<User>) -> Json<Vec<Search>> { todo() }", ["User"], ["Search"]),
    ],
)  # fmt: skip
def test_payloads(tmp_path: Path, function: str, inputs: list[str], outputs: list[str]) -> None:
    (handler,) = read(tmp_path, f'#[get("/x")] {function}').handlers
    assert [ref.name for ref in handler.inputs] == inputs
    assert [ref.name for ref in handler.outputs] == outputs


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "#[tonic::async_trait] impl Greeter for User { async fn hello(&self) {} }",
            "a service of tonic: its messages come from a build script, and its methods are not followed",
        ),
        (
            'fn app() { warp::path!("users" / i64).and_then(list); }',
            "a route of warp: which function answers it is not followed",
        ),
    ],
)
def test_what_is_not_followed_is_said(tmp_path: Path, source: str, reason: str) -> None:
    assert [gap.reason for gap in read(tmp_path, source).gaps] == [reason]
