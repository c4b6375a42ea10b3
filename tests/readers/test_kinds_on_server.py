"""Each kind of migrations on a real server: replayed as its tool would, and read back from its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from pytest_errorbudget.model.migration import MigrationKind, MigrationSet
from pytest_errorbudget.model.settings import Database, MigrationSettings
from pytest_errorbudget.model.snapshot import Applied, AppliedVersion, Ledger, VersionUnknown
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InSchema, Tenant
from pytest_errorbudget.readers.apply_migrations import apply_file, bookkeeping_table, create_bookkeeping
from pytest_errorbudget.readers.catalog import read_snapshot
from pytest_errorbudget.readers.migrations.reader import read_migration_set
from pytest_errorbudget.readers.migrations.tools import TOOLS
from pytest_errorbudget.readers.real_replay import replay_for_real
from pytest_errorbudget.readers.scratch import ScratchServer

Connection = psycopg.Connection[tuple[Any, ...]]

_TABLE, _INDEX = "create table t (id int primary key, a int);\n", "create index concurrently i on t (a);\n"
_FILES: dict[MigrationKind, dict[str, str]] = {
    MigrationKind.SQLX: {"1_a.sql": _TABLE, "10_b.sql": "-- no-transaction\n" + _INDEX},
    MigrationKind.DIESEL: {
        "2024-01-01-000000_a/up.sql": _TABLE,
        "2024-01-02-000000_b/up.sql": _INDEX,
        "2024-01-02-000000_b/metadata.toml": "run_in_transaction = false",
    },
    MigrationKind.REFINERY: {"V1__a.sql": _TABLE, "V10__b.sql": _INDEX.replace(" concurrently", "")},
    MigrationKind.GOLANG_MIGRATE: {"01_a.up.sql": _TABLE + "select 1;", "10_b.up.sql": _INDEX},
    MigrationKind.FLYWAY: {"V1__a.sql": _TABLE, "V1.10__b.sql": _INDEX, "R__v.sql": "create view v as table t;"},
    MigrationKind.GOOSE: {
        "1_a.sql": f"-- +goose Up\n{_TABLE}-- +goose Down\ndrop table t;",
        "10_b.sql": f"-- +goose NO TRANSACTION\n-- +goose Up\n{_INDEX}",
    },
    MigrationKind.DBMATE: {
        "001_a.sql": f"-- migrate:up\n{_TABLE}-- migrate:down\ndrop table t;",
        "010_b.sql": f"-- migrate:up transaction:false\n{_INDEX}",
    },
    MigrationKind.NUMBERED: {"1-a.sql": _TABLE, "10-b.sql": _INDEX},
}
_NEWEST = {
    MigrationKind.DIESEL: "20240102000000",
    MigrationKind.FLYWAY: "1.10",
    MigrationKind.DBMATE: "010",
}


def migrations_of(root: Path, kind: MigrationKind) -> MigrationSet:
    for name, text in _FILES[kind].items():
        path = root / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found, problems = read_migration_set(root, MigrationSettings(path="m", kind=kind))
    assert problems == ()
    return found


@pytest.mark.parametrize("kind", _FILES, ids=lambda kind: kind.value)
def test_a_kind_replays_in_the_transactions_of_its_tool(
    kind: MigrationKind, scratch: ScratchServer, tmp_path: Path
) -> None:
    replay = replay_for_real(scratch, migrations_of(tmp_path, kind))
    assert replay.failure is None
    assert len(replay.versions) == 2
    assert replay.versions[-1].version == _NEWEST.get(kind, "10")
    assert [r.name for r in replay.newest.relations] == (["t", "v"] if kind is MigrationKind.FLYWAY else ["t"])
    assert [index.name for index in replay.newest.relations[0].indexes] == ["i", "t_pkey"]


@pytest.mark.parametrize("kind", [kind for kind in _FILES if kind is not MigrationKind.NUMBERED], ids=lambda k: k.value)
def test_the_newest_version_is_read_as_the_tool_writes_it(
    kind: MigrationKind, connection: Connection, database: str, tmp_path: Path
) -> None:
    migrations = migrations_of(tmp_path, kind)
    create_bookkeeping(connection, migrations)
    assert version_of(database, migrations) == Applied(None)
    for file in migrations.files:
        assert apply_file(connection, migrations, file) is None
    assert version_of(database, migrations) == Applied(_NEWEST.get(kind, "10"))


def version_of(database: str, migrations: MigrationSet) -> AppliedVersion:
    snapshot = read_snapshot(
        database_of(database, migrations.kind, "public"), "public", bookkeeping_table(migrations), {}
    )
    return snapshot.tenants[0].version


def database_of(url: str, kind: MigrationKind, *schemas: str) -> Database:
    return Database(
        name="core",
        url=url,
        migrations=MigrationSettings(path="m", kind=kind),
        services=(),
        tenants=tuple(Tenant(schema, "core", None, InSchema(schema)) for schema in schemas),
        span=Span("errorbudget.toml", 1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Rows that a tool may have left in its table, and what they say."""

    kind: MigrationKind
    rows: str
    version: AppliedVersion


