"""No input crashes the reader, and the number of threads changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.readers.rust import read_contracts

MANIFEST = '[package]\nname = "app"\n'
GOOD = "struct Good { a: u8 }"


def read(root: Path, source: bytes, threads: int = 2) -> Contracts:
    """A crate whose module ``good`` is sound and whose module ``odd`` is ``source``."""
    (root / "src").mkdir(parents=True, exist_ok=True)
    (root / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
    (root / "src" / "lib.rs").write_text("mod good; mod odd;", encoding="utf-8")
    (root / "src" / "good.rs").write_text(GOOD, encoding="utf-8")
    (root / "src" / "odd.rs").write_bytes(source)
    contracts, problems = read_contracts(root, "Cargo.toml", threads=threads)
    assert problems == ()
    assert "Good" in [struct.name for struct in contracts.structs]
    return contracts


@pytest.mark.parametrize(
    ("source", "place", "reason"),
    [
        (b"fn f( {", "src/odd.rs:1:7", "syntax error: "),
        (b"struct A { a: u8 }\nstruct B { a u8 }", "src/odd.rs:2:14", "syntax error: expected `:`"),
        (b"ok();\n  \xff", "src/odd.rs:2:3", "the file is not UTF-8"),
        (
            b"// " + b"x" * 5_000_000,
            "src/odd.rs:1:1",
            "the file has 5000003 bytes, more than the 4194304 that are read",
        ),
    ],
)
def test_an_unreadable_file_is_named_and_the_rest_is_read(
    tmp_path: Path, source: bytes, place: str, reason: str
) -> None:
    (unread,) = read(tmp_path, source).unread
    assert str(unread.span) == place
    assert unread.reason.startswith(reason)


def test_a_body_that_does_not_read_leaves_the_items_of_its_file(tmp_path: Path) -> None:
    body = 'sqlx::query("select 1").execute(pool).await?; let total = parts.iter().map(|part| part.size()).sum();'
    source = f"struct A {{ a: u8 }}\nfn f() {{\n  {body}\n  let = 1;\n}}\nstruct B {{ b: u8 }}\n"
    contracts = read(tmp_path, source.encode())
    (unread,) = contracts.unread
    assert str(unread.span) == "src/odd.rs:4:7"
    assert unread.reason.startswith("syntax error: expected ")
    assert [struct.name for struct in contracts.structs] == ["Good", "A", "B"]
    assert contracts.queries == ()


UNITS = [
    "(", "[", "{", "<", "Vec<", "fn f() {", "mod m {", "if a {", "match a { _ => ", "|| ", "& ", "!", "a = ", "-",
    "fn() -> ", "Box<dyn Fn(", "m!(", "m!{", "#[a(", "use a::{", "a(", "a.b(", "return ", "..", "'a: {", "*const ",
    "impl A for ", "1 + (", "[u8; {", "x as ", "trait T { fn f() {", "/* ", "\"", "r#\"", "a?.b().", "/// a\n",
]  # fmt: skip


@pytest.mark.parametrize("head", ["", "fn f() { ", "fn f(a: ", "type A = ", "const A: u8 = ", "m! { "])
@pytest.mark.parametrize("unit", UNITS)
def test_a_hundred_thousand_nested_tokens(tmp_path: Path, head: str, unit: str) -> None:
    assert len(read(tmp_path, (head + unit * 100_000).encode()).unread) <= 1


@pytest.mark.parametrize("depth", [1_000, 2_500, 7_000])
@pytest.mark.parametrize(
    ("head", "left", "middle", "right", "tail"),
    [
        ("const A: u8 = ", "(", "1", ")", ";"),
        ("const A: u8 = ", "", "1", " + 1", ";"),
        ("fn f() ", "{", "", "}", ""),
        ("const A: u8 = ", "&", "1", "", ";"),
        ("type A = ", "Vec<", "u8", ">", ";"),
        ("struct A { a: ", "&", "u8", "", " }"),
        ("fn f() { a", "", "", ".b()", "; }"),
        ("fn f() { ", "m!(", "", ")", "; }"),
        ("fn f() { a", "", "", " as u8", "; }"),
        ("fn f() { ", "|| ", "1", "", "; }"),
    ],
)
def test_deep_code_below_the_limit_is_read_or_refused(
    tmp_path: Path, depth: int, head: str, left: str, middle: str, right: str, tail: str
) -> None:
    source = head + left * depth + middle + right * depth + tail
    for unread in read(tmp_path, source.encode()).unread:
        assert unread.reason.startswith("the code nests too deeply")


def test_circles_of_names_end(tmp_path: Path) -> None:
    source = (
        """
        use self::a::*; use self::b::*; use c as d; use d as c; pub use missing::*;
        mod a { pub use super::b::*; pub use super::*; } mod b { pub use super::a::*; pub use super::*; }
        type X = Y; type Y = X; type Z = Vec<Z>; type L<T> = L<L<T>>;
        const A: &str = B; const B: &str = A;
        struct Row { a: X, b: Z, c: c, d: Missing, e: L<u8>, f: Box<Row> }
        fn doubled() { let a = (1u8, 2u8); """
        + "let a = (a, a); " * 100
        + """ a }
        fn f(row: Row) -> Row { sqlx::query(A); Row { a: row.a, f: row.f, ..row } }
    """
    )
    contracts = read(tmp_path, source.encode())
    assert [struct.name for struct in contracts.structs] == ["Good", "Row"]


def test_circles_of_files_end(tmp_path: Path) -> None:
    source = b'#[path = "good.rs"] mod again; #[path = "odd.rs"] mod me; #[path = "lib.rs"] mod root;'
    assert read(tmp_path, source).unread == ()


RUST = """
#[derive(sqlx::FromRow)] pub struct Row { pub id: i64, #[sqlx(rename = "x")] amount: Option<i64> }
impl From<Row> for Dto { fn from(row: Row) -> Self { Self { a: row.amount.map(|x| x as i32) } } }
fn app() { Router::new().route("/a", get(list).post(|| async {})) }
async fn list() -> Json<Vec<Dto>> { let rows = sqlx::query_as!(Row, r#"select "x""#, 1).fetch_all(p).await?; }
extern "C" { fn f(a: *const u8, ...) -> [u8; 4]; } const Q: &str = "a\\u{e9}\\
   b"; use a::{b as c, d::*}; mod x { macro_rules! m { () => {} } }
"""
PIECES = st.sampled_from(
    ["{", "}", "(", ")", "<", ">", "#[", "]", '"', "r#", "::", "query!(", "as ", "'", "é", "\\", "\n"]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = RUST
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 20)))
        text = text[:start] + draw(PIECES | st.just(text[end : end + 9])) + text[end:]
    return text


RELAXED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)


@RELAXED
@given(text=st.text())
def test_no_text_is_a_crash(tmp_path: Path, text: str) -> None:
    read(tmp_path, text.encode("utf-8", "surrogatepass"))


@RELAXED
@given(text=mutated())
def test_no_mutated_source_is_a_crash(tmp_path: Path, text: str) -> None:
    read(tmp_path, text.encode())


def test_the_number_of_threads_changes_nothing(tmp_path: Path) -> None:
    modules = "".join(f"mod m{number};" for number in range(40))
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "src" / "lib.rs").write_text(modules + "mod broken;", encoding="utf-8")
    (tmp_path / "src" / "broken.rs").write_text("fn (", encoding="utf-8")
    for number in range(40):
        other = f"use super::m{(number + 1) % 40}::Row as Next; fn next(n: Next) -> Dto {{ Dto {{ a: n.amount }} }}"
        (tmp_path / "src" / f"m{number}.rs").write_text(RUST + other, encoding="utf-8")

    def result(threads: int) -> tuple[Contracts, tuple[Problem, ...]]:
        return read_contracts(tmp_path, "Cargo.toml", threads=threads)

    once = result(1)
    assert len(once[0].queries) == 40
    assert all(result(threads) == once for threads in (2, 3, 8))


def test_a_service_that_no_package_is_called_is_a_problem(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["billing", "ingest", "rows"]\n',
        "billing/Cargo.toml": '[package]\nname = "billing"\n[dependencies]\nrows = { path = "../rows" }\n',
        "ingest/Cargo.toml": '[package]\nname = "ingest"\n',
        "rows/Cargo.toml": '[package]\nname = "rows"\n',
        "rows/src/lib.rs": GOOD,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    contracts, problems = read_contracts(tmp_path, "Cargo.toml", ("billing", "ingests"))
    assert [crate.name for crate in contracts.crates] == ["billing", "ingest", "rows"]
    assert [str(problem) for problem in problems] == [
        "the workspace `Cargo.toml` has no package `ingests`\n"
        "  No row, query or handler of it is checked.\n"
        "  Did you mean `ingest`?"
    ]
