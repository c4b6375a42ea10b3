"""Changes to a schema and to Rust types, each with what it breaks, said without the rules that are to find it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pytest_errorbudget.checks.contracts.libraries.rust_syntax import parse_type
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts, Facts, QueryKey
from pytest_errorbudget.model.query_typing import ColumnRef, OutputColumn, Typed
from pytest_errorbudget.model.rust import Field, RustType, Struct, StructRef
from pytest_errorbudget.model.rust_queries import Query, QueryCall
from pytest_errorbudget.model.schema import Column, EnumType, Relation, RelationKind

_TABLES = frozenset({RelationKind.TABLE, RelationKind.PARTITIONED_TABLE})
_WORD = re.compile(r"\w+")
_OTHER_TYPE = {
    "bool": "text",
    "int2": "bigint",
    "int4": "bigint",
    "int8": "numeric",
    "float4": "float8",
    "float8": "text",
    "numeric": "text",
    "text": "bytea",
    "varchar": "bytea",
    "timestamptz": "date",
    "timestamp": "date",
    "date": "text",
    "uuid": "text",
    "json": "text",
    "jsonb": "text",
    "bytea": "text",
}
_NARROWER = {"i64": "i32", "i32": "i16", "f64": "f32", "DateTime": "i32", "String": "bool"}
_BY_NAME = ("FromRow", "QueryableByName", "FromQueryResult")
_MACROS = frozenset({QueryCall.QUERY_AS_MACRO, QueryCall.QUERY_AS_UNCHECKED_MACRO})


@dataclass(frozen=True, slots=True)
class Expected:
    """The places of what breaks: queries, fields and declarations. ``is_sure``: where there is none, an error is a
    false one."""

    places: frozenset[str]
    is_sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change: ``statements`` of SQL, or other ``contracts``. ``nullable`` is the column that it makes nullable,
    ``reads`` are who reads it."""

    kind: str
    name: str
    expected: Expected
    statements: tuple[str, ...] = ()
    contracts: Contracts | None = None
    nullable: ColumnRef | None = None
    reads: tuple[tuple[QueryKey, str], ...] = ()

    def breaking(self, queries: frozenset[QueryKey]) -> Mutant:
        """The same, where only these queries can give a NULL: a condition of the others leaves none."""
        of_others = {place for _, place in self.reads} - {place for key, place in self.reads if key in queries}
        return replace(self, expected=replace(self.expected, places=self.expected.places - of_others))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The queries that PostgreSQL accepts before any change, with the words of their text."""

    contracts: Contracts
    typed: tuple[tuple[Query, Typed, frozenset[str]], ...]
    structs: Mapping[StructRef, Struct]


def known(facts: Facts, database: DatabaseFacts) -> Known:
    others = {crate.name for crate in facts.contracts.crates if _is_of_another_server(crate.features)}
    verdicts = {t.query: t.verdict for shape in database.typings for t in shape.queries}
    typed = tuple(
        (query, verdict, frozenset(_WORD.findall((query.sql or "").lower())))
        for query in facts.contracts.queries
        for verdict in (verdicts.get(QueryKey(query.path, query.function, query.ordinal)),)
        if isinstance(verdict, Typed) and query.crate not in others
    )
    structs = {StructRef(s.span.path, s.name): s for s in facts.contracts.structs}
    return Known(contracts=facts.contracts, typed=typed, structs=structs)


def _is_of_another_server(features: tuple[tuple[str, str], ...]) -> bool:
    """Whether a crate's features of sqlx name other servers only."""
    named = {feature for library, feature in features if library == "sqlx"}
    return bool(named & {"sqlite", "mysql"}) and not any(name.startswith("postgres") for name in named)


def query_place(query: Query) -> str:
    number = "" if query.ordinal == 1 else f"#{query.ordinal}"
    return f"{query.path}::{query.function}{number}"


