"""PostgreSQL's printed trees."""

from __future__ import annotations

import pytest

from pytest_errorbudget.readers.shapes.known_trees import KnownTrees
from pytest_errorbudget.readers.shapes.tree import alias_variables, nodes, parse_tree

_VAR = (
    "{VAR :varno 2 :varattno 1 :vartype 20 :vartypmod -1 :varcollid 0 :varnullingrels (b 3 4) :varlevelsup 1 "
    ":varreturningtype 0 :varnosyn 2 :varattnosyn 1 :location 7}"
)
_READ = {
    "tag": "VAR",
    "varno": 2,
    "varattno": 1,
    "vartype": "20",
    "varnullingrels": (3, 4),
    "varlevelsup": 1,
    "varreturningtype": 0,
}


def test_fields_that_nobody_asks_for_are_left_out() -> None:
    text = (
        f"({{TARGETENTRY :expr {_VAR} :resno 1 :resname amount\\!:\\ i64 :ressortgroupref 0 "
        ":resorigtbl 5 :resorigcol 1 :resjunk false})"
    )
    assert parse_tree(text) == [{"tag": "TARGETENTRY", "expr": _READ, "resno": "1"}]


def test_names_may_hold_anything() -> None:
    text = (
        '({RANGETBLENTRY :alias {ALIAS :aliasname a\\(b :colnames ("x)" "}{\\"")} :eref {ALIAS :aliasname e :colnames '
        f"<>}} :rtekind 2 :jointype 1 :joinaliasvars ({_VAR} {_VAR}) :joinleftcols (i 1 2) :joinrightcols (i 1) "
        ":ctename odd\\ name :lateral false :inFromCl true})"
    )
    (entry,) = parse_tree(text)
    assert entry.keys() == {"tag", "rtekind", "jointype", "joinaliasvars", "ctename"}
    assert alias_variables(entry) == [_READ, _READ]


def test_constants_parameters_and_lists() -> None:
    text = (
        "({OPEXPR :opno 96 :opfuncid 65 :opresulttype 16 :opretset false :opcollid 0 :inputcollid 0 :args ({CONST "
        ":consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true :constisnull false :location 9 "
        ":constvalue 4 [ 3 0 -1 0 ]} {CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true "
        ":constisnull true :location 9 :constvalue <>} {PARAM :paramkind 0 :paramid 2 :paramtype 25 :paramtypmod -1 "
        ":paramcollid 100 :location 80}) :location 1} {ROWCOMPAREEXPR :opnos (o 97 98)})"
    )
    first, second = parse_tree(text)
    assert first == {
        "tag": "OPEXPR",
        "opno": "96",
        "opfuncid": "65",
        "args": [
            {"tag": "CONST", "consttype": "23", "constvalue": " 3 0 -1 0 "},
            {"tag": "CONST", "consttype": "23", "constisnull": "true"},
            {"tag": "PARAM", "paramkind": "0", "paramid": "2"},
        ],
    }
    assert second == {"tag": "ROWCOMPAREEXPR", "opnos": (97, 98)}
    assert [node["tag"] for node in nodes(first)] == ["OPEXPR", "PARAM", "CONST", "CONST"]


@pytest.mark.parametrize("text", [")", "}", "{A} {B}", "word {A}"])
def test_what_is_no_tree_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="parse tree of PostgreSQL 18"):
        parse_tree(text)


@pytest.mark.parametrize("columns", ['"id" "amount"', '"odd)" "a(b"', '"quo\\"ted"', ""])
@pytest.mark.parametrize("alias", ["<>", "{ALIAS :aliasname i :colnames <>}"])
def test_a_table_is_read_alike_whatever_its_columns_are_called(columns: str, alias: str) -> None:
    text = (
        f"({{RANGETBLENTRY :alias {alias} :eref {{ALIAS :aliasname i :colnames ({columns})}} :rtekind 0 :relid 16568 "
        ":inh true :relkind r :rellockmode 1 :perminfoindex 1 :tablesample <> :lateral false :inFromCl true "
        ":securityQuals <>})"
    )
    assert parse_tree(text) == [
        {
            "tag": "RANGETBLENTRY",
            "rtekind": "0",
            "relid": "16568",
            "inh": "true",
            "relkind": "r",
            "perminfoindex": "1",
        }
    ]


def test_trees_of_the_shape_before_are_read_once() -> None:
    trees = KnownTrees()
    first = trees.read("({A :x 1})")
    trees.next_shape()
    assert trees.read("({A :x 1})") is first
    assert trees.read("({A :x 2})") == [{"tag": "A", "x": "2"}]
    trees.next_shape()
    trees.next_shape()
    assert trees.read("({A :x 1})") == first
    assert trees.read("({A :x 1})") is not first
