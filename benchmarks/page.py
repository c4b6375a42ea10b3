"""The page's run, with the page's numbers: 47.23 s there.

    python benchmarks/page.py [ROUNDS] [SEED]

A seeded repository (``page_repository.py``) of 12 tenants, 847 tables, 2,341 columns, 156 indices, 23 services, 1.2
million events and 8 cohorts is provisioned on a server of its own. Every run is a process; the first one is cold (not
even Python's bytecode is there), and the others find what it kept. Left out are the determinism items, which try laws
with hypothesis. Each step stands beside its floor, measured in the same rounds (``page_floors.py``). The log's numbers
must be the generator's; with another seed they are others. On a busy machine only processor seconds say something:
those of the process and its children, not of the tenants' server, which the floor of the schema step shows.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import page_repository as pages
from page_floors import Floors, Process, process

from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.readers.scratch import scratch_server

PAGE_S = 47.23
COMMAND = ("-m", "pytest", "--errorbudget", "-q", "-p", "no:cacheprovider", "-k", "not determinism")
AS_OF = "--errorbudget-as-of=2026-10-30T00:00:00Z"
TESTS_FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A process, the items that it ran, and the log that it wrote."""

    process: Process
    items: int
    log: Mapping[str, Any]


def run(root: Path, environment: Mapping[str, str]) -> Run:
    done = process((sys.executable, *COMMAND, AS_OF), root, environment)
    if done.code != TESTS_FAILED:
        raise SystemExit(done.output)
    items = sum(map(int, re.findall(r"(\d+) (?:passed|failed|skipped)", done.output.splitlines()[-1])))
    log = json.loads((root / ".errorbudget" / "execution-log.json").read_text())
    return Run(process=done, items=items, log=log)


def check(found: pages.Repository, log: Mapping[str, Any]) -> None:
    """The log's numbers are the generator's."""
    told = {step["step"]: step["metadata"] for step in log["execution_log"]}
    for step, key, value in pages.expected(found):
        if told[step][key] != value:
            raise SystemExit(f"{step}.{key} is {told[step][key]}, and the repository has {value}")


def ordinary(folder: Path, url: str) -> Mapping[str, str]:
    """The environment in which people run pytest: Python keeps its bytecode, here in a folder of its own."""
    kept = {key: value for key, value in os.environ.items() if key not in {"PYTHONDONTWRITEBYTECODE"}}
    folders = {"PYTHONPYCACHEPREFIX": str(folder / "bytecode"), "XDG_CACHE_HOME": str(folder / "cache")}
    return {**kept, **folders, "PAGE_DATABASE_URL": url}


def table(taken: Sequence[Run], least: Sequence[Mapping[str, float]], empty: Sequence[Process]) -> None:
    out = sys.stdout.write
    out(f"{'seconds':<34}{'floor':>9}{'cold':>9}{'warm':>9}\n")
    cold, warm = taken[0], taken[1:]
    for position, step in enumerate(cold.log["execution_log"]):
        name = step["step"]
        floor = f"{median(each[name] for each in least):.3f}" if name in least[0] else ""
        later = median(each.log["execution_log"][position]["elapsed_ms"] for each in warm) / 1000
        out(f"{name:<34}{floor:>9}{step['elapsed_ms'] / 1000:>9.3f}{later:>9.3f}\n")
    floor_s = median(sum(each.values()) for each in least)
    runs = median(each.log["execution_time_ms"] for each in warm) / 1000
    out(f"{'the run':<34}{floor_s:>9.3f}{cold.log['execution_time_ms'] / 1000:>9.3f}{runs:>9.3f}\n")
    alone_s, alone_cpu = median(one.seconds for one in empty), median(one.cpu for one in empty)
    wall, cpu = median(each.process.seconds for each in warm), median(each.process.cpu for each in warm)
    out(
        f"{'the process':<34}{alone_s:>9.3f}{cold.process.seconds:>9.3f}{wall:>9.3f}\n"
        f"{'the process, of processors':<34}{alone_cpu:>9.3f}{cold.process.cpu:>9.3f}{cpu:>9.3f}\n"
        f"(the floor of the process is pytest itself, with the same plugins, on {cold.items} items that do nothing)\n"
        f"the page's {PAGE_S} s are {PAGE_S / runs:.1f} times the warm run and {PAGE_S / wall:.1f} times its process; "
        f"load {os.getloadavg()[0]:.1f}\n"
    )


def main(rounds: int, seed: int) -> None:
    found = pages.repository(seed)
    with tempfile.TemporaryDirectory() as name, scratch_server(ReplaySettings()) as server, server.database() as url:
        folder, root = Path(name), Path(name) / "repository"
        pages.write(found, root)
        pages.write_events(found, root)
        pages.provision(found, root, url)
        environment, floors = ordinary(folder, url), Floors(folder, root, url, found)
        taken, least, empty = [], [], []
        for _ in range(rounds + 1):
            taken.append(run(root, environment))
            check(found, taken[-1].log)
            least.append(floors.steps())
            empty.append(floors.pytest_alone(taken[-1].items, environment))
    size = found.size
    sys.stdout.write(f"seed {seed}: {size.tables} tables, {size.columns:,} columns, {size.indices} indices, ")
    sys.stdout.write(f"{size.events:,} events in {size.rows:,} rows\n")
    table(taken, least, empty[1:])


if __name__ == "__main__":
    asked = [int(argument) for argument in sys.argv[1:]]
    main(asked[0] if asked else 5, asked[1] if len(asked) > 1 else 1)