def schema_mutants(facts: Facts, database: DatabaseFacts) -> Iterator[Mutant]:
    replay = database.replay
    assert replay is not None
    before = known(facts, database)
    for relation in replay.newest.relations:
        if relation.kind in _TABLES:
            yield _insert(relation, before)
            for column in relation.columns:
                yield from _of_column(relation, column, before)
    for enum in replay.newest.enums:
        places = {
            *(
                f"{e.span.path}::{e.name}"
                for e in facts.contracts.enums
                if _stands_for(e.name, e.attributes, enum.name)
            ),
        }
        sql = f"alter type {_quoted(enum.schema)}.{_quoted(enum.name)} add value 'eb_new'"
        yield Mutant(
            kind="enum label in the database only",
            name=f"label of {enum.name}",
            expected=Expected(frozenset(places)),
            statements=(sql,),
        )


def _stands_for(name: str, attributes: tuple[object, ...], enum: str) -> bool:
    said = {getattr(a, "value", None) for a in attributes if getattr(a, "name", "") in ("type_name", "enum_name")}
    written = {str(value).rpartition(".")[2].strip('"').lower() for value in said if value}
    return enum.lower() in (written or {name.rpartition("::")[2].lower()})


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _insert(relation: Relation, before: Known) -> Mutant:
    table = f"{_quoted(relation.schema)}.{_quoted(relation.name)}"
    into = re.compile(rf"\binsert\s+into\s+(?:\"?\w+\"?\.)?\"?{re.escape(relation.name)}\"?(?![\w\"])", re.IGNORECASE)
    places = {query_place(query) for query, _, _ in before.typed if into.search(query.sql or "")}
    return Mutant(
        kind="NOT NULL column added",
        name=f"new column of {relation.name}",
        expected=Expected(frozenset(places), is_sure=True),
        statements=(f"alter table {table} add column eb_new bigint not null",),
    )


def _of_column(relation: Relation, column: Column, before: Known) -> Iterator[Mutant]:
    table, name = f"{_quoted(relation.schema)}.{_quoted(relation.name)}", _quoted(column.name)
    shown = f"{relation.name}.{column.name}"
    named = Expected(
        frozenset(
            {
                *_naming(relation, column, before),
                *_places(_reading(relation, column, before)),
                *_declared(relation, column, before),
            }
        )
    )
    yield Mutant(
        kind="column dropped",
        name=f"drop {shown}",
        expected=named,
        statements=(f"alter table {table} drop column {name}",),
    )
    yield Mutant(
        kind="column renamed",
        name=f"rename {shown}",
        expected=named,
        statements=(f"alter table {table} rename column {name} to eb_renamed",),
    )
    other = _OTHER_TYPE.get(column.type.name) if not column.type.dimensions and column.base is None else None
    if other is not None:
        yield Mutant(
            kind="column's type changed",
            name=f"{shown} {column.type.name} to {other}",
            expected=Expected(
                frozenset({*_places(_reading(relation, column, before)), *_declared(relation, column, before)})
            ),
            statements=(
                f"alter table {table} alter column {name} drop default",
                f"alter table {table} alter column {name} type {other} using null",
            ),
        )
    if column.not_null:
        reads = tuple(_reading(relation, column, before, null=True))
        yield Mutant(
            kind="column made nullable",
            name=f"nullable {shown}",
            expected=Expected(frozenset({*_places(iter(reads)), *_declared(relation, column, before, True)})),
            statements=(f"alter table {table} alter column {name} drop not null",),
            nullable=ColumnRef(relation.schema, relation.name, column.name),
            reads=tuple((_key(query), place) for query, place in reads),
        )
    yield from _moved(relation, column)


