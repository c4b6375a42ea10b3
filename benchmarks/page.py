"""The page's run, with the page's numbers: 47.23 s there.

    python benchmarks/page.py [ROUNDS] [SEED]

A seeded repository (``page_repository.py``) of 12 tenants, 847 tables, 2,341 columns, 156 indices, 23 services, 1.2
million events and 8 cohorts is provisioned on a server of its own. Every run is a process; the first one is cold, and
the others find what it kept. Left out are the determinism items, which try laws with hypothesis. Each step stands
beside its floor, measured in the same rounds: the five raw catalogue queries, the services' files read and split by
``syn`` alone, the exact hand-written aggregation, the queries prepared one after the other. The log's numbers must
be the generator's; with another seed they are others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import page_repository as pages
import psycopg

from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.readers import _rust
from pytest_errorbudget.readers.scratch import scratch_server
from pytest_errorbudget.readers.workspace import read_workspace

PAGE_S = 47.23
COMMAND = ("-m", "pytest", "--errorbudget", "-q", "-p", "no:cacheprovider", "-k", "not determinism")
AS_OF = "--errorbudget-as-of=2026-10-30T00:00:00Z"
TESTS_FAILED = 1
CATALOGUES = ("pg_class", "pg_attribute", "pg_index", "pg_constraint", "pg_attrdef")
EXACT = """
select tenant_id, w, count(*), count(*) filter (where bad) from (
    select distinct event_id, tenant_id, epoch_us(occurred_at) // 300000000 as w, status >= 500 as bad
    from read_parquet('{files}')
) group by 1, 2
"""


def run(root: Path, url: str) -> tuple[float, Mapping[str, Any]]:
    """Seconds of the process, and the log that it wrote."""
    environment = {**os.environ, "PAGE_DATABASE_URL": url}
    began = time.perf_counter()
    done = subprocess.run(
        (sys.executable, *COMMAND, AS_OF), cwd=root, env=environment, capture_output=True, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode != TESTS_FAILED:
        raise SystemExit(done.stdout.decode() + done.stderr.decode())
    return seconds, json.loads((root / ".errorbudget" / "execution-log.json").read_text())


def check(found: pages.Repository, log: Mapping[str, Any]) -> None:
    """The log's numbers are the generator's."""
    told = {step["step"]: step["metadata"] for step in log["execution_log"]}
    for step, key, value in pages.expected(found):
        if told[step][key] != value:
            raise SystemExit(f"{step}.{key} is {told[step][key]}, and the repository has {value}")


def floors(root: Path, url: str) -> Mapping[str, float]:
    return {
        "schema_introspection": timed(lambda: raw_catalogues(url)),
        "rust_contract_validation": timed(lambda: parsed(root)),
        "sli_burn_rate_computation": timed(lambda: aggregated(root)),
    }


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def raw_catalogues(url: str) -> None:
    with psycopg.connect(url) as connection:
        for name in CATALOGUES:
            connection.execute(f"select * from pg_catalog.{name}").fetchall()


def parsed(root: Path) -> None:
    _rust.read_contracts(root, read_workspace(root, "Cargo.toml").packages, os.cpu_count() or 1)


def aggregated(root: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(EXACT.format(files=str(root / "events" / "*.parquet"))).fetchall()


def table(taken: Sequence[tuple[float, Mapping[str, Any]]], least: Sequence[Mapping[str, float]]) -> None:
    out = sys.stdout.write
    out(f"{'step':<32}{'floor':>9}{'cold':>9}{'warm':>9}\n")
    (cold, first), warm = taken[0], taken[1:]
    for position, step in enumerate(first["execution_log"]):
        name = step["step"]
        floor = median(each[name] for each in least) if name in least[0] else None
        later = median(log["execution_log"][position]["elapsed_ms"] for _, log in warm) / 1000
        shown = "" if floor is None else f"{floor:.3f} s"
        out(f"{name:<32}{shown:>9}{step['elapsed_ms'] / 1000:7.2f} s{later:7.2f} s\n")
    runs = median(log["execution_time_ms"] for _, log in warm) / 1000
    out(f"{'the run':<41}{first['execution_time_ms'] / 1000:7.2f} s{runs:7.2f} s\n")
    process = median(seconds for seconds, _ in warm)
    out(f"{'the process':<41}{cold:7.2f} s{process:7.2f} s\n")
    out(f"the page's {PAGE_S} s are {PAGE_S / runs:.1f} times the warm run; load {os.getloadavg()[0]:.1f}\n")


def main(rounds: int, seed: int) -> None:
    found = pages.repository(seed)
    with tempfile.TemporaryDirectory() as folder, scratch_server(ReplaySettings()) as server, server.database() as url:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        root = Path(folder) / "repository"
        pages.write(found, root)
        pages.write_events(found, root)
        pages.provision(found, root, url)
        taken, least = [], []
        for _ in range(rounds + 1):
            taken.append(run(root, url))
            least.append(floors(root, url))
            check(found, taken[-1][1])
    size = found.size
    sys.stdout.write(f"seed {seed}: {size.tables} tables, {size.columns:,} columns, {size.indices} indices, ")
    sys.stdout.write(f"{size.events:,} events in {size.rows:,} rows\n")
    table(taken, least)


if __name__ == "__main__":
    asked = [int(argument) for argument in sys.argv[1:]]
    main(asked[0] if asked else 5, asked[1] if len(asked) > 1 else 1)
