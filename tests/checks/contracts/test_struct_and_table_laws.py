"""A struct is made together with its table and with the findings that the two must give, for each library."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.checks.contracts import Scope, TenantShape, contract_findings, contract_items
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts, QueryKey, QueryTyping, ShapeTyping
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import ColumnRef, OutputColumn, Typed
from pytest_errorbudget.model.rust import Attribute, DeclaredColumn, DeclaredTable, Field, RustType, Struct, StructRef
from pytest_errorbudget.model.rust_queries import Query, QueryCall, RowRead
from pytest_errorbudget.model.schema import Column, Relation, RelationKind, Schema
from pytest_errorbudget.model.source import Span

# What all four libraries read alike, written down here on its own.
FITS = {
    "bool": {"bool"},
    "i16": {"int2"},
    "i32": {"int4"},
    "i64": {"int8"},
    "f32": {"float4"},
    "f64": {"float8"},
    "String": {"text", "varchar"},
    "Uuid": {"uuid"},
    "NaiveDate": {"date"},
}
DIESEL = {
    "bool": "Bool",
    "i16": "Int2",
    "i32": "Int4",
    "i64": "Int8",
    "f32": "Float4",
    "f64": "Float8",
    "String": "Text",
    "Uuid": "Uuid",
    "NaiveDate": "Date",
}
SOURCE = "src/rows.rs"


@dataclass(frozen=True)
class Made:
    """A field and its column: which Rust type, which SQL type, and whether either may be nothing."""

    name: str
    rust: str
    option: bool
    pg: str
    nullable: bool
    present: bool

    @property
    def type(self) -> RustType:
        inner = RustType(self.rust, (), self.rust)
        return RustType("Option", (inner,), f"Option<{self.rust}>") if self.option else inner

    @property
    def declared(self) -> RustType:
        inner = RustType(DIESEL[self.rust], (), DIESEL[self.rust])
        return RustType("Nullable", (inner,), f"Nullable<{inner.text}>") if self.option else inner

    @property
    def faults(self) -> set[str]:
        found = set()
        if self.pg not in FITS[self.rust]:
            found.add("row-type")
        if self.nullable and not self.option:
            found.add("row-null")
        if self.option and not self.nullable:
            found.add("row-option")
        return found


@st.composite
def structs(draw) -> tuple[Made, ...]:
    number = draw(st.integers(1, 6))
    made = []
    for index in range(number):
        rust = draw(st.sampled_from(sorted(FITS)))
        fitting = draw(st.booleans())
        pg = draw(st.sampled_from(sorted(FITS[rust] if fitting else set.union(*FITS.values()))))
        made.append(Made(f"c{index}", rust, draw(st.booleans()), pg, draw(st.booleans()), draw(st.integers(0, 5)) > 0))
    # a table of which nothing is there is another database's
    return tuple(made) if any(each.present for each in made) else ()


def table(made: tuple[Made, ...]) -> Schema:
    columns = tuple(Column(name=e.name, type=PgType(e.pg), not_null=not e.nullable) for e in made if e.present)
    return Schema(relations=(Relation(schema="public", name="rows", kind=RelationKind.TABLE, columns=columns),))


def output(made: tuple[Made, ...]) -> Typed:
    columns = tuple(
        OutputColumn(name=e.name, type=PgType(e.pg), nullable=e.nullable, origin=ColumnRef("public", "rows", e.name))
        for e in made
        if e.present
    )
    return Typed(columns=columns, parameters=())


def struct(made: tuple[Made, ...], derive: str, *attributes: Attribute) -> Struct:
    return Struct(
        name="Row",
        crate="c",
        module="",
        span=Span(SOURCE, 1),
        derives=(derive,),
        fields=tuple(
            Field(name=e.name, column=e.name, type=e.type, span=Span(SOURCE, line)) for line, e in enumerate(made, 2)
        ),
        attributes=attributes,
    )


def query(call: QueryCall, target: StructRef | None = None, reads: tuple[RowRead, ...] = ()) -> Query:
    return Query(
        path="src/q.rs",
        function="f",
        ordinal=1,
        crate="c",
        call=call,
        span=Span("src/q.rs", 1),
        sql="select",
        target=target,
        reads=reads,
    )


def said(contracts: Contracts, made: tuple[Made, ...]) -> set[tuple[str, str]]:
    """(rule, place) of every finding, each of which fails an item that was collected."""
    shape = TenantShape(digest="a", schema=table(made), tenants=("acme",))
    scope = Scope(tenants=("acme",), shapes=(shape,))
    key = QueryTyping(query=QueryKey("src/q.rs", "f", 1), verdict=output(made))
    database = DatabaseFacts(name="d", typings=(ShapeTyping(shape="a", queries=(key,)),))
    findings, unchecked = contract_findings(contracts, database, scope)
    assert unchecked == ()
    assert {item for finding in findings for item in finding.items} <= set(contract_items(contracts, (scope,)))
    return {(finding.rule.id, finding.place) for finding in findings}


def expected(made: tuple[Made, ...], place: str, missing: str, left_out: frozenset[str] = frozenset()):
    found = {(missing, f"{place}.{e.name}") for e in made if not e.present}
    return found | {(rule, f"{place}.{e.name}") for e in made if e.present for rule in e.faults - left_out}


@given(structs())
def test_sqlx_reads_a_row_by_name(made):
    if not made:
        return
    row = struct(made, "FromRow")
    contracts = Contracts(structs=(row,), queries=(query(QueryCall.QUERY_AS, StructRef(SOURCE, "Row")),))
    assert said(contracts, made) == expected(made, f"{SOURCE}::Row", "row-column-missing")


@given(structs())
def test_tokio_postgres_reads_by_hand(made):
    reads = tuple(RowRead(key=e.name, type=e.type, panics=True, span=Span("src/q.rs", 3)) for e in made)
    contracts = Contracts(queries=(query(QueryCall.TOKIO_QUERY, reads=reads),))
    assert said(contracts, made) == expected(made, "src/q.rs::f", "row-column-missing", frozenset({"row-option"}))


@given(structs())
def test_sea_orm_reads_an_entity(made):
    if not made:
        return
    named = Attribute(library="sea_orm", name="table_name", value="rows")
    contracts = Contracts(structs=(struct(made, "DeriveEntityModel", named),))
    assert said(contracts, made) == expected(made, f"{SOURCE}::Row", "table-declaration-stale")


@given(structs())
def test_diesel_declares_a_table(made):
    columns = tuple(
        DeclaredColumn(name=e.name, column=e.name, type=e.declared, span=Span(SOURCE, line))
        for line, e in enumerate(made, 2)
    )
    declared = DeclaredTable(
        name="rows",
        schema=None,
        table="rows",
        crate="c",
        module="",
        span=Span(SOURCE, 1),
        primary_key=(),
        columns=columns,
    )
    stale = {("table-declaration-stale", f"{SOURCE}::table.rows.{e.name}") for e in made if not e.present or e.faults}
    assert said(Contracts(tables=(declared,)), made) == stale
