"""The main job of pytest-errorbudget on this repository, from nothing: events, tenants, run, and what came of it.

    python scripts/demo.py

Exits 0 exactly when the run found what ``documented_findings.json`` says, and nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import events
import provision
from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.readers.scratch import scratch_server

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / ".errorbudget" / "execution-log.json"
TESTS_FAILED = 1  # the exit code of a pytest session in which a test failed


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def write_events() -> None:
    """Events are written once; remove the folder to have them written again."""
    if not (ROOT / "events" / ".complete").is_file():
        say("writing 1.2 million request events of four gateway replicas ...")
        events.main([])
        (ROOT / "events" / ".complete").touch()


def run_pytest(url: str, arguments: list[str]) -> int:
    """pytest as a user of this repository runs it, with the stand-in for production as its database."""
    say("$ pytest --errorbudget")
    environment = {**os.environ, "LEDGERLINE_DATABASE_URL": url}
    LOG.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "--errorbudget", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def found(log: Mapping[str, Any]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return sorted((f["rule"], f["severity"], f["place"], tuple(f["tenants"])) for f in log["findings"])


def numbers(log: Mapping[str, Any]) -> Mapping[str, int]:
    """The documented numbers, as this log has them."""
    metadata = {step["step"]: step["metadata"] for step in log["execution_log"]}
    burn, thresholds = metadata["sli_burn_rate_computation"], metadata["threshold_generation"]
    return {
        "tenants": len({budget["tenant"] for budget in log["budgets"]}),
        "cohorts": burn["cohorts"],
        "thresholds": len(log["thresholds"]),
        "thresholds_reliable": thresholds["thresholds_reliable"],
        "outliers": thresholds["outliers_excluded"],
        "services": metadata["rust_contract_validation"]["services_checked"],
        "migrations": metadata["schema_introspection"]["migrations"],
        "events": burn["events"],
        "duplicates": burn["duplicates"],
        "disagreeing": burn["disagreeing_copies"],
    }


def differences(log: Mapping[str, Any], documented: Mapping[str, Any]) -> Iterator[str]:
    wanted, got = found(documented), found(log)
    yield from (f"documented, not found: {entry}" for entry in wanted if entry not in got)
    yield from (f"found, not documented: {entry}" for entry in got if entry not in wanted)
    have = numbers(log)
    for name, number in documented["numbers"].items():
        if name in have and have[name] != number:
            yield f"{name}: documented {number}, found {have[name]}"
    if log["determinism_score"] != 1:
        yield f"the determinism score is {log['determinism_score']}, not 1"


def story(log: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    for step in log["execution_log"]:
        yield f"{step['timestamp']}  {step['step']:<28}{step['result']}"
    yield (
        f"status {log['status']}, determinism {log['determinism_score']}, "
        f"{log['execution_time_ms']} ms, log in {LOG.relative_to(ROOT.parent)}"
    )


def main() -> int:
    write_events()
    with scratch_server(ReplaySettings()) as server, server.database() as url:
        provision.main(["--url", url])
        code = run_pytest(url, sys.argv[1:])
    if not LOG.is_file():
        say(f"pytest ended with {code} and wrote no log")
        return 1
    log = json.loads(LOG.read_text())
    for line in story(log):
        say(line)
    unlike = list(differences(log, json.loads((ROOT / "documented_findings.json").read_text())))
    for line in unlike:
        say(f"NOT AS DOCUMENTED  {line}")
    if code != TESTS_FAILED:
        unlike.append("exit code")
        say(f"NOT AS DOCUMENTED  pytest's exit code is {code}; items fail here, so it should be 1")
    say("as documented: the faults of README.md, and nothing else" if not unlike else f"{len(unlike)} differences")
    return int(bool(unlike))


if __name__ == "__main__":
    sys.exit(main())
