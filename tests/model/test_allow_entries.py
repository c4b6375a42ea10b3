"""Allowances are put behind the settings; what was there stays, byte for byte."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.model.formats.allow_entries import NotAppendable, with_allowances
from pytest_errorbudget.model.settings import Accepted

ENTRY = Accepted(rule="row-type", where='a."b"', reason="known")
TEXT = '\n[[allow]]\nrule = "row-type"\nwhere = "a.\\"b\\""\nreason = "known"\n'


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", TEXT),
        ("# notes\n[replay]\n", "# notes\n[replay]\n" + TEXT),
        ("[replay] # no line end", "[replay] # no line end\n" + TEXT),
        ("[replay]\r\n", "[replay]\r\n" + TEXT.replace("\n", "\r\n")),
        ("\ufeff[replay]\n", "\ufeff[replay]\n" + TEXT),
        ('[[allow]]\nrule = "x"\n', '[[allow]]\nrule = "x"\n' + TEXT),
    ],
)
def test_entries_stand_behind_the_settings(settings: str, expected: str) -> None:
    assert with_allowances(settings, (ENTRY,)) == expected


def test_no_entry_changes_nothing() -> None:
    assert with_allowances("[replay]\n", ()) == "[replay]\n"


@pytest.mark.parametrize("settings", ["allow = []\n", 'allow = [{ rule = "x", where = "y", reason = "z" }]\n', "[[\n"])
def test_a_list_that_takes_no_table_is_refused(settings: str) -> None:
    with pytest.raises(NotAppendable):
        with_allowances(settings, (ENTRY,))


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.builds(Accepted, rule=_texts, where=_texts, reason=_texts), max_size=3))
def test_any_text_comes_back(entries: list[Accepted]) -> None:
    read = tomllib.loads(with_allowances("[replay]\n", entries)).get("allow", [])
    assert [Accepted(**entry) for entry in read] == entries
