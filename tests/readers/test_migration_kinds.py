"""Every kind of migrations: which files, in which order, in which transactions, with which statements."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_errorbudget.model.migration import MigrationKind, MigrationSet
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import MigrationSettings
from pytest_errorbudget.readers.migrations.layout import list_migrations, read_layout
from pytest_errorbudget.readers.migrations.reader import read_migration_set
from pytest_errorbudget.readers.migrations.siphash import siphash13
from pytest_errorbudget.readers.migrations.templates import with_schema
from pytest_errorbudget.readers.settings.read import read_settings


def written(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return root


def read(root: Path, files: Mapping[str, str], schema: str | None = None) -> tuple[MigrationSet, tuple[Problem, ...]]:
    return read_migration_set(written(root, files), MigrationSettings(path="m", schema=schema))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``expected`` are (path, version, name, in a transaction, statements as ``line:column-line:column text``)."""

    kind: MigrationKind
    files: Mapping[str, str]
    expected: list[tuple[str, str, str, bool, list[str]]]


GOOSE = """\
-- a note
-- +goose Up
create table a (id int);
-- +goose StatementBegin
create function f() returns int language plpgsql as $$
begin
    return 1;
end $$;
-- +goose StatementEnd

-- +goose Down
drop table a;
"""
CASES = {
    "sqlx": Case(
        kind=MigrationKind.SQLX,
        files={"10_b.up.sql": "select 2", "10_b.down.sql": "drop", "9_a.sql": "-- no-transaction\nselect 1;"},
        expected=[
            ("9_a.sql", "9", "a", False, ["2:1-2:9 select 1"]),
            ("10_b.up.sql", "10", "b", True, ["1:1-1:9 select 2"]),
        ],
    ),
    "diesel": Case(
        kind=MigrationKind.DIESEL,
        files={
            "2024-02-10-093000_add_index/up.sql": "create index concurrently i on t (a);\n",
            "2024-02-10-093000_add_index/down.sql": "drop index i;",
            "2024-02-10-093000_add_index/metadata.toml": "run_in_transaction = false\n",
            "00000000000000_diesel_initial_setup/up.sql": "",
            "9_later/up.sql": "select 1;\r\nselect 2;\r\n",
            "2024-02-10-093000_notes/README.md": "no migration",
            "stray.sql": "no migration",
        },
        expected=[
            ("00000000000000_diesel_initial_setup/up.sql", "00000000000000", "diesel initial setup", True, []),
            (
                "2024-02-10-093000_add_index/up.sql",
                "20240210093000",
                "add index",
                False,
                ["1:1-1:37 create index concurrently i on t (a)"],
            ),
            ("9_later/up.sql", "9", "later", True, ["1:1-1:9 select 1", "2:1-2:9 select 2"]),
        ],
    ),
    "refinery": Case(
        kind=MigrationKind.REFINERY,
        files={
            "V10__later.sql": "select 3",
            "V1__initial.sql": "select 1",
            "sub/V3__deep.sql": "select 2",
            "U2__between.sql": "select 2",
            "V4__seed.rs": "pub fn migration() -> String {}",
            "mod.rs": "",
        },
        expected=[
            ("V1__initial.sql", "1", "initial", True, ["1:1-1:9 select 1"]),
            ("U2__between.sql", "2", "between", True, ["1:1-1:9 select 2"]),
            ("sub/V3__deep.sql", "3", "deep", True, ["1:1-1:9 select 2"]),
            ("V4__seed.rs", "4", "seed", True, []),
            ("V10__later.sql", "10", "later", True, ["1:1-1:9 select 3"]),
        ],
    ),
    "golang-migrate": Case(
        kind=MigrationKind.GOLANG_MIGRATE,
        files={
            "../go.mod": "module x\n",
            "000010_b.up.sql": "create index concurrently i on t (a);",
            "000010_b.down.sql": "drop index i;",
            "000009_a.up.sql": "create table t (a int);\ncreate table u (a int);",
        },
        expected=[
            ("000009_a.up.sql", "9", "a", True, ["1:1-1:23 create table t (a int)", "2:1-2:23 create table u (a int)"]),
            ("000010_b.up.sql", "10", "b", False, ["1:1-1:37 create index concurrently i on t (a)"]),
        ],
    ),
    "Flyway": Case(
        kind=MigrationKind.FLYWAY,
        files={
            "V1.10__c.sql": "select 3",
            "V1_2__b_b.sql": "vacuum t",
            "sub/V1__a.sql": "select 1",
            "U1__a.sql": "drop table t",
            "V2__d.sql": "select 4",
            "V2__d.sql.conf": "executeInTransaction=false\n",
            "R__views.sql": "create view v as select 1 as x",
            "R__functions.sql": "select 5",
        },
        expected=[
            ("sub/V1__a.sql", "1", "a", True, ["1:1-1:9 select 1"]),
            ("V1_2__b_b.sql", "1.2", "b b", False, ["1:1-1:9 vacuum t"]),
            ("V1.10__c.sql", "1.10", "c", True, ["1:1-1:9 select 3"]),
            ("V2__d.sql", "2", "d", False, ["1:1-1:9 select 4"]),
            ("R__functions.sql", "2", "functions", True, ["1:1-1:9 select 5"]),
            ("R__views.sql", "2", "views", True, ["1:1-1:31 create view v as select 1 as x"]),
        ],
    ),
    "goose": Case(
        kind=MigrationKind.GOOSE,
        files={
            "00001_a.sql": GOOSE,
            "00010_c.sql": "-- +goose NO TRANSACTION\n-- +goose Up\nvacuum;\n",
            "00002_b.go": "package migrations",
        },
        expected=[
            (
                "00001_a.sql",
                "1",
                "a",
                True,
                [
                    "3:1-3:24 create table a (id int)",
                    "5:1-8:7 create function f() returns int language plpgsql as $$\nbegin\n    return 1;\nend $$",
                ],
            ),
            ("00002_b.go", "2", "b", True, []),
            ("00010_c.sql", "10", "c", False, ["3:1-3:7 vacuum"]),
        ],
    ),
    "dbmate": Case(
        kind=MigrationKind.DBMATE,
        files={
            "20240102000000_b.sql": "-- migrate:up transaction:false\nvacuum;\n-- migrate:down\nselect 1;\n",
            "20240101000000_a.sql": "-- migrate:up\r\nselect 1;\r\n\r\n-- migrate:down\r\nselect 2;\r\n",
        },
        expected=[
            ("20240101000000_a.sql", "20240101000000", "a", True, ["2:1-2:9 select 1"]),
            ("20240102000000_b.sql", "20240102000000", "b", False, ["2:1-2:7 vacuum"]),
        ],
    ),
    "sea-orm": Case(
        kind=MigrationKind.SEA_ORM,
        files={
            "lib.rs": "mod m20220101_000001_create_table;",
            "m20230101_000002_more.rs": "",
            "m20220101_000001_create_table.rs": "",
        },
        expected=[
            ("m20220101_000001_create_table.rs", "m20220101_000001_create_table", "create table", True, []),
            ("m20230101_000002_more.rs", "m20230101_000002_more", "more", True, []),
        ],
    ),
    "numbered": Case(
        kind=MigrationKind.NUMBERED,
        files={
            "10-c.sql": "drop index concurrently i",
            "9.sql": "select 1",
            "2-a.sql": "-- drop index concurrently i\nselect 'vacuum'",
            "2-a.down.sql": "select 3",
            "schema.sql": "select 4",
        },
        expected=[
            ("2-a.sql", "2", "a", True, ["2:1-2:16 select 'vacuum'"]),
            ("9.sql", "9", "", True, ["1:1-1:9 select 1"]),
            ("10-c.sql", "10", "c", False, ["1:1-1:26 drop index concurrently i"]),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_kind_is_found_and_read_as_its_tool_reads_it(case: Case, tmp_path: Path) -> None:
    found, problems = read(tmp_path, case.files)
    assert problems == ()
    assert found.kind is case.kind
    assert [
        (
            file.path.removeprefix("m/"),
            file.version,
            file.name,
            file.transactional,
            [f"{s.span.line}:{s.span.column}-{s.span.end_line}:{s.span.end_column} {s.sql}" for s in file.statements],
        )
        for file in found.files
    ] == case.expected
    assert list_migrations(tmp_path, "m") == tuple(file.path for file in found.files)


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (("1_a.up.sql", "../Cargo.toml", "../../go.mod"), MigrationKind.SQLX),
        (("1_a.up.sql", "../go.mod"), MigrationKind.GOLANG_MIGRATE),
        (("1_a.up.sql",), MigrationKind.SQLX),
        (("V1__a.sql",), MigrationKind.REFINERY),
        (("V1__a.sql", "../flyway.conf"), MigrationKind.FLYWAY),
        (("V1__a.sql", "../flyway.conf", "V2__b.rs"), MigrationKind.REFINERY),
        (("V1__a.sql", "V1.1__b.sql"), MigrationKind.FLYWAY),
        (("V1__a.sql", "R__b.sql"), MigrationKind.FLYWAY),
        (("schema.sql",), MigrationKind.SQLX),
        ((), MigrationKind.SQLX),
    ],
)
def test_layouts_that_fit_two_tools(files: tuple[str, ...], kind: MigrationKind, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "m").mkdir(parents=True)
    written(root, dict.fromkeys(files, ""))
    assert read_layout(root, "m").kind is kind


def test_a_setting_overrides_the_layout(tmp_path: Path) -> None:
    written(tmp_path, {"1_a.up.sql": "select 1"})
    for kind in (MigrationKind.SQLX, MigrationKind.GOLANG_MIGRATE, MigrationKind.DBMATE):
        layout = read_layout(tmp_path, "m", kind)
        assert (layout.kind, [file.path for file in layout.files]) == (kind, ["m/1_a.up.sql"])


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        (
            {"2024-01-01_a/up.sql": "", "20240101_b/up.sql": ""},
            "m/20240101_b/up.sql:1:1: version 20240101 is used twice: `m/2024-01-01_a/up.sql` has it too\n"
            "  diesel stores one row a version, so only one of the two is ever applied.\n"
            "  Give one of the two files a version of its own.",
        ),
        (
            {"V1__a.sql": "", "U01__b.sql": ""},
            "m/V1__a.sql:1:1: version 1 is used twice: `m/U01__b.sql` has it too\n"
            "  refinery stores one row a version and refuses the second file when it migrates.\n"
            "  Give one of the two files a version of its own.",
        ),
        (
            {"V1__a.rs": "", "V1.5__b.sql": ""},
            "m/V1.5__b.sql:1:1: `1.5` is not a version: refinery reads the digits after `V` or `U` as an integer\n"
            "  refinery refuses the whole folder, so the service is not built; here the file is left out.\n"
            "  Rename the file to `V<integer>__<name>.sql`.",
        ),
        (
            {"1_a.sql": "-- +goose Up\nselect 1;", "2_b.sql": "select 2;"},
            "m/2_b.sql:1:1: the file has no line `-- +goose Up`, so nothing of it is applied\n"
            "  goose refuses the file; here it changes nothing.\n"
            "  Write that line before the first statement, or move the file out of the folder.",
        ),
        (
            {"1_a.sql": "-- migrate:up\nselect 1;", "2_b.sql": ""},
            "m/2_b.sql:1:1: the file has no line `-- migrate:up`, so nothing of it is applied\n"
            "  dbmate refuses the file; here it changes nothing.\n"
            "  Write that line before the first statement, or move the file out of the folder.",
        ),
    ],
)
def test_what_a_tool_refuses_is_one_clear_problem(files: Mapping[str, str], problem: str, tmp_path: Path) -> None:
    _, problems = read(tmp_path, files)
    assert [str(each) for each in problems] == [problem]