_WRITTEN = {
    "sqlx: a failed one does not count": Written(
        kind=MigrationKind.SQLX,
        rows="(version, description, success, checksum, execution_time) values (9, '', true, '', 0), "
        "(10, '', false, '', 0)",
        version=Applied("9"),
    ),
    "diesel: versions are ordered as text": Written(
        kind=MigrationKind.DIESEL, rows="(version) values ('9'), ('10')", version=Applied("9")
    ),
    "golang-migrate: stopped half-way": Written(
        kind=MigrationKind.GOLANG_MIGRATE,
        rows="values (7, true)",
        version=VersionUnknown("its table schema_migrations says that migration 7 stopped half-way"),
    ),
    "Flyway: numbers, an undone one, a failed one, a repeatable one": Written(
        kind=MigrationKind.FLYWAY,
        rows="(installed_rank, version, description, type, script, installed_by, execution_time, success) values "
        "(1, '1.9', '', 'SQL', '', '', 0, true), (2, '1.10', '', 'SQL', '', '', 0, true), "
        "(3, '1.11', '', 'SQL', '', '', 0, true), (4, '1.11', '', 'UNDO_SQL', '', '', 0, true), "
        "(5, '2', '', 'SQL', '', '', 0, false), (6, null, 'v', 'SQL', '', '', 0, true)",
        version=Applied("1.10"),
    ),
    "goose: the last word on a version counts": Written(
        kind=MigrationKind.GOOSE,
        rows="(version_id, is_applied) values (1, true), (2, true), (3, true), (3, false), (2, false), (2, true)",
        version=Applied("2"),
    ),
    "goose: the row of the beginning": Written(
        kind=MigrationKind.GOOSE, rows="(version_id, is_applied) values (0, true)", version=Applied(None)
    ),
    "sea-orm": Written(
        kind=MigrationKind.SEA_ORM,
        rows="values ('m20220101_000001_a', 0), ('m20230101_000001_b', 0)",
        version=Applied("m20230101_000001_b"),
    ),
}


@pytest.mark.parametrize("case", _WRITTEN.values(), ids=_WRITTEN)
def test_what_rows_say(case: Written, connection: Connection, database: str) -> None:
    migrations = MigrationSet(kind=case.kind, path="m", files=())
    create_bookkeeping(connection, migrations)
    connection.execute(f"insert into {bookkeeping_table(migrations)} {case.rows}".encode())
    assert version_of(database, migrations) == case.version


def test_files_without_a_table_have_no_versions(connection: Connection, database: str) -> None:
    connection.execute("create schema acme")
    snapshot = read_snapshot(database_of(database, MigrationKind.NUMBERED, "acme"), "public", "", {})
    assert snapshot.tenants[0].version == VersionUnknown("no table says which migrations were applied")


def test_a_table_under_another_name(connection: Connection, database: str) -> None:
    migrations = MigrationSet(kind=MigrationKind.DIESEL, path="m", files=(), bookkeeping="Applied Changes")
    create_bookkeeping(connection, migrations)
    connection.execute("insert into \"Applied Changes\" (version) values ('7')")
    assert version_of(database, migrations) == Applied("7")


# --- checksums

_APPLIED: dict[MigrationKind, str] = {
    MigrationKind.SQLX: "(version, description, success, checksum, execution_time) values "
    "(1, '', true, '\\x{one}', 0), (2, '', false, '\\xff', 0)",
    MigrationKind.REFINERY: "(version, name, checksum) values (1, 'a', '{one}'), (3, 'b', null)",
    MigrationKind.FLYWAY: "(installed_rank, version, description, type, script, installed_by, execution_time, success, "
    "checksum) values (1, '1', '', 'SQL', '', '', 0, true, {one}), (2, null, '', 'SQL', '', '', 0, true, 5)",
}


@pytest.mark.parametrize("kind", _APPLIED, ids=lambda kind: kind.value)
def test_tenants_that_applied_the_same_share_a_ledger(
    kind: MigrationKind, connection: Connection, database: str
) -> None:
    tool = TOOLS[kind].bookkeeping
    assert tool is not None
    applied: Mapping[str, str] = {"acme": "11", "globex": "22", "initech": "11"}
    for schema, checksum in applied.items():
        table = sql.Identifier(schema, tool.table)
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        connection.execute(sql.SQL(tool.create).format(table=table))
        rows = sql.SQL(_APPLIED[kind]).format(one=sql.SQL(checksum))
        connection.execute(sql.SQL("insert into {} {}").format(table, rows))
    connection.execute("create schema bare")
    snapshot = read_snapshot(database_of(database, kind, *applied, "bare"), "public", tool.table, {})
    assert sorted(snapshot.ledgers, key=lambda ledger: ledger.tenants) == [
        Ledger(tenants=("acme", "initech"), checksums=(("1", "11"),)),
        Ledger(tenants=("globex",), checksums=(("1", "22"),)),
    ]


