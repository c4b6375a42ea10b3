"""Where a statement begins and ends."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_errorbudget.readers.migrations.statements import split


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("select ';'; select \";\"", ["select ';'", 'select ";"']),
        ("select $$;$$; select $a$;$$;$a$", ["select $$;$$", "select $a$;$$;$a$"]),
        ("select 1 /* ; /* ; */ ; */; -- ;\nselect 2", ["select 1", "select 2"]),
        (r"select e'\';'; select '\'; select 3", [r"select e'\';'", r"select '\'", "select 3"]),
        ("do $$ begin; end $$; do 'x;y'", ["do $$ begin; end $$", "do 'x;y'"]),
        ("execute p(';') ; select 1", ["execute p(';')", "select 1"]),
        (
            "create function f() returns int begin atomic; select case when true then 1 end; select 2; end; select 3",
            [
                "create function f() returns int begin atomic; select case when true then 1 end; select 2; end",
                "select 3",
            ],
        ),
        ("begin; select 1; end; select 2", ["begin", "select 1", "end", "select 2"]),
        ("copy t from stdin;\n1\tit's\n\\.\nselect 2", ["copy t from stdin", "select 2"]),
        ("\\restrict a'b\nselect 1;\n\\q", ["\\restrict a'b", "select 1", "\\q"]),
        ("select '\n\\b';", ["select '\n\\b'"]),
        ("create table t (a int); select 'never closed", ["create table t (a int); select 'never closed"]),
    ],
)
def test_statements(text: str, statements: list[str]) -> None:
    assert [statement.sql for statement in split(text, "m/1_x.sql")] == statements


_PIECES = st.sampled_from(
    [
        "select 1",
        ";",
        "'",
        '"',
        "$$",
        "$a$",
        "--",
        "/*",
        "*/",
        "\n",
        "\r\n",
        "\\",
        "begin atomic",
        "end",
        "case",
        "é",
        "E'",
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(_PIECES).map(" ".join)))
@example("copy t from stdin;\n\\")
@example("\x00;\x1f;\u2028")
def test_any_text_is_split_and_every_span_points_at_its_text(text: str) -> None:
    lines = text.split("\n")
    for statement in split(text, "p"):
        span = statement.span
        assert span.end_line is not None
        assert span.end_column is not None
        taken = lines[span.line - 1 : span.end_line]
        taken[-1] = taken[-1][: span.end_column - 1]
        taken[0] = taken[0][span.column - 1 :]
        assert "\n".join(taken) == statement.sql
