"""Laws of diesel's and sea-orm's syntax: what is declared is what is read, and no source is a crash or a hang."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_crate import contracts_of

from pytest_errorbudget.model.rust import RustType

RELAXED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    sql_name: str | None
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    name: str
    schema: str | None
    sql_name: str | None
    primary_key: tuple[str, ...]
    columns: tuple[Column, ...]


NAMES = st.from_regex(r"[a-z][a-z0-9]{0,6}_x", fullmatch=True)
SQL_NAMES = st.none() | st.text(
    st.characters(codec="utf-8", exclude_characters='"\\', categories=("L", "N")), min_size=1
)
TYPES = st.recursive(
    st.sampled_from(["Int8", "diesel::sql_types::Text", "Timestamptz", "super::kinds::Mood"]),
    lambda inner: st.tuples(st.sampled_from(["Nullable", "Array"]), inner).map(lambda pair: f"{pair[0]}<{pair[1]}>"),
    max_leaves=3,
)
COLUMNS = st.lists(
    st.builds(Column, name=NAMES, sql_name=SQL_NAMES, type=TYPES), min_size=1, max_size=4, unique_by=lambda c: c.name
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = tuple(draw(COLUMNS))
    key = draw(st.lists(st.sampled_from([column.name for column in columns]), max_size=3, unique=True))
    schema = draw(st.none() | NAMES)
    return Table(name=draw(NAMES), schema=schema, sql_name=draw(SQL_NAMES), primary_key=tuple(key), columns=columns)


def written(table: Table) -> str:
    """The table as `diesel print-schema` writes it."""
    columns = "".join(f"{renamed(c.sql_name)}        {c.name} -> {c.type},\n" for c in table.columns)
    schema = "" if table.schema is None else f"{table.schema}."
    key = f" ({', '.join(table.primary_key)})" if table.primary_key else ""
    return f"diesel::table! {{\n{renamed(table.sql_name)}    {schema}{table.name}{key} {{\n{columns}    }}\n}}\n"


def renamed(name: str | None) -> str:
    return "" if name is None else f'    #[sql_name = "{name}"]\n'


def shown(type: RustType) -> str:
    return type.path + (f"<{', '.join(map(shown, type.arguments))}>" if type.arguments else "")


@RELAXED
@given(declared=st.lists(tables(), min_size=1, max_size=3, unique_by=lambda table: table.name))
def test_what_is_declared_is_read(tmp_path: Path, declared: list[Table]) -> None:
    contracts = contracts_of(tmp_path, "".join(map(written, declared)))
    assert contracts.gaps == ()
    assert [
        (t.name, t.schema, t.table, t.primary_key, [(c.name, c.column, shown(c.type)) for c in t.columns])
        for t in contracts.tables
    ] == [
        (
            t.name,
            t.schema,
            t.sql_name or t.name,
            t.primary_key or ("id",),
            [(c.name, c.sql_name or c.name, c.type.replace("diesel::sql_types::", "").replace("super::kinds::", ""))
             for c in t.columns],
        )
        for t in declared
    ]  # fmt: skip


SOURCE = """
diesel::table! { use diesel::sql_types::*; #[sql_name = "u"] s.users (id, x) { id -> Nullable<Int4>, #[max_length = 3] x -> Text, } }
#[derive(Queryable, Insertable)] #[diesel(table_name = users, primary_key(a, b), check_for_backend(diesel::pg::Pg))]
struct User { #[diesel(sql_type = Array<Text>, column_name = "r#id", embed)] id: i32, #[column_name = "y"] x: String }
#[derive(DbEnum)] #[ExistingTypePath = "crate::Mood"] enum Mood { #[db_rename = "a"] A, #[sea_orm(num_value = -1)] B }
#[derive(DeriveModel)] #[sea_orm(table_name = "t", rename_all = "camelCase")] struct Model { #[sea_orm(nested(prefix = "p"))] a: B }
impl EntityName for Entity { fn table_name(&self) -> &str { "cake" } } #[derive(DeriveColumn)] enum Column { A }
fn f() { let x: Vec<User> = diesel::sql_query("a").sql(" b").into_boxed().bind::<Text, _>(1).load(c)?.first().optional();
  Model::find_by_statement(Statement::from_sql_and_values(b, "q", [1.into()])).into_model::<User>().one(db); }
"""  # noqa: E501 -- one line an item
PIECES = st.sampled_from(
    ["{", "}", "(", ")", "<", ">", "#[", "]", '"', "r#", "::", "->", ",", "=", "é", "table!", "use ", ".", "\n"]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = SOURCE
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 20)))
        text = text[:start] + draw(PIECES | st.just(text[end : end + 9])) + text[end:]
    return text


@RELAXED
@given(text=mutated())
def test_no_mutated_source_is_a_crash(tmp_path: Path, text: str) -> None:
    for unread in contracts_of(tmp_path, text).unread:
        assert "stopped inside" not in unread.reason


@pytest.mark.parametrize("depth", [1_000, 7_000, 100_000])
@pytest.mark.parametrize(
    ("head", "unit"),
    [
        ("table! { a { id -> ", "Nullable<"),
        ("table! { a { id -> ", "& "),
        ("table! { a (", "(("),
        ("table! ", "{ a "),
        ("#[diesel(sql_type = ", "Array<"),
        ("#[diesel(base_query = ", "a."),
        ("#[diesel(deserialize_as = ", "("),
        ("#[sea_orm(", "nested("),
        ("fn f() { diesel::sql_query(a)", ".bind::<Text, _>(b)"),
        ("fn f() { ", "A::find_by_statement("),
    ],
)
def test_deep_code_ends(tmp_path: Path, head: str, unit: str, depth: int) -> None:
    for unread in contracts_of(tmp_path, head + unit * depth).unread:
        assert "stopped inside" not in unread.reason


def test_circles_of_modules_end(tmp_path: Path) -> None:
    modules = "".join(
        f"mod m{n} {{ pub use super::m{(n + 1) % 9}::*; pub use super::m{(n + 4) % 9}::x; }}" for n in range(9)
    )
    source = modules + "use m0::*; #[derive(Queryable)] #[diesel(table_name = x::y::z)] struct Row { a: i32 }"
    (row,) = contracts_of(tmp_path, source).structs
    assert row.attributes[0].value == "x::y::z"
