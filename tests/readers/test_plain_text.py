"""Where the quick way finds statements, sqlglot's tokens find the same."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlglot.dialects.postgres import Postgres
from sqlglot.tokenizer_core import TokenType

from pytest_errorbudget.readers.migrations.plain_text import plain_stretches

# No EXECUTE, SHOW, FETCH, RESET …: sqlglot keeps their rest as one text, with a comment behind it.
_PIECES = st.sampled_from(
    [
        *(
            "select 1",
            "alter table t add a int",
            "a$b",
            "$1",
            "$$",
            "$a$",
            "$b$",
            "x'1' ",
            "e'",
            "U&'",
            "1.5e-3",
            "a-b",
        ),
        *[";", "'", '"', "-", "/", "*", "\n", "\t", "\x0c", "\\", "{", "}", "#", "é", "\x00"],
        *("--", "/*", "*/", " ", "\r\n"),
        *("begin atomic", "grant select on t to u", "do$$", "::int[]", "@>", "/*+", "\u00a0", "\ufeff"),
    ]
)


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", []),
        (" -- nothing; at all\n", []),
        ("select 1", ["select 1"]),
        ("a;;b ; \n", ["a", "b"]),
        ("-- before;\na -- between;\n, b -- behind;\n; c", ["a -- between;\n, b", "c"]),
        ("/* ; */ a /* ; */; b /* ; */", ["a", "b"]),
        ("a ';''' \";\" ; b", ["a ';''' \";\"", "b"]),
        ("a - 1 / 2;b", ["a - 1 / 2", "b"]),
        ("do $$ ; $$; do $a$ ; $a$ ;", ["do $$ ; $$", "do $a$ ; $a$"]),
    ],
)
def test_statements_of_a_plain_text(text: str, statements: list[str]) -> None:
    found = plain_stretches(text)
    assert found is not None
    assert [text[start:end] for start, end in found] == statements


@pytest.mark.parametrize(
    "text",
    [
        "select 'never closed",
        'select "never closed',
        "select $$ never closed",
        "/* never closed",
        "/* a /* b */ c */ select 1",
        "select e'\\';'",
        "select {{ a }}",
        "select a é",
        "select a$1",
        "select 1 #-- 2",
        "create function f() returns int begin atomic; select 1; end",
        "do $a$ $$ ; $$ $a$",
    ],
)
def test_what_is_in_doubt_is_left_to_the_tokens(text: str) -> None:
    assert plain_stretches(text) is None


@given(st.lists(_PIECES, max_size=12).map("".join))
@example("a -- can't\n, b; c")
@example("a$$;$$b;$$c$$")
@example("#--$$")
def test_the_places_are_those_of_sqlglots_tokens(text: str) -> None:
    found = plain_stretches(text)
    assert found is None or found == _by_tokens(text)


def _by_tokens(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    first: int | None = None
    last = 0
    for token in Postgres().tokenize(text):
        if token.token_type is TokenType.SEMICOLON:
            if first is not None:
                found.append((first, first + len(text[first:last].rstrip())))
            first = None
            continue
        first = token.start if first is None else first
        last = min(token.end + 1, len(text))
    if first is not None:
        found.append((first, first + len(text[first:last].rstrip())))
    return found
