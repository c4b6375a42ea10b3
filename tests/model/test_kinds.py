"""Every kind of what was not checked has its words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest_errorbudget
from pytest_errorbudget.model.formats.kinds import KINDS, counted_kind

PACKAGE = Path(pytest_errorbudget.__file__).parent


def kinds(tree: ast.Module) -> Iterator[str]:
    """What ``Unchecked`` is made with: a text, or a name that the module gives to one."""
    named: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names = [one for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)]
            texts = [one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)]
            named |= {name.id: str(text) for name, text in zip(names, texts, strict=False)}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Unchecked":
            kind = call.args[0]
            yield named[kind.id] if isinstance(kind, ast.Name) else str(ast.literal_eval(kind))


def test_every_kind_in_the_code_has_its_words_and_no_other_has() -> None:
    written = {kind for path in PACKAGE.rglob("*.py") for kind in kinds(ast.parse(path.read_text()))}
    assert written == set(KINDS)


def test_one_and_several_are_told_apart() -> None:
    assert counted_kind(1, "query") == "1 query"
    assert counted_kind(1_234, "query") == "1,234 queries"
    assert all(one != several for one, several in KINDS.values())
