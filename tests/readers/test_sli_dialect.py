"""What tools put into a team's SQL, as PostgreSQL takes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.readers.sli.dialect import plain

EPOCH = "timestamptz '1970-01-01 00:00:00Z'"


@pytest.mark.parametrize(
    ("written", "text", "parameters"),
    [
        ("a = ? and b = ?", "a = $1 and b = $2", ("?", "?")),
        ("a = $2 and b = ?", "a = $2 and b = $3", ("$1", "$2", "?")),
        ("a = :x or b = :x", "a = $1 or b = $1", (":x",)),
        ("a = :'x'", "a = $1", (":'x'",)),
        ("a = @x and b = #{y} and c = %(z)s", "a = $1 and b = $2 and c = $3", ("@x", "#{y}", "%(z)s")),
        ("a = %s and b = %s", "a = $1 and b = $2", ("%s", "%s")),
        ("a in (${b:sqlstring}) and c = '$d' and e = [[f]]", "a in ($1) and c = $2 and e = $3",
         ("${b:sqlstring}", "'$d'", "[[f]]")),
        ("a = {{b}} [[and c = {{ d }}]]", "a = $1   and c = $2  ", ("{{b}}", "{{ d }}")),
        ("a like '%$b%'", "a like $1", ("'%$b%'",)),
        ("$__timeFilter(e.at)", "(e.at >= $1 AND e.at < $2)", ("$__timeFrom()", "$__timeTo()")),
        ("at > $__timeFrom() - interval '1h'", "at > $1 - interval '1h'", ("$__timeFrom()",)),
        ("$__unixEpochFilter(s)", "(s >= $1 AND s < $2)", ("$__unixEpochFrom()", "$__unixEpochTo()")),
        ("$__time(at)", 'at AS "time"', ()),
        ("$__timeGroup(coalesce(a, b), '10m', 0)", f"date_bin('10 minutes', coalesce(a, b), {EPOCH})", ()),
        ("$__timeGroupAlias(at, $__interval)", f"date_bin('5 minutes', at, {EPOCH}) AS \"time\"", ()),
        ("interval '$__interval'", "interval '5 minutes'", ()),
        ("interval '${days} days'", "interval '1 days'", ()),
        ("\\set a 1\nselect 1", "        \nselect 1", ()),
        # what only looks like it
        ("a::text, b[1:2], '10:30:00'", "a::text, b[1:2], '10:30:00'", ()),
        ("a ? 'b' and c ?| d and e ?& f", "a ? 'b' and c ?| d and e ?& f", ()),
        ("a @> b and c <@ d and @ e", "a @> b and c <@ d and @ e", ()),
        ("a % b", "a % b", ()),
        ("'?' = '''$1''' -- :a ?\n/* ? :b */ \":c\"", "'?' = '''$1''' -- :a ?\n/* ? :b */ \":c\"", ()),
        ("$$ ? :a $$, $x$ ? $x$", "$$ ? :a $$, $x$ ? $x$", ()),
        ("E'it\\'s ? :a', e'?'", "E'it\\'s ? :a', e'?'", ()),
        ("{{ config(a='b') }}\n{# ? #}select ?", "                   \n       select $1", ("?",)),
        ("from {{ ref('a') }}, {{ref('b', \"c\")}}, {{ source('d', 'e') }}", "from a, c, e", ()),
    ],
)  # fmt: skip
def test_a_text(written: str, text: str, parameters: tuple[str, ...]) -> None:
    found = plain(written)
    named = tuple(
        name for number, name in enumerate(found.parameters, 1) if name != f"${number}" or f"${number}" in text
    )
    assert (found.text, found.parameters) == (text, parameters) or (found.text, named) == (text, parameters)


def test_widths_that_a_dashboard_chooses_are_kept_with_their_place() -> None:
    found = plain("select $__timeGroup(at, '5m'), $__timeGroup(at, $__interval) where a > '$__interval'")
    assert found.zoomed == ((31, "$__timeGroup(at, $__interval)"), (71, "'$__interval'"))


def test_a_template_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a template makes its SQL \(`\{% … %\}`\)"):
        plain("select {% if a %} 1 {% endif %}")


def test_places_lead_back() -> None:
    written = "select $__timeGroup(at, '5m'), a where b = '$tenant' and now() > c"
    found = plain(written)
    for word in ("a where", "now()", "b =", "select"):
        assert found.offset(found.text.index(word)) == written.index(word)


@given(
    st.lists(st.sampled_from(["a", " ", "?", "= ", ":b", "$1", "'$c'", "(", ")", "\n", "$__timeFilter(at)", "--x\n"]))
)
def test_every_place_leads_back_into_the_text_and_never_before_an_earlier_one(parts: list[str]) -> None:
    written = "".join(parts)
    found = plain(written)
    places = [found.offset(place) for place in range(len(found.text) + 1)]
    assert places == sorted(places)
    assert all(0 <= place <= len(written) for place in places)