def test_migrations_in_rust_are_named_and_not_run(tmp_path: Path) -> None:
    found, _ = read(tmp_path, {"V1__a.sql": "select 1", "V2__b.rs": "pub fn migration() {}"})
    assert [(file.path, file.unread) for file in found.files] == [
        ("m/V1__a.sql", None),
        ("m/V2__b.rs", "it is written in Rust, which is never run"),
    ]
    assert not found.is_unread
    only, _ = read(tmp_path / "other", {"m20220101_000001_a.rs": ""})
    assert only.is_unread


def test_a_broken_metadata_file_changes_nothing(tmp_path: Path) -> None:
    found, problems = read(tmp_path, {"1_a/up.sql": "select 1", "1_a/metadata.toml": "run_in_transaction = "})
    assert [file.transactional for file in found.files] == [True]
    assert problems == ()


# --- checksums


@pytest.mark.parametrize(
    ("files", "checksums"),
    [
        ({"1_a.sql": "select 1;\n"}, [hashlib.sha384(b"select 1;\n").hexdigest()]),
        ({"1_a/up.sql": "select 1;\n"}, [None]),
        ({"V1.0__a.sql": "select 1;\n", "R__b.sql": "select 2;\n"}, [str(zlib.crc32(b"select 1;") - 2**32), None]),
        ({"V1__a.sql": "select 1;\n"}, [str(siphash13(b"a\xff\x01\0\0\0select 1;\n\xff"))]),
    ],
    ids=["sqlx", "diesel", "Flyway", "refinery"],
)
def test_a_file_has_the_checksum_that_its_tool_stores(
    files: Mapping[str, str], checksums: list[str | None], tmp_path: Path
) -> None:
    found, _ = read(tmp_path, files)
    assert [file.checksum for file in found.files] == checksums


