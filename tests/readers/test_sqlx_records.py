"""The records that `cargo sqlx prepare` leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.sqlx_record import SqlxRecord
from pytest_errorbudget.readers.sqlx_records import read_sqlx_records, type_name

_COLUMNS = [
    {"ordinal": 0, "name": "id", "type_info": "Int8"},
    {"ordinal": 1, "name": "tags", "type_info": "TextArray"},
    {"ordinal": 2, "name": "mood!: Mood", "type_info": {"Custom": {"name": "mood", "kind": {"Enum": ["ok", "sad"]}}}},
]


def _write(path: Path, **record: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")


def test_records_of_the_workspace_and_of_a_package(tmp_path: Path) -> None:
    _write(
        tmp_path / ".sqlx/query-aa.json",
        db_name="PostgreSQL",
        query="select 1",
        describe={"columns": _COLUMNS, "parameters": {"Left": ["Uuid"]}, "nullable": [False, True, None]},
        hash="aa",
    )
    _write(
        tmp_path / "crates/lite/.sqlx/query-bb.json",
        db_name="SQLite",
        query="select 2",
        describe={"columns": [{"ordinal": 0, "name": "id", "type_info": {"Strange": []}}], "parameters": {"Right": 1}},
    )
    _write(tmp_path / "crates/lite/.sqlx/other.json", nothing=True)
    (tmp_path / ".sqlx/query-cc.json").write_text("{", encoding="utf-8")
    found, unread = read_sqlx_records(tmp_path, ["Cargo.toml", "crates/lite/Cargo.toml", "crates/none/Cargo.toml"])
    assert found == (
        SqlxRecord(
            path=".sqlx/query-aa.json",
            folder="",
            sql="select 1",
            columns=(("id", "int8"), ("tags", "text[]"), ("mood!: Mood", "mood")),
            parameters=("uuid",),
        ),
        SqlxRecord(path="crates/lite/.sqlx/query-bb.json", folder="crates/lite", sql="select 2", is_postgres=False),
    )
    assert unread == (
        Unchecked("sqlx-record", ".sqlx/query-cc.json", "it is no record of sqlx: Input data was truncated"),
    )


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ("Timestamptz", "timestamptz"),
        ("Int4RangeArray", "int4range[]"),
        ({"Custom": {"name": "_feature", "kind": {"Array": {"Custom": {"name": "feature"}}}}}, "feature[]"),
        ({"Custom": {"name": 'public."Odd"', "kind": "Simple"}}, "Odd"),
        ({"Custom": {"name": "feature[]", "kind": "Simple"}}, "feature[]"),
    ],
)
def test_names_of_types(info: object, name: str) -> None:
    assert isinstance(info, str | dict)
    assert type_name(info) == name
