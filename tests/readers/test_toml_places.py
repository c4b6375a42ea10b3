"""Places of keys in TOML documents."""

from __future__ import annotations

import contextlib
import tomllib
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.toml_places import TomlSyntaxError, key_places

DOCUMENT = """\
manifest = "Cargo.toml"
slos = [
  "é.yaml",
  "b.yaml",
]
[replay]
"quoted key" = 1
[[database]]
name = "core"
tenants = { layout = "schema", names = ["a", "b"] }
"""


def test_every_key_has_its_place() -> None:
    places = {path: str(span)[2:] for path, span in key_places("f", DOCUMENT).items()}
    assert places == {
        ("manifest",): "1:1",
        ("slos",): "2:1",
        ("slos", 0): "3:3",
        ("slos", 1): "4:3",
        ("replay",): "6:2",
        ("replay", "quoted key"): "7:1",
        ("database",): "8:3",
        ("database", 0): "8:1",
        ("database", 0, "name"): "9:1",
        ("database", 0, "tenants"): "10:1",
        ("database", 0, "tenants", "layout"): "10:13",
        ("database", 0, "tenants", "names"): "10:32",
        ("database", 0, "tenants", "names", 0): "10:41",
        ("database", 0, "tenants", "names", 1): "10:46",
    }


def test_columns_count_characters_and_the_end_is_exclusive() -> None:
    places = key_places("f", DOCUMENT)
    assert places["slos", 0] == Span("f", 3, 3, 3, 11)
    assert places["database", 0, "name"] == Span("f", 9, 1, 9, 14)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a = 1\nb = = 2\n", 2, 5), ("a = 1\na = 2\n", 2, 1), ('x = "open', 1, 10), ("[t\n", 1, 3)],
)
def test_a_syntax_error_has_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(TomlSyntaxError) as caught:
        key_places("f.toml", text)
    assert (caught.value.span.line, caught.value.span.column) == (line, column)
    assert str(caught.value) == f"f.toml:{line}:{column}: {caught.value.message}"


@pytest.mark.parametrize("text", ["x = " + "[" * 100_000, "x = " + "{ a = " * 100_000, "[" * 100_000])
def test_deep_nesting_is_an_error(text: str) -> None:
    with pytest.raises(TomlSyntaxError):
        key_places("f", text)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    if isinstance(value, dict):
        entries: list[tuple[str | int, Any]] = list(value.items())
    elif isinstance(value, list):
        entries = list(enumerate(value))
    else:
        return set()
    return {found for key, inner in entries for found in {(*path, key)} | paths(inner, (*path, key))}


KEYS = st.text(min_size=1, max_size=5)
VALUES = st.recursive(
    st.integers(0, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_path_of_every_document_is_found(document: dict[str, Any]) -> None:
    text = tomli_w.dumps(document)
    assert set(key_places("f", text)) == paths(tomllib.loads(text))


@given(st.text())
def test_no_text_is_a_crash(text: str) -> None:
    with contextlib.suppress(TomlSyntaxError):
        key_places("f", text)
