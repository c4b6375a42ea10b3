"""Files as they come: byte order marks, line ends, odd bytes, nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.migrations.reader import read_migrations


def _written(root: Path, **contents: bytes) -> Path:
    (root / "m").mkdir()
    for number, (name, content) in enumerate(contents.items(), 1):
        (root / "m" / f"{number}_{name}.sql").write_bytes(content)
    return root


@pytest.mark.parametrize(
    ("content", "statements"),
    [
        (b"", []),
        (b"-- nothing\n/* here */\n", []),
        (b";;\n;", []),
        (b"\xef\xbb\xbfselect 1;", [("select 1", Span("m/1_x.sql", 1, 1, 1, 9))]),
        (
            b"select 1;\r\nselect 2\r\n",
            [
                ("select 1", Span("m/1_x.sql", 1, 1, 1, 9)),
                ("select 2", Span("m/1_x.sql", 2, 1, 2, 9)),
            ],
        ),
        (
            "select 'ß'; select 2;".encode(),
            [
                ("select 'ß'", Span("m/1_x.sql", 1, 1, 1, 11)),
                ("select 2", Span("m/1_x.sql", 1, 13, 1, 21)),
            ],
        ),
    ],
    ids=["empty", "comments", "semicolons", "byte order mark", "CRLF", "characters, not bytes"],
)
def test_a_file_is_read_as_statements_with_places(
    content: bytes, statements: list[tuple[str, Span]], tmp_path: Path
) -> None:
    found, problems = read_migrations(_written(tmp_path, x=content), "m")
    assert problems == ()
    assert [(s.sql, s.span) for s in found.files[0].statements] == statements


@pytest.mark.parametrize(
    ("content", "transactional"),
    [(b"-- no-transaction\nselect 1", False), (b"select 1; -- no-transaction", True), (b"\n-- no-transaction", True)],
)
def test_only_the_first_line_opts_out_of_the_transaction(content: bytes, transactional: bool, tmp_path: Path) -> None:
    found, _ = read_migrations(_written(tmp_path, x=content), "m")
    assert found.files[0].transactional is transactional


def test_bytes_that_are_not_utf8_are_a_problem_and_the_file_is_kept(tmp_path: Path) -> None:
    content = b"create table t (a int);\n-- \xc3\xbc caf\xe9\ncreate table u (a int);"
    found, problems = read_migrations(_written(tmp_path, x=content), "m")
    assert [str(problem) for problem in problems] == [
        "m/1_x.sql:2:9: the file is not UTF-8: byte 0xE9\n"
        "  sqlx cannot read the file, so the migration fails; here the bad bytes are replaced.\n"
        "  Save the file as UTF-8."
    ]
    assert [s.sql for s in found.files[0].statements] == ["create table t (a int)", "create table u (a int)"]


def test_a_large_file_is_read_whole(tmp_path: Path) -> None:
    content = b"".join(b"create table t%d (id bigint primary key, name text not null);\n" % n for n in range(10_000))
    found, _ = read_migrations(_written(tmp_path, x=content), "m")
    assert len(found.files[0].statements) == 10_000
    assert found.files[0].statements[-1].span == Span("m/1_x.sql", 10_000, 1, 10_000, 63)
