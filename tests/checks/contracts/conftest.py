"""A small world for the rules: Rust sources and tenants' schemas as values, written in the words of both."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from rust_types import rust

from pytest_errorbudget.checks.contracts import Scope, TenantShape, contract_findings, contract_items
from pytest_errorbudget.model.contracts import Contracts, Crate
from pytest_errorbudget.model.facts import DatabaseFacts, QueryKey, QueryTyping, ShapeTyping
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.migration import MigrationSet, StaticReplay
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.query_typing import (
    Binding,
    ColumnRef,
    Comparison,
    OutputColumn,
    Rejected,
    Typed,
    UnindexedScan,
    Write,
    Writing,
)
from pytest_errorbudget.model.rust import (
    Attribute,
    DeclaredColumn,
    DeclaredTable,
    Field,
    RustEnum,
    Struct,
    StructRef,
    Variant,
)
from pytest_errorbudget.model.rust_boundaries import Cast, FieldFlow, Handler
from pytest_errorbudget.model.rust_queries import Query, QueryCall, RowRead
from pytest_errorbudget.model.schema import (
    Column,
    EnumType,
    Generated,
    Identity,
    Relation,
    RelationKind,
    Schema,
)
from pytest_errorbudget.model.source import Span

MODELS, QUERIES, HTTP = "src/models.rs", "src/queries.rs", "src/http.rs"


def pg(text: str) -> PgType:
    """``int8``, ``text[]``, ``public.mood``, ``numeric(6,0)``."""
    name, _, modifiers = text.removesuffix("[]").rstrip(")").partition("(")
    schema, _, last = name.rpartition(".")
    numbers = tuple(int(n) for n in modifiers.split(",")) if modifiers else ()
    return PgType(last, schema or "pg_catalog", numbers, 1 if text.endswith("[]") else 0)


def attributes(text: str) -> tuple[Attribute, ...]:
    """``rename=total, default`` of sqlx, ``diesel:sql_type=BigInt`` of another library."""
    pairs = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    return tuple(
        Attribute(
            library="rust" if name == "deprecated" else name.rpartition(":")[0] or "sqlx",
            name=name.rpartition(":")[2],
            value=value or None,
        )
        for name, _, value in pairs
    )


def table(columns: Mapping[str, str], origins: Mapping[str, Span] | None = None) -> Schema:
    """A schema with the one table ``invoices``."""
    lines = origins or {}
    made = tuple(Column(name=n, type=pg(t), origin=lines.get(n)) for n, t in columns.items())
    return Schema(relations=(Relation(schema="public", name="invoices", kind=RelationKind.TABLE, columns=made),))


def schema(enums: Mapping[str, str] | None = None, **tables: Mapping[str, str]) -> Schema:
    """Tables by name; a column is ``int8``, ``int8 not null``, ``int8 not null default`` and the like."""
    return Schema(
        relations=tuple(
            Relation(
                schema="public",
                name=name,
                kind=RelationKind.TABLE,
                columns=tuple(column(name_, text) for name_, text in columns.items()),
            )
            for name, columns in sorted(tables.items())
        ),
        enums=tuple(EnumType(schema="public", name=n, labels=tuple(t.split())) for n, t in (enums or {}).items()),
    )


def column(name: str, text: str) -> Column:
    words = text.split()
    return Column(
        name=name,
        type=pg(words[0]),
        not_null="not" in words,
        has_default="default" in words,
        identity=Identity.ALWAYS if "identity" in words else None,
        generated=Generated.STORED if "generated" in words else None,
    )


def output(name: str, type: str, nullable: bool | None = False, of: str | None = None) -> OutputColumn:
    """A plain column of ``invoices`` of this name; ``of`` says another one behind a cast, or ``-`` for none."""
    ref = None if of == "-" else ColumnRef("public", "invoices", of or name)
    return OutputColumn(name=name, type=pg(type), nullable=nullable, origin=None if of else ref, source=ref)


class World:
    """Filled step by step by a test, then asked for findings."""

    def __init__(self) -> None:
        self.structs: list[Struct] = []
        self.queries: list[Query] = []
        self.handlers: list[Handler] = []
        self.flows: list[FieldFlow] = []
        self.enums: list[RustEnum] = []
        self.tables: list[DeclaredTable] = []
        self.crates: list[Crate] = []
        self.migrations: MigrationSet | None = None
        self.sharing: tuple[str, ...] = ()
        self.shapes: list[TenantShape] = []
        self.typings: list[ShapeTyping] = []
        self.static: Schema | None = None
        self.tenants: tuple[str, ...] | None = None

    def struct(
        self,
        name: str,
        fields: Mapping[str, str],
        *,
        path: str = MODELS,
        derives: tuple[str, ...] = ("FromRow",),
        options: str = "",
        of_fields: Mapping[str, str] | None = None,
    ) -> StructRef:
        made = []
        for line, (field, type_) in enumerate(fields.items(), 2):
            marks = attributes((of_fields or {}).get(field, ""))
            column = next((a.value for a in marks if a.name == "rename" and a.value), field)
            span = Span(path, line, 5)
            made.append(Field(name=field, column=column, type=rust(type_), span=span, attributes=marks))
        self.structs.append(
            Struct(
                name=name,
                crate="billing",
                module="",
                span=Span(path, 1),
                derives=derives,
                fields=tuple(made),
                attributes=attributes(options),
            )
        )
        return StructRef(path, name)

    def query(
        self,
        function: str = "get_invoice",
        *,
        call: QueryCall = QueryCall.QUERY_AS,
        target: StructRef | None = None,
        scalar: str | None = None,
        sql: str | None = "SELECT 1",
        offsets: tuple[tuple[int, int, int], ...] = (),
        arguments: int = 0,
        parameters: tuple[str | None, ...] = (),
        reads: tuple[tuple[str | int, str | None, bool], ...] = (),
        unchecked: str | None = None,
    ) -> Query:
        line = 10 * (len(self.queries) + 1)
        query = Query(
            path=QUERIES,
            function=function,
            ordinal=1,
            crate="billing",
            call=call,
            span=Span(QUERIES, line),
            sql=sql,
            literal=Span(QUERIES, line + 1),
            offsets=offsets,
            target=target,
            scalar=rust(scalar) if scalar is not None else None,
            arguments=arguments,
            parameters=tuple(rust(each) if each is not None else None for each in parameters),
            reads=tuple(
                RowRead(key=key, type=rust(type_) if type_ else None, panics=panics, span=Span(QUERIES, line + 2 + n))
                for n, (key, type_, panics) in enumerate(reads)
            ),
            unchecked=unchecked,
        )
        self.queries.append(query)
        return query

    def enum(
        self,
        name: str,
        labels: str,
        library: str = "sqlx",
        *,
        derives: tuple[str, ...] = ("Type",),
        attributes: tuple[Attribute, ...] = (),
        repr: str | None = None,
        crate: str = "billing",
    ) -> RustEnum:
        made = RustEnum(
            name=name,
            crate=crate,
            module="",
            span=Span(MODELS, 30),
            derives=derives,
            variants=tuple(
                Variant(
                    name=label.title(), labels=((library, label),) if repr is None else (), span=Span(MODELS, 31 + n)
                )
                for n, label in enumerate(labels.split())
            ),
            repr=repr,
            attributes=attributes,
        )
        self.enums.append(made)
        return made

    def declared(self, name: str, columns: Mapping[str, str], *, schema: str | None = None) -> None:
        """diesel's ``table!``, in ``src/schema.rs``."""
        line = 10 * (len(self.tables) + 1)
        self.tables.append(
            DeclaredTable(
                name=name,
                schema=schema,
                table=name,
                crate="billing",
                module="",
                span=Span("src/schema.rs", line),
                primary_key=("id",),
                columns=tuple(
                    DeclaredColumn(name=n, column=n, type=rust(t), span=Span("src/schema.rs", line + 1 + at, 9))
                    for at, (n, t) in enumerate(columns.items())
                ),
            )
        )

    def flow(self, payload: StructRef, field: str, row: StructRef, row_field: str, *casts: tuple[str, bool]) -> None:
        self.flows.append(
            FieldFlow(
                payload=payload,
                field=field,
                row=row,
                row_field=row_field,
                casts=tuple(Cast(to=to, lossy=lossy, span=Span(HTTP, 40, 9)) for to, lossy in casts),
                span=Span(HTTP, 40),
                function="from",
            )
        )

    def handler(self, function: str, *outputs: StructRef, inputs: tuple[StructRef, ...] = ()) -> None:
        self.handlers.append(
            Handler(
                path=HTTP,
                function=function,
                crate="billing",
                method="GET",
                route="/",
                span=Span(HTTP, 60),
                inputs=inputs,
                outputs=outputs,
            )
        )

    def shape(
        self, digest: str | None, *tenants: str, schema: Schema | None = None, **verdicts: Typed | Rejected | None
    ) -> None:
        """One shape; ``verdicts`` by function. A shape without tenants is only typed, where others have some."""
        self.shapes.append(TenantShape(digest=digest, schema=schema or Schema(), tenants=tenants))
        typed = tuple(QueryTyping(query=QueryKey(QUERIES, name, 1), verdict=v) for name, v in verdicts.items())
        self.typings.append(ShapeTyping(shape=digest, queries=typed))

    def prepared_with(
        self,
        declared: tuple[str | None, ...],
        undeclared: Typed | None = None,
        *,
        schema: Schema | None = None,
        **verdicts: Typed | Rejected,
    ) -> None:
        """The newest replay, with these types of bound values; ``undeclared`` is what it says without them."""
        types = tuple(PgType(name) if name is not None else None for name in declared)
        self.shapes.append(TenantShape(digest=None, schema=schema or Schema()))
        typed = tuple(
            QueryTyping(query=QueryKey(QUERIES, name, 1), verdict=verdict, declared=types, undeclared=undeclared)
            for name, verdict in verdicts.items()
        )
        self.typings.append(ShapeTyping(shape=None, queries=typed))

    @property
    def contracts(self) -> Contracts:
        return Contracts(
            structs=tuple(self.structs),
            queries=tuple(self.queries),
            handlers=tuple(self.handlers),
            flows=tuple(self.flows),
            enums=tuple(self.enums),
            tables=tuple(self.tables),
            crates=tuple(self.crates),
        )

    @property
    def scope(self) -> Scope:
        live = tuple(shape for shape in self.shapes if shape.tenants)
        named = tuple(tenant for shape in live for tenant in shape.tenants)
        return Scope(
            tenants=named if self.tenants is None else self.tenants,
            shapes=live or tuple(self.shapes),
            sharing=self.sharing,
        )

    def run(self) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
        static = StaticReplay(schema=self.static) if self.static is not None else None
        database = DatabaseFacts(name="core", static=static, typings=tuple(self.typings), migrations=self.migrations)
        return contract_findings(self.contracts, database, self.scope)

    def items(self) -> tuple[ItemId, ...]:
        return contract_items(self.contracts, (self.scope,))

    def reported(self) -> list[tuple[str, str]]:
        """(rule, message) of every finding."""
        return [(finding.rule.id, finding.message) for finding in self.run()[0]]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def words() -> Words:
    """The functions that write Rust and PostgreSQL values shortly."""
    return Words()


class Words:
    rust = staticmethod(rust)
    pg = staticmethod(pg)
    table = staticmethod(table)
    output = staticmethod(output)
    schema = staticmethod(schema)

    @staticmethod
    def typed(
        *columns: OutputColumn,
        parameters: int | tuple[str, ...] = 0,
        inserts: str = "",
        bindings: tuple[tuple[int, str], ...] = (),
        scans: tuple[str, ...] = (),
    ) -> Typed:
        """``inserts`` is ``invoices(id, total)``; ``bindings`` are (parameter, column of ``invoices``)."""
        table, _, given = inserts.rstrip(")").partition("(")
        write = Write(
            kind=Writing.INSERT,
            schema="public",
            relation=table,
            columns=tuple(name.strip() for name in given.split(",") if name.strip()),
        )
        kinds = (PgType("int8"),) * parameters if isinstance(parameters, int) else tuple(map(pg, parameters))
        return Typed(
            columns=columns,
            parameters=kinds,
            writes=(write,) if inserts else (),
            bindings=tuple(Binding(number, ColumnRef("public", "invoices", name)) for number, name in bindings),
            scans=tuple(
                UnindexedScan(ColumnRef("public", "invoices", name), Comparison.EQUALITY.value) for name in scans
            ),
        )
