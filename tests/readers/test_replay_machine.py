"""Random DDL through both replays: whatever PostgreSQL accepts, the replay without a database says the same."""

from __future__ import annotations

from contextlib import ExitStack

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from pytest_errorbudget.checks.agreement import disagreements
from pytest_errorbudget.checks.replay.replay import replay
from pytest_errorbudget.model.migration import MigrationFile, MigrationKind, MigrationSet
from pytest_errorbudget.readers.catalog import read_all
from pytest_errorbudget.readers.ddl.changes import changes
from pytest_errorbudget.readers.migrations.statements import split
from pytest_errorbudget.readers.scratch import ScratchServer

_TABLES = st.sampled_from(("t", "u", "v", "s.t", "s.w"))
_NEW = st.sampled_from(("t", "u", "v", "w", "x"))
_SCHEMAS = st.sampled_from(("public", "s", "r"))
_COLUMNS = st.sampled_from(("a", "b", "c", '"D d"', "id"))
_TYPES = st.sampled_from(
    (
        *("int", "bigint", "smallint", "text", "varchar(7)", "numeric(8,2)", "timestamptz", "date", "boolean", "jsonb"),
        *("uuid", "text[]", "mood", "s.mood", "mood[]", "serial", "double precision", "interval"),
    )
)
_DEFAULTS = st.sampled_from(("", "", " default null", " not null", " not null default null", " unique"))
_EXPRESSIONS = st.sampled_from(
    """{0}; {0} as x; {0}::text as y; count(*); coalesce({0}, {1}); max({0}) as m; sum({0}); avg({0});
{0} = {1} as same; {0} || 'x' as joined; now() - interval '1 day' as then; array_agg({0}); null as n;
case when true then {0} else {1} end as chosen; 'lit' as l; row_number() over (order by {0}); {0} + 1;
jsonb_build_object('a', {0}); exists (select 1); (select {1} from {t} limit 1) as sub; min({0}) as o;
extract(epoch from now()); date_trunc('day', {0}); nullif({0}, {1}) as nn; {0} is null as gone; 1.5;
array[{0}, {1}] as both; greatest({0}, {1}); {0}[1]; lower({0}::text); upper({0}); {0} * {1} as p""".replace(
        ";\n", "; "
    ).split("; ")
)
_QUERIES = st.one_of(
    st.builds("select {0} from {1}".format, st.just("*"), _TABLES),
    st.builds(
        lambda table, first, second, one, two: (
            f"select {one.format(first, second, t=table)}, {two.format(second, first, t=table)} from {table}"
        ),
        _TABLES,
        _COLUMNS,
        _COLUMNS,
        _EXPRESSIONS,
        _EXPRESSIONS,
    ),
    st.builds(
        "with c as (select {0}, {1} from {2}) select * from c union all select {3}, {4} from {5}".format,
        *(_COLUMNS, _COLUMNS, _TABLES, _COLUMNS, _COLUMNS, _TABLES),
    ),
    st.builds("select l.*, r.{0} as other from {1} l left join {2} r using ({3})".format, *(_COLUMNS, _TABLES) * 2),
    st.builds("select q.* from (select {0}, count(*) from {1} group by {0}) q".format, _COLUMNS, _TABLES),
)
# Names of NOT NULL constraints are 18's own: what LIKE makes of them the static replay leaves to the real one.
_CONSTRAINTS = "select conname from pg_constraint where conrelid = %s::regclass and contype <> 'n'"
_BOUNDS = st.sampled_from(
    (
        *(
            "for values in (1)",
            "for values in (2, null)",
            "for values in ('a')",
            "for values from (1) to (5)",
            "default",
        ),
        *("for values from (1, 2) to (5, maxvalue)", "for values with (modulus 2, remainder 0)"),
    )
)
_CASCADE = st.sampled_from(("", " cascade"))