def test_a_table_without_checksums_still_has_a_version(connection: Connection, database: str) -> None:
    for schema in ("acme", "globex"):
        connection.execute(f"create schema {schema}".encode())
        connection.execute(f"create table {schema}._sqlx_migrations (version bigint, success bool)".encode())
        connection.execute(f"insert into {schema}._sqlx_migrations values (3, true)".encode())
    connection.execute("alter table globex._sqlx_migrations add column checksum bytea default '\\xab'")
    snapshot = read_snapshot(
        database_of(database, MigrationKind.SQLX, "acme", "globex"), "public", "_sqlx_migrations", {}
    )
    assert [state.version for state in snapshot.tenants] == [Applied("3"), Applied("3")]
    assert snapshot.ledgers == (Ledger(tenants=("globex",), checksums=(("3", "ab"),)),)


# --- what a server lacks, and placeholders


def test_a_collation_of_icu_is_made_without_it_and_said(scratch: ScratchServer, tmp_path: Path) -> None:
    text = (
        "create collation plain (provider = libc, locale = 'C');\n"
        "create collation loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);\n"
        "create table t (a text collate loose);\n"
    )
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "1_a.sql").write_text(text)
    migrations, _ = read_migration_set(tmp_path, MigrationSettings(path="m"))
    replay = replay_for_real(scratch, migrations)
    assert replay.failure is None
    assert [relation.name for relation in replay.newest.relations] == ["t"]
    assert [(str(changed.span), changed.reason) for changed in replay.changed] == [
        (
            "m/1_a.sql:2:1",
            "the replay server has no ICU: the collation is made without it, so the order of its texts is not checked",
        )
    ]


def test_templated_schemas_replay_with_exact_places(scratch: ScratchServer, tmp_path: Path) -> None:
    text = (
        "create schema {schema};\nset search_path to {schema};\n"
        "create table {schema}.t (id int primary key, a int);\ncreate table u (t int references {schema}.t);\n"
    )
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "1_a.sql").write_text(text)
    (tmp_path / "m" / "2_b.sql").write_text("alter table {schema}.t alter column a type nope;\n")
    migrations, _ = read_migration_set(tmp_path, MigrationSettings(path="m", schema="{schema}"))
    replay = replay_for_real(scratch, migrations)
    assert [(r.schema, r.name, str(r.origin)) for r in replay.newest.relations] == [
        ("public", "t", "m/1_a.sql:3:23"),
        ("public", "u", "m/1_a.sql:4:14"),
    ]
    assert replay.failure is not None
    assert str(replay.failure.span) == "m/2_b.sql:1:44"


@pytest.mark.parametrize("first", ["", "-- no-transaction\n"])
def test_a_trigger_that_guards_the_tools_table_stops_no_replay(
    first: str, scratch: ScratchServer, tmp_path: Path
) -> None:
    guard = (
        f"{first}create table a (id int);\n"
        "create function refuse() returns trigger language plpgsql as $$ begin raise 'only the service'; end $$;\n"
        "create trigger guard before insert on _sqlx_migrations execute function refuse();\n"
    )
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "1_a.sql").write_text(guard)
    (tmp_path / "m" / "2_b.sql").write_text("create table b (id int);\n")
    migrations, _ = read_migration_set(tmp_path, MigrationSettings(path="m"))
    replay = replay_for_real(scratch, migrations)
    assert replay.failure is None
    assert [relation.name for relation in replay.newest.relations] == ["a", "b"]


def test_an_enum_without_labels_is_an_enum(scratch: ScratchServer, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "1_a.sql").write_text("create type nothing as enum ();\ncreate type one as enum ('a');\n")
    migrations, _ = read_migration_set(tmp_path, MigrationSettings(path="m"))
    enums = replay_for_real(scratch, migrations).newest.enums
    assert [(enum.name, enum.labels) for enum in enums] == [("nothing", ()), ("one", ("a",))]


def test_a_search_path_lasts_as_long_as_the_tools_session(scratch: ScratchServer, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "1_a.sql").write_text("create schema app;\nset search_path to app;\ncreate table t (id int);\n")
    (tmp_path / "m" / "2_b.sql").write_text("create table u (id int);\nset local search_path to public;\n")
    (tmp_path / "m" / "3_c.sql").write_text("create table v (id int);\n")
    migrations, _ = read_migration_set(tmp_path, MigrationSettings(path="m"))
    replay = replay_for_real(scratch, migrations)
    assert replay.failure is None
    assert [(r.schema, r.name) for r in replay.newest.relations] == [("app", "t"), ("app", "u"), ("app", "v")]
