"""sea-orm in small crates: entities and their columns, active enums, statements and the models that they fill."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.contracts import Contracts, Unread
from pytest_errorbudget.model.rust import Attribute, Field, RustType, Struct, StructRef
from pytest_errorbudget.model.rust_queries import Query, QueryCall
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers import _rust
from pytest_errorbudget.readers.rust import read_contracts


def read(root: Path, **files: str) -> Contracts:
    """A package `app`; ``main`` is ``src/main.rs``, ``a__b`` is ``src/a/b.rs``."""
    texts = {f"src/{name.replace('__', '/')}.rs": text for name, text in files.items()}
    texts["Cargo.toml"] = '[package]\nname = "app"\n[dependencies]\nsea-orm = "2"\n'
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return read_contracts(root, "Cargo.toml")[0]


def of_sea_orm(name: str, value: str | None = None) -> Attribute:
    return Attribute(library="sea_orm", name=name, value=value)


def test_an_entity_in_full(tmp_path: Path) -> None:
    source = """use sea_orm::entity::prelude::*;
#[derive(Clone, DeriveEntityModel)]
#[sea_orm(table_name = "cakes", schema_name = "bakery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    #[sea_orm(column_name = "label", column_type = "String(StringLen::N(255))", nullable)]
    pub name: Option<String>,
    #[sea_orm(ignore)]
    pub fresh: bool,
    #[sea_orm(select_as = "text", save_as = "mood", enum_name = "Feeling")]
    pub mood: Mood,
}
"""
    path = "src/main.rs"

    def field(name: str, line: int, end: int, type: RustType, *attributes: Attribute, column: str = "") -> Field:
        span = Span(path, line, 9, line, end)
        return Field(name=name, column=column or name, type=type, span=span, attributes=attributes)

    assert read(tmp_path, main=source).structs == (
        Struct(
            name="Model",
            crate="app",
            module="",
            span=Span(path, 4, 12, 4, 17),
            derives=("Clone", "DeriveEntityModel"),
            attributes=(of_sea_orm("table_name", "cakes"), of_sea_orm("schema_name", "bakery")),
            fields=(
                field(
                    "id",
                    6,
                    16,
                    RustType("i64", (), "i64"),
                    of_sea_orm("primary_key"),
                    of_sea_orm("auto_increment", "false"),
                ),
                field(
                    "name",
                    8,
                    29,
                    RustType("Option", (RustType("String", (), "String"),), "Option<String>"),
                    of_sea_orm("column_name", "label"),
                    of_sea_orm("column_type", "String(StringLen::N(255))"),
                    of_sea_orm("nullable"),
                    column="label",
                ),
                field("fresh", 10, 20, RustType("bool", (), "bool"), of_sea_orm("ignore")),
                field(
                    "mood",
                    12,
                    19,
                    RustType("Mood", (), "Mood"),
                    of_sea_orm("select_as", "text"),
                    of_sea_orm("save_as", "mood"),
                    of_sea_orm("enum_name", "Feeling"),
                    column="feeling",
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("derive", "container", "field", "column"),
    [
        ("DeriveEntityModel", "", "tax_id: i64", "tax_id"),
        ("DeriveEntityModel", "", "_tax_id: i64", "tax_id"),
        ("DeriveEntityModel", "", "taxID: i64", "tax_id"),
        ("DeriveEntityModel", "", "r#type: i64", "type"),
        ("DeriveEntityModel", 'rename_all = "camelCase"', "tax_id: i64", "taxId"),
        ("DeriveEntityModel", 'rename_all = "SCREAMING-KEBAB-CASE"', "tax_id: i64", "TAX-ID"),
        ("DeriveEntityModel", 'rename_all = "camelCase"', '#[sea_orm(column_name = "x")] tax_id: i64', "x"),
        ("FromQueryResult", "", "_tax_id: i64", "_tax_id"),
        ("FromQueryResult", "", '#[sea_orm(from_alias = "x")] tax_id: i64', "x"),
        ("FromQueryResult", "", '#[sea_orm(alias = "x")] tax_id: i64', "x"),
        ("DerivePartialModel", "", '#[sea_orm(from_col = "other")] tax_id: i64', "tax_id"),
    ],
)
def test_the_column_of_a_field(tmp_path: Path, derive: str, container: str, field: str, column: str) -> None:
    (model,) = read(tmp_path, main=f"#[derive({derive})] #[sea_orm({container})] struct Model {{ {field} }}").structs
    assert model.fields[0].column == column


@pytest.mark.parametrize(
    ("written", "attributes"),
    [
        ("#[sea_orm(nested)]", [("nested", None)]),
        ('#[sea_orm(nested(prefix = "manager_"))]', [("nested", "manager_")]),
        ("#[sea_orm(skip)]", [("skip", None)]),
        ('#[sea_orm(from_expr = "Expr::val(1)")]', [("from_expr", "Expr::val(1)")]),
        ('#[sea_orm(has_many, via = "cake_filling")]', [("has_many", None)]),
        ("#[sea_orm(unique, default_value = 7)]", [("unique", None), ("default_value", "7")]),
        ("#[sea_orm(unheard_of)]", []),
    ],
)
def test_attributes_of_a_field(tmp_path: Path, written: str, attributes: list[tuple[str, str | None]]) -> None:
    (model,) = read(tmp_path, main=f"struct Model {{ {written} field: i64 }}").structs
    assert model.fields[0].attributes == tuple(of_sea_orm(name, value) for name, value in attributes)


EXPANDED = """
#[derive(Copy, Clone, Default, Debug, DeriveEntity)]
pub struct Entity;
impl EntityName for Entity {
    fn schema_name(&self) -> Option<&str> { Some("bakery") }
    fn table_name(&self) -> &'static str { "cake" }
}
#[derive(DeriveModel, DeriveActiveModel)]
pub struct Model { pub id: i64, pub tax_id: i64, pub kind: String }
#[derive(EnumIter, DeriveColumn)]
pub enum Column { Id, TaxId, #[sea_orm(column_name = "type")] Kind }
impl ColumnTrait for Column {
    type EntityName = Entity;
    fn def(&self) -> ColumnDef { match self { Self::Id => ColumnType::BigInteger.def() } }
}
"""


def test_an_entity_in_its_expanded_form(tmp_path: Path) -> None:
    contracts = read(tmp_path, main=f"mod cake {{ {EXPANDED} }}")
    (model,) = contracts.structs
    assert model.attributes == (of_sea_orm("table_name", "cake"), of_sea_orm("schema_name", "bakery"))
    assert [(field.name, field.column) for field in model.fields] == [
        ("id", "id"),
        ("tax_id", "tax_id"),
        ("kind", "type"),
    ]
    assert contracts.gaps == ()


def test_an_entity_whose_table_is_computed_is_a_gap(tmp_path: Path) -> None:
    contracts = read(tmp_path, main=EXPANDED.replace('"cake"', "name_of_table()"))
    assert contracts.gaps == (
        Unread(span=Span("src/main.rs", 3, 12, 3, 18), reason="the table of this entity is not named by a literal"),
    )
    assert "table_name" not in [attribute.name for attribute in contracts.structs[0].attributes]


@pytest.mark.parametrize(
    ("container", "variants", "labels", "numbers"),
    [
        (
            'rs_type = "String", db_type = "Enum", enum_name = "mood"',
            '#[sea_orm(string_value = "happy")] A',
            ["happy"],
            [None],
        ),
        ('rs_type = "String", db_type = "Enum", rename_all = "snake_case"', "VeryHappy", ["very_happy"], [None]),
        ('rs_type = "String", db_type = "Text"', '#[sea_orm(rename = "camelCase")] VeryHappy', ["veryHappy"], [None]),
        (
            'rs_type = "i32", db_type = "Integer"',
            "#[sea_orm(num_value = 7)] A, #[sea_orm(num_value = -1)] B",
            [None, None],
            [7, -1],
        ),
        ('rs_type = "i32", db_type = "Integer"', "A = 1", [None], [1]),
    ],
)
def test_labels_and_numbers_of_active_enums(
    tmp_path: Path, container: str, variants: str, labels: list[str | None], numbers: list[int | None]
) -> None:
    source = f"#[derive(EnumIter, DeriveActiveEnum)] #[sea_orm({container})] enum Mood {{ {variants} }}"
    (enum,) = read(tmp_path, main=source).enums
    assert [dict(variant.labels).get("sea-orm") for variant in enum.variants] == labels
    assert [variant.number for variant in enum.variants] == numbers


def test_what_an_active_enum_is_stored_as(tmp_path: Path) -> None:
    source = (
        '#[derive(DeriveActiveEnum)] #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "mood")] enum M { A }'
    )
    (enum,) = read(tmp_path, main=source).enums
    assert enum.attributes == (
        of_sea_orm("rs_type", "String"),
        of_sea_orm("db_type", "Enum"),
        of_sea_orm("enum_name", "mood"),
    )


def test_a_statement_in_full(tmp_path: Path) -> None:
    source = """use sea_orm::{DbBackend, FromQueryResult, Statement};
#[derive(FromQueryResult)]
struct Row { id: i64 }
async fn list(db: &DatabaseConnection, tenant: i64) -> Result<Vec<Row>, DbErr> {
    Row::find_by_statement(Statement::from_sql_and_values(
        DbBackend::Postgres,
        "select id from t where tenant = $1 and x = $2",
        [tenant.into(), 1.into()],
    ))
    .all(db)
    .await
}
"""
    assert read(tmp_path, main=source).queries == (
        Query(
            path="src/main.rs",
            function="list",
            ordinal=1,
            crate="app",
            call=QueryCall.SEA_ORM_STATEMENT,
            span=Span("src/main.rs", 5, 28, 9, 6),
            sql="select id from t where tenant = $1 and x = $2",
            literal=Span("src/main.rs", 7, 9, 7, 56),
            offsets=((0, 7, 10),),
            target=StructRef("src/main.rs", "Row"),
            arguments=2,
            parameters=(RustType("i64", (), "i64"), RustType("i32", (), "")),
        ),
    )


HEAD = """
use sea_orm::Statement; use sea_orm as orm;
mod cake { pub struct Model { id: i64 } pub struct Entity; }
struct Row { id: i64 }
fn make() -> Statement { todo!() }
"""


def query_of(root: Path, body: str) -> Query:
    (query,) = read(root, main=f"{HEAD} async fn f(db: &Db) -> Result<(), DbErr> {{ {body} Ok(()) }}").queries
    return query


@pytest.mark.parametrize(
    ("call", "sql", "arguments"),
    [
        ('Statement::from_string(b, "q")', "q", 0),
        ('sea_orm::Statement::from_string(b, "q".to_owned())', "q", 0),
        ('orm::Statement::from_string(b, String::from("q"))', "q", 0),
        ('Statement::from_sql_and_values(b, "q", vec![a.into(), c.into()])', "q", 2),
        ('Statement::from_sql_and_values(b, "q", [])', "q", 0),
        # Values from elsewhere are not counted.
        ('Statement::from_sql_and_values(b, "q", values)', "q", 0),
        ('Statement::from_string(b, format!("{x}"))', None, 0),
        ("Statement::from_sql_and_values(b, sql, values)", None, 0),
    ],
)
def test_ways_to_write_a_statement(tmp_path: Path, call: str, sql: str | None, arguments: int) -> None:
    query = query_of(tmp_path, f"db.execute({call}).await?;")
    assert (query.call, query.sql, query.arguments) == (QueryCall.SEA_ORM_STATEMENT, sql, arguments)
    reason = query.unchecked or ""
    assert reason.startswith("the SQL is ") == (sql is None)
    assert (query.target, query.scalar) == (None, None)


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("Row::find_by_statement(s).one(db).await?;", "Row"),
        ("crate::Row::find_by_statement(s).all(db).await?;", "Row"),
        ("let found = Row::find_by_statement(s); found.stream(db).await?;", "Row"),
        ("cake::Entity::find().from_raw_sql(s).all(db).await?;", "Model"),
        ("cake::Entity::find().from_raw_sql(s).into_model::<Row>().one(db).await?;", "Row"),
        ("let rows: Vec<Row> = other().from_raw_sql(s).all(db).await?;", "Row"),
        ('for row in db.query_all(s).await? { let row = Row::from_query_result(&row, "")?; }', "Row"),
        ('if let Some(row) = db.query_one(s).await? { Row::from_query_result(&row, "")?; }', "Row"),
        ('db.query_one(s).await?.map(|row| Row::from_query_result(&row, "")).transpose()?;', "Row"),
        # Another part of the row is read.
        ('for row in db.query_all(s).await? { Row::from_query_result(&row, "cake_")?; }', None),
        ("cake::Entity::find().from_raw_sql(s).into_json().all(db).await?;", None),
        ("JsonValue::find_by_statement(s).all(db).await?;", None),
        ("db.execute(s).await?;", None),
    ],
)
def test_the_model_follows_from_where_the_rows_go(tmp_path: Path, body: str, target: str | None) -> None:
    query = query_of(tmp_path, f'let s = Statement::from_string(b, "q"); {body}')
    assert query.target == (None if target is None else StructRef("src/main.rs", target))
    assert query.scalar is None


@pytest.mark.parametrize(
    ("read_by", "key", "type"),
    [
        ('row.try_get::<i64>("", "id")?', "id", "i64"),
        ('row.try_get::<Option<String>>("cake_", "id")?', "cake_id", "Option"),
        ('row.try_get_by::<i64, _>("id")?', "id", "i64"),
        ("row.try_get_by_index::<i64>(2)?", 2, "i64"),
        ('let id: i64 = row.try_get("", "id")?', "id", "i64"),
        ('let id = row.try_get("", "id")?', "id", None),
    ],
)
def test_values_that_are_taken_by_hand(tmp_path: Path, read_by: str, key: str | int, type: str | None) -> None:
    body = f'for row in db.query_all(Statement::from_string(b, "q")).await? {{ {read_by}; }}'
    (taken,) = query_of(tmp_path, body).reads
    assert (taken.key, taken.type and taken.type.path, taken.panics) == (key, type, False)


@pytest.mark.parametrize(
    ("values", "types"),
    [
        ("[name.into(), sea_orm::Value::from(amount)]", ["String", "Option"]),
        ("vec![name.clone().into(), other()]", ["String", None]),
        ("[]", []),
        ("values", []),
    ],
)
def test_the_types_of_bound_values(tmp_path: Path, values: str, types: list[str | None]) -> None:
    source = (
        f"{HEAD} fn g(db: &Db, name: String, amount: Option<i32>, values: Vec<Value>) "
        f'{{ Statement::from_sql_and_values(b, "q", {values}); }}'
    )
    (query,) = read(tmp_path, main=source).queries
    assert [type and type.path for type in query.parameters] == types
    assert query.arguments == len(types)


def test_one_of_several_texts_is_a_query_each(tmp_path: Path) -> None:
    statement = 'Statement::from_string(x, if old { "a" } else { "b" })'
    body = f"Row::find_by_statement({statement}).one(db);"
    found = read(tmp_path, main=f"{HEAD} async fn f(db: &Db) {{ {body} }}").queries
    assert [(query.sql, query.target) for query in found] == [
        ("a", StructRef("src/main.rs", "Row")),
        ("b", StructRef("src/main.rs", "Row")),
    ]


def test_a_tuple_of_values(tmp_path: Path) -> None:
    found = "cake::Entity::find().from_raw_sql(s).into_tuple::<(i64, bool)>()"
    body = f'let s = Statement::from_string(b, "q"); {found}.all(db);'
    scalar = RustType("()", (RustType("i64", (), "i64"), RustType("bool", (), "bool")), "(i64, bool)")
    assert query_of(tmp_path, body).scalar == scalar


def test_the_query_builder_is_no_statement(tmp_path: Path) -> None:
    source = f"{HEAD} fn f() {{ cake::Entity::find().filter(x).all(db); other::Statement::new(1); make(); }}"
    assert read(tmp_path, main=source).queries == ()


def test_every_attribute_that_is_given_is_known_by_name() -> None:
    names = _rust.sea_orm_attributes()
    assert names == sorted(set(names))
    assert {"table_name", "schema_name", "column_name", "column_type", "ignore", "string_value"} < set(names)