class Replays(RuleBasedStateMachine):
    """Each rule is one statement; those that PostgreSQL refuses are not part of the migration."""

    server: ScratchServer

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        conninfo = self._stack.enter_context(self.server.database())
        self._connection = self._stack.enter_context(psycopg.connect(conninfo, autocommit=True))
        self._accepted: list[str] = []
        self._run("create schema s")
        self._run("create type mood as enum ('sad', 'ok')")
        self._run("create type s.mood as enum ('other')")
        self._run("create table t (id serial primary key, a int, b text)")
        self._run("create table s.t (id bigint, c varchar(7) not null default 'x')")

    def _run(self, statement: str) -> None:
        try:
            self._connection.execute(statement.encode())
        except psycopg.Error:
            return
        self._accepted.append(statement)

    @rule(table=_TABLES, columns=st.lists(st.tuples(_COLUMNS, _TYPES, _DEFAULTS), min_size=1, max_size=4))
    def create_table(self, table: str, columns: list[tuple[str, str, str]]) -> None:
        self._run(f"create table {table} ({', '.join(f'{name} {kind}{rest}' for name, kind, rest in columns)})")

    @rule(table=_TABLES, source=_TABLES, including=st.sampled_from(("", " including all", " including defaults")))
    def create_like(self, table: str, source: str, including: str) -> None:
        self._run(f"create table {table} (like {source}{including}, extra int)")

    @rule(
        table=_TABLES, query=_QUERIES, kind=st.sampled_from(("view", "table", "materialized view", "or replace view"))
    )
    def create_queried(self, table: str, query: str, kind: str) -> None:
        self._run(f"create {kind} {table} as {query}")

    @rule(table=_TABLES, column=_COLUMNS, kind=_TYPES, rest=_DEFAULTS)
    def add_column(self, table: str, column: str, kind: str, rest: str) -> None:
        self._run(f"alter table {table} add column {column} {kind}{rest}")

    @rule(table=_TABLES, column=_COLUMNS, cascade=_CASCADE)
    def drop_column(self, table: str, column: str, cascade: str) -> None:
        self._run(f"alter table {table} drop column {column}{cascade}")

    @rule(table=_TABLES, column=_COLUMNS, to=_COLUMNS)
    def rename_column(self, table: str, column: str, to: str) -> None:
        self._run(f"alter table {table} rename {column} to {to}")

    @rule(table=_TABLES, column=_COLUMNS, kind=_TYPES)
    def change_type(self, table: str, column: str, kind: str) -> None:
        self._run(f"alter table {table} alter column {column} type {kind} using null")

    @rule(
        table=_TABLES,
        column=_COLUMNS,
        action=st.sampled_from(("set not null", "drop not null", "drop default", "set default null")),
    )
    def alter_column(self, table: str, column: str, action: str) -> None:
        self._run(f"alter table {table} alter {column} {action}")

    @rule(table=_TABLES, columns=st.lists(_COLUMNS, min_size=1, max_size=2, unique=True), kind=st.booleans())
    def add_key(self, table: str, columns: list[str], kind: bool) -> None:
        self._run(f"alter table {table} add {'primary key' if kind else 'unique'} ({', '.join(columns)})")

    @rule(table=_TABLES, column=_COLUMNS, other=_TABLES, to=_COLUMNS)
    def add_foreign_key(self, table: str, column: str, other: str, to: str) -> None:
        self._run(f"alter table {table} add foreign key ({column}) references {other} ({to})")

    @rule(table=_TABLES, column=_COLUMNS)
    def add_check(self, table: str, column: str) -> None:
        self._run(f"alter table {table} add check ({column} is not null)")

    @rule(table=_TABLES, columns=st.lists(_COLUMNS, min_size=1, max_size=2), unique=st.sampled_from(("", "unique ")))
    def create_index(self, table: str, columns: list[str], unique: str) -> None:
        self._run(f"create {unique}index on {table} ({', '.join(columns)})")

    @rule(table=_TABLES, to=_NEW)
    def rename_table(self, table: str, to: str) -> None:
        self._run(f"alter table {table} rename to {to}")

    @rule(table=_TABLES, schema=_SCHEMAS)
    def move_table(self, table: str, schema: str) -> None:
        self._run(f"alter table {table} set schema {schema}")

    @rule(table=_TABLES, kind=st.sampled_from(("list (a)", "list (b)", "range (id)", "range (a, id)", "hash (id)")))
    def create_partitioned(self, table: str, kind: str) -> None:
        self._run(f"create table {table} (id int not null, a int, b text default 'x') partition by {kind}")

    @rule(table=_TABLES, parent=_TABLES, bound=_BOUNDS, below=st.sampled_from(("", "", " partition by list (a)")))
    def create_partition(self, table: str, parent: str, bound: str, below: str) -> None:
        self._run(f"create table {table} partition of {parent} {bound}{below}")

    @rule(parent=_TABLES, table=_TABLES, bound=_BOUNDS)
    def attach(self, parent: str, table: str, bound: str) -> None:
        self._run(f"alter table {parent} attach partition {table} {bound}")

    @rule(parent=_TABLES, table=_TABLES)
    def detach(self, parent: str, table: str) -> None:
        self._run(f"alter table {parent} detach partition {table}")

    @rule(table=_TABLES, parents=st.lists(_TABLES, min_size=1, max_size=2, unique=True), column=_COLUMNS, kind=_TYPES)
    def create_inheriting(self, table: str, parents: list[str], column: str, kind: str) -> None:
        self._run(f"create table {table} ({column} {kind}) inherits ({', '.join(parents)})")

    @rule(table=_TABLES, parent=_TABLES, what=st.sampled_from(("inherit", "no inherit")))
    def inherit(self, table: str, parent: str, what: str) -> None:
        self._run(f"alter table {table} {what} {parent}")

    @rule(table=_TABLES, data=st.data(), to=st.sampled_from(("k1", "k2")))
    def rename_constraint(self, table: str, data: st.DataObject, to: str) -> None:
        name = self._one(data, table, _CONSTRAINTS)
        if name is not None:
            self._run(f'alter table {table} rename constraint "{name}" to {to}')

    @rule(table=_TABLES, data=st.data())
    def drop_constraint(self, table: str, data: st.DataObject) -> None:
        name = self._one(data, table, _CONSTRAINTS)
        if name is not None:
            self._run(f'alter table {table} drop constraint "{name}" cascade')

    @rule(table=_TABLES, data=st.data(), to=st.sampled_from(("i1", "i2")))
    def rename_index(self, table: str, data: st.DataObject, to: str) -> None:
        query = "select indexrelid::regclass::text from pg_index where indrelid = %s::regclass"
        name = self._one(data, table, query)
        if name is not None:
            self._run(f"alter index {name} rename to {to}")

    @rule(name=_TABLES, kind=st.sampled_from(("view", "materialized view")), to=_NEW)
    def rename_view(self, name: str, kind: str, to: str) -> None:
        self._run(f"alter {kind} {name} rename to {to}")

    @rule(old=st.sampled_from(("sad", "ok", "x")), to=st.sampled_from(("x", "gone", "ok")))
    def rename_label(self, old: str, to: str) -> None:
        self._run(f"alter type mood rename value '{old}' to '{to}'")

    def _one(self, data: st.DataObject, table: str, query: str) -> str | None:
        """One of the names that the server has; in an order that is the same in every run."""
        try:
            names = sorted(row[0] for row in self._connection.execute(query.encode(), (table,)))
        except psycopg.Error:
            return None
        return data.draw(st.sampled_from(names)) if names else None

    @rule(name=_TABLES, kind=st.sampled_from(("table", "view", "materialized view")), cascade=_CASCADE)
    def drop(self, name: str, kind: str, cascade: str) -> None:
        self._run(f"drop {kind} {name}{cascade}")

    @rule(label=st.sampled_from(("x", "y")), place=st.sampled_from(("", " before 'sad'", " after 'sad'")))
    def add_label(self, label: str, place: str) -> None:
        self._run(f"alter type mood add value '{label}'{place}")

    @rule(name=st.sampled_from(("mood", "s.mood", "feeling")), to=st.sampled_from(("feeling", "mood")))
    def rename_type(self, name: str, to: str) -> None:
        self._run(f"alter type {name} rename to {to}")

    @rule(name=st.sampled_from(("mood", "s.mood", "feeling")))
    def drop_type(self, name: str) -> None:
        self._run(f"drop type {name} cascade")

    @rule(path=st.sampled_from(("public", "s, public", "public, s", "s", "r, public")))
    def set_search_path(self, path: str) -> None:
        self._run(f"set search_path = {path}")

    @rule(schema=_SCHEMAS, to=_SCHEMAS)
    def rename_schema(self, schema: str, to: str) -> None:
        self._run(f"alter schema {schema} rename to {to}")

    @rule(schema=st.sampled_from(("s", "r")))
    def recreate_schema(self, schema: str) -> None:
        self._run(f"drop schema if exists {schema} cascade")
        self._run(f"create schema {schema}")

    def teardown(self) -> None:
        try:
            self._compare()
        finally:
            self._stack.close()

    def _compare(self) -> None:
        text = "-- no-transaction\n" + "".join(f"{statement};\n" for statement in self._accepted)
        path = "migrations/1_random.sql"
        file = MigrationFile(
            path=path, version="1", name="random", text=text, statements=split(text, path), transactional=False
        )
        static = replay(changes(MigrationSet(kind=MigrationKind.SQLX, path="migrations", files=(file,))))
        self._connection.execute("reset search_path")
        real = read_all(self._connection, "")
        assert [finding.message for finding in disagreements(static, real)] == [], text
        assert static.opaque == (), text


def test_random_ddl_never_parts_the_replays(scratch: ScratchServer) -> None:
    machine = type("OnThisServer", (Replays,), {"server": scratch})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
