"""What single statements change: first the ones that sqlglot's parser gets wrong or leaves as text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.change import (
    AddEnumLabel,
    CallRoutines,
    Change,
    CreateDomain,
    CreateIndex,
    CreateRoutine,
    CreateTable,
    Drop,
    OpaqueChange,
    RenameEnumLabel,
    RenameType,
    SetSearchPath,
)
from pytest_errorbudget.model.change_parts import ColumnSpec, Dependents, DroppedKind, Existing, Name, Placement, Scope
from pytest_errorbudget.model.change_table import (
    AddColumn,
    AddConstraint,
    AlterColumnType,
    AttachPartition,
    DropColumn,
    RenameColumn,
    RenameConstraint,
    RenameRelation,
    SetNotNull,
    SetRelationSchema,
    ValidateConstraint,
)
from pytest_errorbudget.model.migration import Statement
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.ddl.statement import changes_of

_START = Span("m/1_x.sql", 7, 3)


def _changes(sql: str) -> tuple[Change, ...]:
    return changes_of(Statement(sql=sql, span=_START))


def _whole(sql: str) -> Span:
    return Span("m/1_x.sql", 7, 3, 7, 3 + len(sql))


def _column(definition: str) -> ColumnSpec:
    (change,) = _changes(f"create table t ({definition})")
    assert isinstance(change, CreateTable)
    (column,) = change.elements
    assert isinstance(column, ColumnSpec)
    return column


def test_rename_without_the_word_column_renames_a_column() -> None:
    sql = "ALTER TABLE t RENAME a TO b"
    assert _changes(sql) == (RenameColumn(table=Name(None, "t"), column="a", to="b", origin=_whole(sql)),)


def test_array_written_as_a_word_keeps_what_follows() -> None:
    column = _column("a int ARRAY NOT NULL")
    assert (column.type, column.not_null) == (PgType("int4", dimensions=1), True)


def test_the_body_of_begin_atomic_is_no_statement_of_its_own() -> None:
    (change,) = _changes("create function f() returns int begin atomic; select 1; select 2; end")
    assert isinstance(change, CreateRoutine)


@pytest.mark.parametrize("sql", ["savepoint a", "discard all", "begin isolation level serializable", "end"])
def test_control_of_the_session_is_no_opaque_statement(sql: str) -> None:
    assert not any(isinstance(change, OpaqueChange) for change in _changes(sql))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("float(10)", PgType("float4")),
        ("float(24)", PgType("float4")),
        ("float(25)", PgType("float8")),
        ("float", PgType("float8")),
        ("double precision", PgType("float8")),
        ("real", PgType("float4")),
        ("cidr", PgType("cidr")),
        ("macaddr", PgType("macaddr")),
        ("tsvector", PgType("tsvector")),
        ("pg_lsn", PgType("pg_lsn")),
        ("oid", PgType("oid")),
        ("regclass", PgType("regclass")),
        ("bytea", PgType("bytea")),
        ("pg_catalog.int4", PgType("int4")),
        ('pg_catalog."char"', PgType("char")),
        ('"char"', PgType("char")),
        ("char", PgType("bpchar", modifiers=(1,))),
        ("char(3)", PgType("bpchar", modifiers=(3,))),
        ("bpchar", PgType("bpchar")),
        ("varchar(20)", PgType("varchar", modifiers=(20,))),
        ("character varying", PgType("varchar")),
        ("national character varying (4)", PgType("varchar", modifiers=(4,))),
        ("varbit", PgType("varbit")),
        ("bit", PgType("bit", modifiers=(1,))),
        ("bit varying(5)", PgType("varbit", modifiers=(5,))),
        ("numeric", PgType("numeric")),
        ("numeric(12)", PgType("numeric", modifiers=(12, 0))),
        ("decimal(12, 2)", PgType("numeric", modifiers=(12, 2))),
        ("numeric(5,-2)", PgType("numeric", modifiers=(5, -2))),
        ("timestamp with time zone", PgType("timestamptz")),
        ("timestamp(3) without time zone", PgType("timestamp", modifiers=(3,))),
        ("time (2) with time zone", PgType("timetz", modifiers=(2,))),
        ("interval day to second", PgType("interval", fields="day to second")),
        ("interval second(3)", PgType("interval", modifiers=(3,), fields="second")),
        ("text[][]", PgType("text", dimensions=1)),
        ("int[3]", PgType("int4", dimensions=1)),
        ("boolean", PgType("bool")),
        ("BIGINT", PgType("int8")),
        ("mood", PgType("mood", "")),
        ('public."Mood"[]', PgType("Mood", "public", dimensions=1)),
        ("citext", PgType("citext", "")),
        ("vector(3)", PgType("vector", "", (3,))),
        ("geometry(Point, 4326)", PgType("geometry", "")),
    ],
)
def test_type_names(written: str, expected: PgType) -> None:
    assert _column(f"a {written}").type == expected


@pytest.mark.parametrize("written", ["serial", "serial4", "SERIAL"])
def test_serial_is_an_integer_with_a_default_and_not_null(written: str) -> None:
    column = _column(f"a {written}")
    assert (column.type, column.not_null, column.default is not None) == (PgType("int4"), True, True)


_T = Name(None, "t")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("alter type mood add value 'x'", AddEnumLabel(name=Name(None, "mood"), label="x", origin=_START)),
        (
            "alter type s.mood add value if not exists 'it''s' before 'y'",
            AddEnumLabel(
                name=Name("s", "mood"),
                label="it's",
                placement=Placement.BEFORE,
                neighbour="y",
                existing=Existing.SKIPS,
                origin=_START,
            ),
        ),
        (
            "alter type mood rename value 'a' to 'b'",
            RenameEnumLabel(name=Name(None, "mood"), label="a", to="b", origin=_START),
        ),
        ("alter type mood rename to feeling", RenameType(name=Name(None, "mood"), to="feeling", origin=_START)),
        (
            "create domain d as varchar(3) check (value <> '') not null",
            CreateDomain(name=Name(None, "d"), base=PgType("varchar", modifiers=(3,)), not_null=True, origin=_START),
        ),
        (
            "alter table p attach partition p_a for values in ('a')",
            AttachPartition(table=Name(None, "p"), partition=Name(None, "p_a"), origin=_START),
        ),
        ("alter table t validate constraint c", ValidateConstraint(table=_T, name="c", origin=_START)),
        ("alter table t rename constraint c to d", RenameConstraint(table=_T, name="c", to="d", origin=_START)),
        (
            "alter table if exists t set schema s",
            SetRelationSchema(name=_T, schema="s", missing=Existing.SKIPS, origin=_START),
        ),
        ("alter index t_a_idx rename to i", RenameRelation(name=Name(None, "t_a_idx"), to="i", origin=_START)),
        ('set local search_path = a, "B"', SetSearchPath(schemas=("a", "B"), scope=Scope.LOCAL, origin=_START)),
        ("set search_path to default", SetSearchPath(schemas=None, origin=_START)),
        ("select pg_catalog.set_config('search_path', '', false)", SetSearchPath(schemas=(), origin=_START)),
    ],
)
def test_statements_that_sqlglot_keeps_as_text(sql: str, expected: Change) -> None:
    (change,) = _changes(sql)
    assert change.origin.end_column == _whole(sql).end_column
    assert _without_origin(change) == _without_origin(expected)


def _without_origin(change: Change) -> dict[str, object]:
    return {name: getattr(change, name) for name in change.__slots__ if name != "origin"}


def test_every_action_of_one_alter_table_is_a_change_with_its_own_place() -> None:
    found = _changes(
        "alter table t add column a int,\n"
        "  alter b set not null, owner to someone, alter c type bigint using c::bigint,\n"
        "  drop d cascade, add constraint e unique (a)"
    )
    assert [(type(change), change.origin.line, change.origin.column) for change in found] == [
        (AddColumn, 7, 17),
        (SetNotNull, 8, 3),
        (AlterColumnType, 8, 43),
        (DropColumn, 9, 3),
        (AddConstraint, 9, 19),
    ]


def test_a_column_points_at_its_own_line() -> None:
    (change,) = _changes("create table t (\n  id bigint,\n  name text not null\n)")
    assert isinstance(change, CreateTable)
    assert [element.origin for element in change.elements] == [
        Span("m/1_x.sql", 8, 3, 8, 12),
        Span("m/1_x.sql", 9, 3, 9, 21),
    ]


def test_a_drop_of_several_is_several_changes() -> None:
    sql = "drop table if exists a, s.b cascade"
    assert _changes(sql) == tuple(
        Drop(
            kind=DroppedKind.RELATION,
            name=name,
            dependents=Dependents.CASCADE,
            missing=Existing.SKIPS,
            origin=_whole(sql),
        )
        for name in (Name(None, "a"), Name("s", "b"))
    )


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("a", "a"),
        ("(a)", "a"),
        ("lower(a)", "lower"),
        ("(lower(a))", "lower"),
        ("(a->>'x')", "expr"),
        ("(a::text)", "a"),
        ("('x'::text)", "text"),
        ("cast(a as text)", "cast"),
        ("(a + 1)", "expr"),
        ("(true)", "expr"),
        ("coalesce(a, b)", "coalesce"),
    ],
)
def test_what_a_key_adds_to_a_chosen_index_name(key: str, label: str) -> None:
    (change,) = _changes(f"create index on t ({key} desc nulls last)")
    assert isinstance(change, CreateIndex)
    assert [k.label for k in change.keys] == [label]


@pytest.mark.parametrize(
    "sql",
    [
        "insert into t values (1)",
        "comment on column t.a is 'alter table t drop column a'",
        "grant all on all tables in schema public to x",
        "alter table t owner to x, replica identity full, set (fillfactor = 50)",
        "alter table t alter a set statistics 5",
        "alter sequence s owned by t.a",
        "alter default privileges grant select on tables to x",
        "do $$ begin update t set a = 1; end $$",
        "select setval('s', 1)",
        "reindex table t",
    ],
)
def test_statements_without_effect_on_the_schema(sql: str) -> None:
    assert _changes(sql) == ()


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("do $$ begin alter table t add a int; end $$", "a DO block is a program"),
        ("create table t of composite", "a table of a composite type"),
        ("alter table t not of", "ALTER TABLE … NOT"),
        ("create tabel t (a int); 'never closed", "a quote or a comment is never closed"),
        ("\\restrict abc", "`\\restrict` begins no statement that is known here"),
        ("create table t (a int", "a bracket is never closed"),
        ("alter table t add column", "a name was expected at the end"),
        ("create table t (a int wrong)", "`wrong` after column `a`"),
    ],
)
def test_what_cannot_be_read_is_opaque_with_its_reason(sql: str, reason: str) -> None:
    (change,) = _changes(sql)
    assert isinstance(change, OpaqueChange)
    assert (change.reason, change.statement, change.origin) == (reason, sql, _START)


@pytest.mark.parametrize(
    ("body", "mentions"),
    [
        ("begin new.at = now(); return new; end", None),
        (
            "begin insert into u values (1); alter table t add a int; end",
            frozenset({"alter", "table", "t", "add", "a"}),
        ),
        ("begin -- drop it\n execute format('alter table %I', u); end", frozenset({"execute", "u", "table"})),
    ],
)
def test_a_routine_is_kept_with_what_it_may_touch(body: str, mentions: frozenset[str] | None) -> None:
    (change,) = _changes(f"create or replace function s.f() returns trigger as $${body}$$ language plpgsql")
    assert isinstance(change, CreateRoutine)
    assert change.name == "f"
    assert (change.mentions is None) == (mentions is None)
    assert (mentions or frozenset()) <= (change.mentions or frozenset())


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("call p()", ("p",)),
        ("select make_partitions('t', now())", ("make_partitions",)),
        ("select * from s.create_hypertable('t')", ("create_hypertable",)),
    ],
)
def test_a_call_names_the_routines(sql: str, names: tuple[str, ...]) -> None:
    (change,) = _changes(sql)
    assert isinstance(change, CallRoutines)
    assert change.names == names


def test_an_opaque_statement_names_what_it_mentions() -> None:
    (change,) = _changes("do $$ begin execute 'alter table Orders add \"Due\" date'; end $$")
    assert isinstance(change, OpaqueChange)
    assert {"orders", "Due"} <= change.mentions


_WORDS = st.sampled_from(
    [
        *("create", "alter", "drop", "do", "set", "select", "with", "default", "generated", "always", "as", "identity"),
        *("table", "index", "type", "enum", "domain", "view", "schema", "search_path", "column", "constraint", "using"),
        *(
            "primary",
            "key",
            "references",
            "check",
            "not",
            "null",
            "unique",
            "like",
            "including",
            "all",
            "where",
            "from",
        ),
        *("partition", "of", "for", "values", "rename", "to", "add", "t", "a", "int", "text", "case", "end", '"Q"'),
        *("'x'", "1", ",", "(", ")", "[", "]", ";", ".", "*", "::", "="),
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(_WORDS, max_size=25).map(" ".join)))
@example("(" * 100_000)
@example("create table t (a int default " + "(" * 5_000)
@example("create index on t (" + "(" * 3_000 + "a" + ")" * 3_000 + ")")
def test_no_text_raises(text: str) -> None:
    _changes(text)