def _moved(relation: Relation, column: Column) -> Iterator[Mutant]:
    """To the end of the table, where nothing but its type and NOT NULL goes with it. Who reads by name does not see
    it; a tuple over ``*`` does."""
    if (
        column.has_default
        or column.identity is not None
        or column.generated is not None
        or _has_index(relation, column)
    ):
        return
    table, name = f"{_quoted(relation.schema)}.{_quoted(relation.name)}", _quoted(column.name)
    tail = " not null" if column.not_null else ""
    again = f"format('alter table {table} add column {name} %s{tail}', format_type(atttypid, atttypmod))"
    yield Mutant(
        kind="column moved to the end",
        name=f"move {relation.name}.{column.name}",
        expected=Expected(frozenset(), is_sure=True),
        statements=(
            f"create table eb_like as select {name} from {table} limit 0",
            f"alter table {table} drop column {name}",
            f"do $$ begin execute (select {again} from pg_attribute "
            "where attrelid = 'eb_like'::regclass and attnum = 1); end $$",
            "drop table eb_like",
        ),
    )


def _has_index(relation: Relation, column: Column) -> bool:
    """ON CONFLICT may need it."""
    return any(column.name in str(index) for index in (*relation.indexes, *relation.constraints))


def _naming(relation: Relation, column: Column, before: Known) -> Iterator[str]:
    """Queries with the column among what they give, or whose text holds the table's name and the column's."""
    for query, typed, words in before.typed:
        gives = any(_is(c, relation, column) for c in typed.columns)
        if query.call is QueryCall.QUERY_MACRO and column.name.lower() not in words:
            continue  # `*` into the macro's own struct: whoever uses the field is rustc's to find
        written = relation.name.lower() in words and column.name.lower() in words
        if gives or (written and _only(relation, words, before)):
            yield query_place(query)


def _only(relation: Relation, words: frozenset[str], before: Known) -> bool:
    """Whether no other word of the query is a table; then the column's name can mean this column only."""
    tables = _tables(before)
    return all(word not in tables or word == relation.name.lower() for word in words)


def _tables(before: Known) -> frozenset[str]:
    return frozenset(c.origin.relation.lower() for _, t, _ in before.typed for c in t.columns if c.origin is not None)


def _is(output: OutputColumn, relation: Relation, column: Column) -> bool:
    ref = output.origin
    return ref is not None and (ref.schema, ref.relation, ref.column) == (relation.schema, relation.name, column.name)


def _key(query: Query) -> QueryKey:
    return QueryKey(query.path, query.function, query.ordinal)


def _places(reads: Iterator[tuple[Query, str]]) -> Iterator[str]:
    """The fields, and the queries that read them: PostgreSQL may refuse these before a field is reached."""
    return (place for query, field in reads for place in (field, query_place(query)))


def _reading(relation: Relation, column: Column, before: Known, *, null: bool = False) -> Iterator[tuple[Query, str]]:
    """Fields and queries that decode the column into a type that the source says; for NULL: no ``Option``."""
    for query, typed, _ in before.typed:
        for position, output in enumerate(typed.columns):
            if not _is(output, relation, column) or (null and output.nullable is not False):
                continue
            name = re.split(r"[!?:]", output.name)[0].strip()
            if null and name != output.name:
                continue  # its author says it
            for read in query.reads:
                if read.key in (output.name, position) and read.type is not None and not (null and read.type.is_option):
                    yield query, query_place(query)
            struct = before.structs.get(query.target) if query.target is not None else None
            if struct is not None:
                yield from (
                    (query, f"{struct.span.path}::{struct.name}.{f.name}")
                    for f in struct.fields
                    if name == _asked(query, f) and not (null and f.type.is_option)
                )
            elif query.scalar is not None and query.call is not QueryCall.QUERY_SCALAR_MACRO:  # rustc's to find
                member = _member(query.scalar, position)
                if member is not None and not (null and member.is_option):
                    yield query, query_place(query)


def _asked(query: Query, field: Field) -> str:
    return field.name.removeprefix("r#") if query.call in _MACROS else field.column


def _member(scalar: RustType, position: int) -> RustType | None:
    if scalar.path == "()" and scalar.arguments:
        return scalar.arguments[position] if position < len(scalar.arguments) else None
    return scalar if position == 0 else None