def test_flyways_checksum_does_not_see_line_ends(tmp_path: Path) -> None:
    unix, _ = read(tmp_path / "unix", {"V1.0__a.sql": "create table a ();\n\nselect 1;\n"})
    windows, _ = read(tmp_path / "windows", {"V1.0__a.sql": "\ufeffcreate table a ();\r\n\r\nselect 1;\r\n"})
    assert unix.files[0].checksum == windows.files[0].checksum


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", 0xD1FBA762150C532C), (b"leviath\xff", 0x1031D28D04D7CD6C)],
)
def test_siphash_is_rusts(data: bytes, expected: int) -> None:
    assert siphash13(data) == expected


# --- placeholders for a schema


@pytest.mark.parametrize(
    ("placeholder", "text", "expected"),
    [
        ("{schema}", "create table {schema}.t (a int)", "create table public  .t (a int)"),
        ("${schema}", 'alter table "${schema}".t', 'alter table "public"   .t'),
        (":schema", "set search_path to :schema, x", "set search_path to public , x"),
        ("{{schema}}", "select '{{schema}}'::regnamespace", "select 'public'    ::regnamespace"),
        ("{schema}", "create index i_{schema}_x on t", "create index i_public___x on t"),
        ("{schema}", "create index {schema}_x on t", "create index public___x on t"),
        ("{schema}", "select '{schema}.t'::regclass", "select 'public  .t'::regclass"),
    ],
)
def test_a_placeholder_is_replaced_by_a_name_of_its_length(placeholder: str, text: str, expected: str) -> None:
    assert with_schema(text, placeholder) == expected
    assert len(expected) == len(text)


