"""The main job of pytest-errorbudget on this repository, from nothing: events, tenants, run, and what came of it.

    python scripts/demo.py [arguments for pytest]

Exits 0 exactly when the run found what ``documented_findings.json`` says, in the same numbers, and nothing else.
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
DOCUMENTED = ROOT / "documented_findings.json"
TESTS_FAILED = 1  # the exit code of a pytest session in which a test failed: the documented faults fail their items

Entry = tuple[str, str, str, tuple[str, ...]]


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def write_events() -> None:
    """Events are written once; remove the folder to have them written again."""
    complete = ROOT / "events" / ".complete"
    if not complete.is_file():
        say("writing 1.2 million request events of four gateway replicas ...")
        events.main([])
        complete.touch()


def run_pytest(url: str, arguments: list[str]) -> int:
    """pytest as a user of this repository runs it, with the stand-in for production as its database."""
    say(" ".join(("$ pytest --errorbudget", *arguments)))
    environment = {**os.environ, "LEDGERLINE_DATABASE_URL": url}
    LOG.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "--errorbudget", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def found(log: Mapping[str, Any]) -> list[Entry]:
    return sorted((f["rule"], f["severity"], f["place"], tuple(f["tenants"])) for f in log["findings"])


def numbers(log: Mapping[str, Any]) -> Mapping[str, int]:
    """The numbers that are documented, as this log has them."""
    metadata = {step["step"]: step["metadata"] for step in log["execution_log"]}
    schemas, burn = metadata["schema_introspection"], metadata["sli_burn_rate_computation"]
    thresholds = metadata["threshold_generation"]
    return {
        "tenants": schemas["partitions_healthy"] + schemas["drift_detected"],
        "cohorts": burn["cohorts"],
        "slos": len({budget["slo"] for budget in log["budgets"]}),
        "thresholds": thresholds["thresholds"],
        "thresholds_reliable": thresholds["thresholds_reliable"],
        "outliers": thresholds["outliers_excluded"],
        "services": metadata["rust_contract_validation"]["services_checked"],
        "queries": metadata["contract_mismatch_detection"]["queries"],
        "migrations": schemas["migrations"],
        "rows": burn["events"] + burn["duplicates"],
        "events": burn["events"],
        "duplicates": burn["duplicates"],
        "disagreeing": burn["disagreeing_copies"],
        "race_conditions": burn["race_conditions"],
    }


def differences(code: int, log: Mapping[str, Any], documented: Mapping[str, Any]) -> Iterator[str]:
    """What of the run is not as documented, a line each."""
    wanted, got = found(documented), found(log)
    yield from (f"documented, not found: {told(entry)}" for entry in wanted if entry not in got)
    yield from (f"found, not documented: {told(entry)}" for entry in got if entry not in wanted)
    have = numbers(log)
    for name in sorted(have.keys() | documented["numbers"].keys()):
        before, now = documented["numbers"].get(name), have.get(name)
        if before != now:
            yield f"{name}: documented {before}, found {now}"
    if log["determinism_score"] != 1:
        yield f"the determinism score is {log['determinism_score']}, not 1"
    if code != TESTS_FAILED:
        yield f"pytest's exit code is {code}; items fail here, so it should be {TESTS_FAILED}"


def told(entry: Entry) -> str:
    rule, severity, place, tenants = entry
    of = f" ({', '.join(tenants)})" if tenants else ""
    return f"{severity}[{rule}] {place}{of}"


def story(log: Mapping[str, Any]) -> Iterator[str]:
    """The run step by step, as the log tells it."""
    yield ""
    for step in log["execution_log"]:
        yield f"{step['timestamp']}  {step['action']}"
        yield f"{'':22}{step['result']}"
    yield (
        f"status {log['status']}, determinism score {log['determinism_score']}, {log['execution_time_ms']} ms, "
        f"log in {LOG.relative_to(ROOT.parent)}"
    )


def main(arguments: list[str]) -> int:
    write_events()
    with scratch_server(ReplaySettings()) as server, server.database() as url:
        provision.main(["--url", url])
        code = run_pytest(url, arguments)
    if not LOG.is_file():
        say(f"NOT AS DOCUMENTED  pytest ended with {code} and wrote no log")
        return 1
    log = json.loads(LOG.read_text())
    for line in story(log):
        say(line)
    unlike = tuple(differences(code, log, json.loads(DOCUMENTED.read_text())))
    for line in unlike:
        say(f"NOT AS DOCUMENTED  {line}")
    if not unlike:
        say("as documented: the faults that README.md tells of, and nothing else")
    return int(bool(unlike))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
