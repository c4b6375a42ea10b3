"""A second run asks the replay server nothing that the first one asked, and says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shop import Shop


def outcome(shop: Shop) -> Any:
    """The log without what may differ between two runs of the same input: when it was, and how long it took."""
    log = json.loads((shop.root / ".errorbudget/execution-log.json").read_text(encoding="utf-8"))
    return _timeless(log)


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        times = ("started_at", "elapsed_ms", "execution_ms", "timestamp", "execution_time_ms", "total_execution_ms")
        return {key: _timeless(inner) for key, inner in value.items() if key not in times}
    return [_timeless(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("spoil", ["nothing", "every entry", "the folder"])
def test_the_second_run_is_the_first(
    running_shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spoil: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    running_shop.narrow_total()
    first = running_shop.run("--errorbudget-facts=first.json")
    first_log = outcome(running_shop)
    kept = list((tmp_path / "cache/pytest-errorbudget/results").iterdir())
    assert len(kept) == 5  # both replays, the typing of the queries, the sources' paths, and what they say
    for entry in kept if spoil != "nothing" else ():
        if spoil == "the folder":
            entry.unlink()
        else:
            entry.write_bytes(b"spoilt")
    second = running_shop.run("--errorbudget-facts=second.json")
    assert second.parseoutcomes() == first.parseoutcomes()
    assert outcome(running_shop) == first_log
    facts = [
        json.loads((running_shop.root / f"{name}.json").read_text(encoding="utf-8")) for name in ("first", "second")
    ]
    assert _timeless(facts[0]) == _timeless(facts[1])
