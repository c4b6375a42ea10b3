"""``demo.py`` exits 0 exactly when the run is as documented. Here on few events, with a document of their own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

# Enough items to ask for every step, and both handlers and FFI functions that fail.
ITEMS = ("errorbudget.toml", "services/ingest/src/ffi.rs", "services/billing/src/http.rs", "-k", "not determinism")
Demo = Callable[[], tuple[int, list[str]]]


@pytest.fixture(scope="module")
def module(example: Path) -> ModuleType:
    """The script itself, for what it reads from a log."""
    before = list(sys.path)
    sys.path.insert(0, str(example / "scripts"))
    try:
        spec = importlib.util.spec_from_file_location("ledgerline_demo", example / "scripts" / "demo.py")
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
        return loaded
    finally:
        sys.path[:] = before


@pytest.fixture(scope="module")
def demo(small: Path) -> Demo:
    """Runs the demo of the small copy; gives its exit code and what it says is not as documented."""
    (small / "events" / ".complete").touch()

    def run() -> tuple[int, list[str]]:
        command = [sys.executable, str(small / "scripts" / "demo.py"), "-q", "-p", "no:cacheprovider", *ITEMS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = [line.partition("  ")[2] for line in done.stdout.splitlines() if line.startswith("NOT AS DOCUMENTED")]
        assert bool(said) == bool(done.returncode), done.stdout + done.stderr
        return done.returncode, said

    return run


@pytest.fixture(scope="module")
def log(demo: Demo, small: Path) -> Mapping[str, Any]:
    """The log of a first run, which is not as documented: most events are missing."""
    assert demo()[0] == 1
    found: Mapping[str, Any] = json.loads((small / ".errorbudget" / "execution-log.json").read_text())
    return found


@pytest.fixture
def document(small: Path, module: ModuleType, log: Mapping[str, Any]) -> None:
    """What that run found, as the small copy's document."""
    written = {"findings": log["findings"], "numbers": module.numbers(log)}
    (small / "documented_findings.json").write_text(json.dumps(written))


@pytest.mark.usefixtures("document")
def test_a_run_as_documented_exits_0(demo: Demo) -> None:
    assert demo() == (0, [])


@pytest.mark.usefixtures("document")
def test_an_altered_tenant_exits_1_and_names_what_is_found_there(demo: Demo, small: Path) -> None:
    story = small / "scripts" / "story.toml"
    told = story.read_text()
    story.write_text(
        told.replace("[tenants.wonka]\n", '[tenants.wonka]\ndropped_indexes = ["refunds_payment_id_idx"]\n')
    )
    try:
        assert demo() == (
            1,
            [
                "found, not documented: warning[index-missing] refunds.refunds_payment_id_idx (wonka)",
                "found, not documented: warning[tenants-file-stale] core (wonka)",
            ],
        )
    finally:
        story.write_text(told)


def unlike(
    module: ModuleType, code: int, log: Mapping[str, Any], findings: list[Any], numbers: Mapping[str, int]
) -> list[str]:
    return list(module.differences(code, log, {"findings": findings, "numbers": numbers}))


def test_an_altered_document_is_a_difference(module: ModuleType, log: Mapping[str, Any]) -> None:
    findings, numbers = log["findings"], module.numbers(log)
    assert unlike(module, 1, log, findings, numbers) == []
    ffi = next(finding for finding in findings if finding["rule"] == "ffi-mismatch")
    others = [finding for finding in findings if finding is not ffi]
    named = "error[ffi-mismatch] services/ingest/src/ffi.rs::meter_record"
    assert unlike(module, 1, log, others, numbers) == [f"found, not documented: {named}"]
    moved = [*others, {**ffi, "severity": "warning"}]
    assert unlike(module, 1, log, moved, numbers) == [
        "documented, not found: warning[ffi-mismatch] services/ingest/src/ffi.rs::meter_record",
        f"found, not documented: {named}",
    ]
    assert unlike(module, 1, log, findings, {**numbers, "queries": 36}) == ["queries: documented 36, found 35"]
    assert unlike(module, 1, log, findings, {**numbers, "ships": 3}) == ["ships: documented 3, found None"]


def test_another_exit_code_or_determinism_score_is_a_difference(module: ModuleType, log: Mapping[str, Any]) -> None:
    findings, numbers = log["findings"], module.numbers(log)
    assert unlike(module, 0, log, findings, numbers) == ["pytest's exit code is 0; items fail here, so it should be 1"]
    wavering = {**log, "determinism_score": 0.5}
    assert unlike(module, 1, wavering, findings, numbers) == ["the determinism score is 0.5, not 1"]
