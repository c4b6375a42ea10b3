"""A repository with migrations of any tool and no settings: an item a file, replayed for real."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

_TABLE = "create table t (id int primary key);\n"


@pytest.mark.parametrize(
    ("files", "items"),
    [
        (
            {"db/migrations/2020-01-01-000000_x/up.sql": _TABLE, "db/migrations/2020-01-01-000000_x/down.sql": ""},
            {"db/migrations/2020-01-01-000000_x/up.sql::replay": "PASSED"},
        ),
        (
            {"sql/V1__a.sql": _TABLE, "sql/V2__b.rs": "", "sql/V3__c.sql": "alter table made_by_b add x int;"},
            {
                "sql/V1__a.sql::replay": "PASSED",
                "sql/V2__b.rs::replay": "SKIPPED",
                "sql/V3__c.sql::replay": "SKIPPED",
            },
        ),
        (
            {"migrations/1_a.sql": f"-- +goose Up\n{_TABLE}-- +goose Down\ndrop table t;\n"},
            {"migrations/1_a.sql::replay": "PASSED"},
        ),
        (
            {"migrations/R__v.sql": "create view v as table t;", "migrations/V1.0__a.sql": _TABLE},
            {"migrations/R__v.sql::replay": "PASSED", "migrations/V1.0__a.sql::replay": "PASSED"},
        ),
        (
            {"migration/src/m20220101_000001_a.rs": ""},
            {"migration/src/m20220101_000001_a.rs::replay": "SKIPPED"},
        ),
    ],
    ids=["diesel", "refinery", "goose", "Flyway", "sea-orm"],
)
def test_every_migration_is_an_item(
    files: Mapping[str, str], items: Mapping[str, str], pytester: pytest.Pytester
) -> None:
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    result = pytester.runpytest_inprocess("--errorbudget", "-v", "-p", "no:cacheprovider", "-k", "replay")
    told = [line.split() for line in result.outlines if "::replay " in line and "%]" in line]
    assert {words[0]: words[1] for words in told} == items
