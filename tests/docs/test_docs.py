"""The documentation against the code: what there is has a page, and no page speaks of what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.plugin import options
from pytest_errorbudget.readers.settings.file import SettingsFile
from pytest_errorbudget.readers.settings.read import read_settings

_REPOSITORY = Path(__file__).resolve().parents[2]
_PACKAGE = _REPOSITORY / "pytest_errorbudget"
_RULES = _REPOSITORY / "docs" / "rules"
_README = (_REPOSITORY / "README.md").read_text()
_SETTINGS = (_REPOSITORY / "docs" / "settings.md").read_text()
_DOCUMENTS = sorted(
    path.relative_to(_REPOSITORY).as_posix()
    for path in (*_REPOSITORY.glob("*.md"), *(_REPOSITORY / "docs").rglob("*.md"))
)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _each_rule() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("rule", list(Rule), ids=[rule.id for rule in Rule])


def _page(rule: Rule) -> str:
    return (_RULES / f"{rule.id}.md").read_text()


# --- rules


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    pages = {path.stem for path in _RULES.glob("*.md")} - {"README"}
    assert pages == {rule.id for rule in Rule}


@_each_rule()
def test_a_page_names_its_rule_and_its_severity(rule: Rule) -> None:
    first, _, second = _page(rule).partition("\n\n")
    assert first == f"# {rule.id}"
    assert f"Default severity: **{rule.severity.value}**." in second.split("\n## ")[0]


@_each_rule()
def test_a_page_says_the_same_things_in_the_same_order(rule: Rule) -> None:
    headings = re.findall(r"^## (.+)$", _page(rule), re.MULTILINE)
    assert headings == ["What it says", "Why it matters", "Example", "How to fix it", "How to allow it"]


@_each_rule()
def test_an_allowance_on_a_page_is_one_of_its_rule(rule: Rule, tmp_path: Path) -> None:
    for example in _toml_blocks(_page(rule)):
        (tmp_path / "errorbudget.toml").write_text(example)
        settings, problems = read_settings(tmp_path, "errorbudget.toml", {})
        assert problems == ()
        assert settings is not None
        assert [allowance.rule for allowance in settings.allowances] == [rule.id]


def test_the_index_lists_every_rule_with_its_severity() -> None:
    rows = re.findall(
        r"^\| \[([a-z-]+)\]\(([a-z-]+)\.md\) \| (\w+) \|", (_RULES / "README.md").read_text(), re.MULTILINE
    )
    assert rows == [(rule.id, rule.id, rule.severity.value) for rule in Rule]


@_each_rule()
def test_a_rule_is_made_by_a_check_or_a_reader(rule: Rule) -> None:
    # which step a rule belongs to is told of every rule, and makes none
    sources = [
        path for room in ("checks", "readers") for path in (_PACKAGE / room).rglob("*.py") if path.stem != "step_rules"
    ]
    assert any(_speaks_of(f"Rule.{rule.name}", path) for path in sources)


@_each_rule()
def test_a_rule_appears_in_a_test(rule: Rule) -> None:
    tests = [path for path in (_REPOSITORY / "tests").rglob("test_*.py") if path != Path(__file__)]
    own = f"test_{rule.id.replace('-', '_')}"
    named = any(path.stem == own for path in tests)
    assert named or any(_speaks_of(name, path) for path in tests for name in (f"Rule.{rule.name}", rule.id))


def _speaks_of(name: str, path: Path) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", path.read_text()) is not None


# --- flags and settings


class _Flags:
    """In the place of pytest's parser: remembers the names of options."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def getgroup(self, *_: str) -> _Flags:
        return self

    def addoption(self, name: str, **_: Any) -> None:
        self.names.append(name)


def _flags() -> tuple[str, ...]:
    parser: Any = _Flags()
    options.add_options(parser)
    return tuple(parser.names)


def test_the_readme_lists_every_flag_and_no_other() -> None:
    listed = re.findall(r"^\| `(--errorbudget[a-z-]*)", _README, re.MULTILINE)
    assert sorted(listed) == sorted(_flags())


