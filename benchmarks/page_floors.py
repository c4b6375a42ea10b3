"""What the steps of the page's run cost at the least, done by hand and without any of our code.

The schemas: connecting, and the rows of five catalogues that belong to the tenants, in one snapshot. The services:
their files read and parsed by ``syn``, in a program of its own (``syn_alone``; left out where there is no ``cargo``).
The events: the exact hand-written aggregation for DuckDB, which deduplicates, chooses the copy that counts and finds
copies that disagree. The queries: each prepared in one schema of each shape. The whole process: pytest itself, with as
many items that do nothing.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import page_repository as pages
import psycopg

CRATE = Path(__file__).resolve().parent / "syn_alone"
OF_TENANTS = "select oid from pg_catalog.pg_class where relnamespace = any(%s)"
CATALOGUES = (
    "select * from pg_catalog.pg_class where relnamespace = any(%s)",
    f"select * from pg_catalog.pg_attribute where attrelid in ({OF_TENANTS}) and attnum > 0",
    f"select * from pg_catalog.pg_index where indrelid in ({OF_TENANTS})",
    f"select * from pg_catalog.pg_constraint where conrelid in ({OF_TENANTS})",
    f"select * from pg_catalog.pg_attrdef where adrelid in ({OF_TENANTS})",
)
EXACT = """
select tenant_id, w, count(*), count(*) filter (bad), sum(copies), count(*) filter (kinds > 1) from (
    select tenant_id, event_id, min(at_us) // 300000000 as w, arg_min(bad, at_us * 2 + bad::int) as bad,
        sum(copies) as copies, count(*) as kinds
    from (
        select tenant_id, event_id, epoch_us(occurred_at) as at_us, status >= 500 as bad, count(*) as copies
        from read_parquet('{files}') group by all
    ) group by tenant_id, event_id
) group by tenant_id, w order by tenant_id, w
"""
CONFTEST = """
import pytest

class Empty(pytest.Item):
    def runtest(self):
        pass

class Items(pytest.File):
    def collect(self):
        for number in range(int(self.path.read_text())):
            yield Empty.from_parent(self, name=f"item[{number}]")

def pytest_collect_file(file_path, parent):
    return Items.from_parent(parent, path=file_path) if file_path.suffix == ".items" else None
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One that ended: its seconds from start to exit, and processor seconds with its children's."""

    seconds: float
    cpu: float
    code: int
    output: str


def process(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Process:
    began, busy = time.perf_counter(), _processor_seconds()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return Process(
        seconds=time.perf_counter() - began,
        cpu=_processor_seconds() - busy,
        code=done.returncode,
        output=done.stdout + done.stderr,
    )


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Floors:
    """Those of one repository whose tenants are on the server at ``url``; what they need is made below ``folder``."""

    def __init__(self, folder: Path, root: Path, url: str, found: pages.Repository) -> None:
        self._root, self._url, self._found = root, url, found
        self._syn = _built(folder)
        self._empty = folder / "empty"
        self._empty.mkdir()
        (self._empty / "pytest.ini").write_text("[pytest]\n")
        (self._empty / "conftest.py").write_text(CONFTEST)

    def steps(self) -> Mapping[str, float]:
        """Seconds by step."""
        parsed = {} if self._syn is None else {"rust_contract_validation": self._parsed(self._syn)}
        return {
            "schema_introspection": _timed(self._catalogues),
            **parsed,
            "sli_burn_rate_computation": _timed(self._aggregated),
            "contract_mismatch_detection": _timed(self._prepared),
        }

    def pytest_alone(self, items: int, environment: Mapping[str, str]) -> Process:
        (self._empty / "all.items").write_text(str(items))
        done = process((sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"), self._empty, environment)
        if done.code != 0:
            raise SystemExit(done.output)
        return done

    def _catalogues(self) -> None:
        with psycopg.connect(self._url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            named = "select array_agg(oid) from pg_catalog.pg_namespace where nspname = any(%s)"
            schemas = [tenant.replace("-", "_") for tenant in self._found.tenants]
            of_tenants = connection.execute(named, (schemas,)).fetchone()
            for query in CATALOGUES:
                connection.execute(query, of_tenants).fetchall()

    def _parsed(self, program: Path) -> float:
        files = sorted(map(str, self._root.glob("services/*/src/*.rs")))
        return float(subprocess.run((program, *files), capture_output=True, text=True, check=True).stdout)

    def _aggregated(self) -> None:
        with duckdb.connect() as connection:
            connection.execute(EXACT.format(files=str(self._root / "events" / "*.parquet"))).fetchall()

    def _prepared(self) -> None:
        """Three shapes: the widened tenant, those that have the newest table, and those that do not."""
        tenants = (self._found.tenants[0], self._found.tenants[1], self._found.tenants[-1])
        with psycopg.connect(self._url) as connection:
            for tenant in tenants:
                connection.execute(f"set search_path to {tenant.replace('-', '_')}")
                for number, columns in enumerate(self._found.base):
                    listed = ", ".join(("id", *(f"c{at}" for at in range(1, columns))))
                    connection.execute(f"prepare p as select {listed} from t{number:03} limit 10")
                    connection.execute("deallocate p")


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _built(folder: Path) -> Path | None:
    if shutil.which("cargo") is None:
        return None
    crate = shutil.copytree(CRATE, folder / "syn_alone")
    subprocess.run(("cargo", "build", "--release", "--quiet"), cwd=crate, check=True)
    return crate / "target" / "release" / "syn-alone"