def test_places_are_those_of_the_file_with_its_placeholders(tmp_path: Path) -> None:
    text = "create schema {schema};\ncreate table {schema}.t (a int, b text);\nselect 1;\n"
    found, _ = read(tmp_path, {"1_a.sql": text}, schema="{schema}")
    assert [(s.sql, s.span.line, s.span.end_column) for s in found.files[0].statements] == [
        ("create table public  .t (a int, b text)", 2, 40),
        ("select 1", 3, 9),
    ]
    assert found.files[0].text == text


def test_the_settings_name_kind_table_and_placeholder(tmp_path: Path) -> None:
    (tmp_path / "errorbudget.toml").write_text(
        "[[database]]\n"
        'migrations = { path = "m", kind = "golang-migrate", bookkeeping = "versions", schema = ":schema" }\n'
    )
    settings, problems = read_settings(tmp_path, "errorbudget.toml", {})
    assert problems == ()
    assert settings is not None
    assert settings.databases[0].migrations == MigrationSettings(
        path="m", kind=MigrationKind.GOLANG_MIGRATE, bookkeeping="versions", schema=":schema"
    )


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ('kind = "rails"', "errorbudget.toml:2:28: `rails` is nothing that `kind` may be"),
        ('schema = "{s}"', "errorbudget.toml:2:28: `schema` is `{s}`, which is too short"),
    ],
)
def test_a_setting_that_cannot_be_is_an_error_with_its_place(key: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "errorbudget.toml").write_text(f'[[database]]\nmigrations = {{ path = "m", {key} }}\n')
    settings, (problem,) = read_settings(tmp_path, "errorbudget.toml", {})
    assert settings is None
    assert f"{problem.span}: {problem.message}" == message