def test_no_page_speaks_of_a_flag_that_is_not_there() -> None:
    spoken = {
        flag
        for path in _DOCUMENTS
        for flag in re.findall(r"(?<![\w-])--errorbudget(?:-[a-z]+)*", (_REPOSITORY / path).read_text())
    }
    assert spoken <= set(_flags())


def _keys(kind: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of the settings with its default, written with dots; ``NAME`` stands for a name that users choose."""
    tag = kind.__struct_config__.tag_field
    if tag is not None:
        yield f"{prefix}{tag}", msgspec.NODEFAULT
    for field in msgspec.structs.fields(kind):
        key = f"{prefix}{field.encode_name}"
        tables = [one for one in _within(field.type) if isinstance(one, type) and issubclass(one, msgspec.Struct)]
        if not tables:
            yield key, field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        for table in tables:
            named = f"{key}.NAME." if getattr(field.type, "__origin__", None) is dict else f"{key}."
            yield from _keys(table, named)


def _within(kind: Any) -> Iterator[Any]:
    inside = getattr(kind, "__args__", ())
    if isinstance(kind, type) and not inside:
        yield kind
    for one in inside:
        yield from _within(one)


def _written(default: Any) -> str | None:
    """A default as the tables show it; ``None`` where the column holds words."""
    match default:
        case None:
            return "none"
        case str():
            return f'`"{default}"`'
        case list():
            return "`[]`"
        case dict():
            return "`{}`"
        case _:
            return None


def _documented() -> list[tuple[str, str | None]]:
    """Two layouts share a key: each is in the table once, and with the same default where both have one."""
    return sorted({(key, _written(default)) for key, default in _keys(SettingsFile)}, key=str)


@pytest.mark.parametrize(("key", "default"), _documented())
def test_the_settings_page_has_every_key_with_its_default(key: str, default: str | None) -> None:
    rows = [line for line in _SETTINGS.splitlines() if line.startswith("|") and f"| `{key}` |" in line]
    assert rows or f"`{key}`" in _SETTINGS
    assert default is None or any(f"| {default} |" in row for row in rows)


def _toml_blocks(text: str) -> list[str]:
    return re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_smallest_settings_of_the_readme_are_valid(tmp_path: Path) -> None:
    smallest, allowance, events = _toml_blocks(_README)
    (tmp_path / "errorbudget.toml").write_text(smallest)
    settings, problems = read_settings(tmp_path, "errorbudget.toml", {})
    assert problems == ()
    assert settings is not None
    assert [tenant.name for tenant in settings.tenants] == ["acme_prod", "globex"]

    (tmp_path / "errorbudget.toml").write_text(f"{smallest}\n{events}\n{allowance}")
    _, problems = read_settings(tmp_path, "errorbudget.toml", {})
    assert problems == ()


def test_the_fuller_settings_are_valid(tmp_path: Path) -> None:
    (fuller,) = _toml_blocks(_SETTINGS)
    (tmp_path / "errorbudget.toml").write_text(fuller.replace('slos = ["slo/*.yaml"]\n', ""))
    _, problems = read_settings(tmp_path, "errorbudget.toml", {})
    assert problems == ()


# --- pages


@pytest.mark.parametrize("path", _DOCUMENTS)
def test_links_between_pages_resolve(path: str) -> None:
    file = _REPOSITORY / path
    targets = [link for link in _LINK.findall(file.read_text()) if "://" not in link]
    broken = [link for link in targets if not _resolves(file, link)]
    assert broken == []


def _resolves(file: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (file.parent / path).resolve() if path else file
    if not target.exists():
        return False
    return not anchor or anchor in _anchors(target.read_text())


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_the_architecture_is_one_page() -> None:
    assert len((_REPOSITORY / "ARCHITECTURE.md").read_text().splitlines()) <= 120


def test_the_architecture_names_every_room() -> None:
    text = (_REPOSITORY / "ARCHITECTURE.md").read_text()
    rooms = sorted(path.parent.name for path in _PACKAGE.glob("*/__init__.py"))
    assert rooms == ["checks", "model", "pipeline", "plugin", "readers", "report"]
    assert [room for room in rooms if f"| `{room}/` |" not in text] == []
