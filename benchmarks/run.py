"""The run itself: `pytest --errorbudget` on a copy of the example with 1.2 million events.

    python benchmarks/run.py [ROUNDS]

Every run is a process of its own, which starts the embedded server; the stand-in for production is another one,
started once. Left out are the determinism items, which try laws with hypothesis, and the example's own tests, which
make runs of their own. Prints the median of each step from the execution logs, of the run, and of the process from
start to exit; on a busy machine only the processor time of the process says something.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.readers.kept_places import kept_folder
from pytest_errorbudget.readers.scratch import scratch_server

EXAMPLE = Path(__file__).resolve().parent.parent / "example_project"
WRITTEN_BY_RUNS = shutil.ignore_patterns("events", ".errorbudget", ".pytest_cache", "__pycache__", "target")
COMMAND = (
    "-m",
    "pytest",
    "--errorbudget",
    "-q",
    "-p",
    "no:cacheprovider",
    "-k",
    "not determinism and not test_budgets",
)
TESTS_FAILED = 1


def script(root: Path, name: str, *arguments: str) -> None:
    command = [sys.executable, str(root / "scripts" / name), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def run(root: Path, url: str) -> tuple[float, float, Mapping[str, Any]]:
    """Seconds from the start of the process to its exit, processor seconds of it, and the log that it wrote."""
    log = root / ".errorbudget" / "execution-log.json"
    log.unlink(missing_ok=True)
    for kept in ("results", "events", "counts"):  # what the server said to an earlier run, and what that run counted
        shutil.rmtree(kept_folder() / kept, ignore_errors=True)
    environment = {**os.environ, "LEDGERLINE_DATABASE_URL": url}
    began, busy = time.perf_counter(), processor_seconds()
    done = subprocess.run((sys.executable, *COMMAND), cwd=root, env=environment, capture_output=True, check=False)
    seconds, cpu = time.perf_counter() - began, processor_seconds() - busy
    if done.returncode != TESTS_FAILED or not log.is_file():
        raise SystemExit(done.stdout.decode() + done.stderr.decode())
    return seconds, cpu, json.loads(log.read_text())


def processor_seconds() -> float:
    """Of all child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def lines(seconds: Sequence[float], cpus: Sequence[float], logs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for position, step in enumerate(logs[0]["execution_log"]):
        taken = [log["execution_log"][position]["elapsed_ms"] for log in logs]
        yield f"{step['step']:<32}{median(taken) / 1000:7.2f} s"
    whole = [log["execution_time_ms"] for log in logs]
    yield f"{'the run':<32}{median(whole) / 1000:7.2f} s   ({min(whole) / 1000:.2f} to {max(whole) / 1000:.2f})"
    yield f"{'the process':<32}{median(seconds):7.2f} s   ({min(seconds):.2f} to {max(seconds):.2f})"
    yield f"{'processor time of it':<32}{median(cpus):7.2f} s   ({min(cpus):.2f} to {max(cpus):.2f})"


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, scratch_server(ReplaySettings()) as server, server.database() as url:
        root = Path(shutil.copytree(EXAMPLE, Path(folder) / "example_project", ignore=WRITTEN_BY_RUNS))
        script(root, "events.py")
        script(root, "provision.py", "--url", url)
        taken = [run(root, url) for _ in range(rounds)]
    sys.stdout.write(f"{rounds} runs, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    for line in lines(*zip(*taken, strict=True)):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