def _declared(relation: Relation, column: Column, before: Known, null: bool = False) -> Iterator[str]:
    for table in before.contracts.tables:
        if (table.schema or "public", table.table) == (relation.schema, relation.name):
            for each in table.columns:
                if each.column == column.name and not (null and each.type.path == "Nullable"):
                    yield f"{table.span.path}::table.{table.name}.{each.name}"
    for struct in before.contracts.structs:
        named = [a.value for a in struct.attributes if (a.library, a.name) == ("sea_orm", "table_name")]
        if relation.name in named:
            for field in struct.fields:
                if field.column == column.name and not (null and field.type.is_option):
                    yield f"{struct.span.path}::{struct.name}.{field.name}"


def rust_mutants(facts: Facts, database: DatabaseFacts) -> Iterator[Mutant]:
    before = known(facts, database)
    filled: dict[StructRef, list[tuple[Query, Typed]]] = {}
    for query, typed, _ in before.typed:
        if query.target is not None:
            filled.setdefault(query.target, []).append((query, typed))
    for ref, queries in filled.items():
        struct = before.structs.get(ref)
        for number, field in enumerate(struct.fields if struct is not None else ()):
            assert struct is not None
            yield from _of_field(before, struct, number, field, queries)
    for enum in before.contracts.enums:
        for number, variant in enumerate(enum.variants):
            left = replace(enum, variants=(*enum.variants[:number], *enum.variants[number + 1 :]))
            enums = tuple(left if each is enum else each for each in before.contracts.enums)
            stored = any(_stands_for(enum.name, enum.attributes, e.name) for e in _enums(database))
            places = frozenset({f"{enum.span.path}::{enum.name}"}) if stored and enum.repr is None else frozenset()
            yield Mutant(
                kind="enum variant removed",
                name=f"{enum.name} without {variant.name}",
                expected=Expected(places),
                contracts=replace(before.contracts, enums=enums),
            )


def _enums(database: DatabaseFacts) -> tuple[EnumType, ...]:
    return () if database.replay is None else database.replay.newest.enums


def _of_field(
    before: Known, struct: Struct, number: int, field: Field, queries: list[tuple[Query, Typed]]
) -> Iterator[Mutant]:
    place = f"{struct.span.path}::{struct.name}.{field.name}"
    outputs = [
        output
        for query, typed in queries
        for output in typed.columns
        if re.split(r"[!?:]", output.name)[0].strip() == _asked(query, field)
        and (query.call in _MACROS or any(derive.rpartition("::")[2] in _BY_NAME for derive in struct.derives))
    ]
    if field.type.is_option:
        nulls = any(
            ":" not in output.name and ("?" in output.name or (output.nullable and output.origin is not None))
            for output in outputs
        )
        yield _with_field(
            before, struct, number, field.type.inner, "Option removed", Expected(frozenset({place} if nulls else ()))
        )
    inner = _NARROWER.get(field.type.inner.path)
    narrow = parse_type(f"Option<{inner}>" if field.type.is_option else inner) if inner is not None else None
    if narrow is not None:
        # between a field and its `sql_type` rustc decides, without a database
        by_sql_type = any(derive.rpartition("::")[2] == "QueryableByName" for derive in struct.derives)
        read = [output for output in outputs if ":" not in output.name and not by_sql_type]
        expected = Expected(frozenset({place} if read else ()))
        yield _with_field(before, struct, number, narrow, "Rust type narrowed", expected)


def _with_field(before: Known, struct: Struct, number: int, type: RustType, kind: str, expected: Expected) -> Mutant:
    field = struct.fields[number]
    changed = replace(field, type=type)
    other = replace(struct, fields=(*struct.fields[:number], changed, *struct.fields[number + 1 :]))
    structs = tuple(other if each is struct else each for each in before.contracts.structs)
    return Mutant(
        kind=kind,
        name=f"{struct.name}.{field.name}: {type.text or type.path}",
        expected=expected,
        contracts=replace(before.contracts, structs=structs),
    )
