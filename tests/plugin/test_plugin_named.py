"""What the settings name and is not there has its place in the settings."""

from __future__ import annotations

import json

from shop import SETTINGS, Shop


def test_a_service_that_the_workspace_does_not_have(running_shop: Shop) -> None:
    running_shop.write("errorbudget.toml", SETTINGS.replace('["orders"]', '["ordres"]'))
    result = running_shop.run()
    result.stdout.fnmatch_lines(["warning[[]rust-not-found]*the workspace `Cargo.toml` has no package `ordres`*"])
    log = json.loads((running_shop.root / ".errorbudget/execution-log.json").read_text(encoding="utf-8"))
    (span,) = [one["labels"][0] for one in log["findings"] if one["rule"] == "rust-not-found"]
    assert "errorbudget.toml" in json.dumps(span)


def test_a_migration_folder_that_is_not_there(running_shop: Shop) -> None:
    running_shop.write("errorbudget.toml", SETTINGS.replace('path = "migrations"', 'path = "migration"'))
    result = running_shop.run()
    assert result.ret != 0
    result.stdout.fnmatch_lines(
        [
            "error[[]migrations-unreadable]: the migration folder `migration` does not exist",
            "*--> errorbudget.toml:1:1",
        ]
    )
