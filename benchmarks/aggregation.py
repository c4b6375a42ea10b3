"""The aggregation against the same exact answer written by hand for DuckDB, in one run.

    python benchmarks/aggregation.py [--rounds N] [--events N]

Rows of 12 tenants over 4 shards in 28 days, with copies, some of which disagree; 1.16 million events in one file, or
any other number in files of a day (``--events 48333333`` is 50 million rows). Rounds alternate, so that a busy machine
slows all forms alike: medians and the medians of each round's ratios are printed.

With one file all forms run in this process, and PostgreSQL and Spark count the same rows once each, where they are:
their processor time is that of other processes, and is not seen. With many files each form is a process of its own,
whose peak of memory is printed; ours is run again behind one new hour, with the rest kept. The data stay in
``--folder`` where one is given.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median

import aggregation_queries as queries
import duckdb
from aggregation_forms import Form, in_many_files, in_one_file, on_postgres, on_spark

ONE_FILE = 1_160_000
HOUR_US = 3_600_000_000
NEW_HOUR = "ours, behind one new hour"


@dataclass(frozen=True, slots=True)
class Taken:
    """What one run of a form took; ``peak_mib`` is that of its whole process."""

    wall_s: float
    cpu_s: float
    peak_mib: int


def taken(run: Form) -> Taken:
    began, busy = time.perf_counter(), time.process_time()
    run()
    wall, cpu = time.perf_counter() - began, time.process_time() - busy
    return Taken(wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)


def table(rounds: Sequence[Mapping[str, Taken]]) -> Iterator[str]:
    """A line a form, with the ratios to the first two, which are by hand."""
    first, second = list(rounds[0])[:2]
    for form in rounds[0]:
        wall, cpu = median(one[form].wall_s for one in rounds), median(one[form].cpu_s for one in rounds)
        walls, cpus = (
            median(getattr(one[form], kind) / getattr(one[first], kind) for one in rounds)
            for kind in ("wall_s", "cpu_s")
        )
        other = median(one[form].cpu_s / one[second].cpu_s for one in rounds)
        peak = max(one[form].peak_mib for one in rounds)
        yield (
            f"{form:<34}{wall:8.3f} s wall {cpu:8.3f} s cpu {peak:5} MiB: "
            f"{walls:5.2f} wall {cpus:5.2f} cpu of `{first}`, {other:5.2f} cpu of `{second}`"
        )


def small(folder: Path, rounds: int) -> None:
    with duckdb.connect() as opened:
        opened.execute(queries.generate(f"{folder}/requests.parquet", ONE_FILE, 0, queries.DAYS * queries.DAY_US))
    forms = in_one_file(folder)
    told = [{form: taken(run) for form, run in forms.items()} for _ in range(rounds)]
    for line in table(told):
        sys.stdout.write(f"{line}\n")
    for form, seconds in {"ours on PostgreSQL": on_postgres(folder), "ours on Spark": on_spark(folder)}.items():
        words = "not measured: no Java or no pyspark" if seconds is None else f"{seconds:8.3f} s wall, once"
        sys.stdout.write(f"{form:<34}{words}\n")


def large(folder: Path, rounds: int, events: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for day in range(queries.DAYS):
        path = folder / f"day-{day:02}.parquet"
        begin = day * queries.DAY_US
        if not path.exists():
            _write(queries.generate(str(path), events, begin, begin + queries.DAY_US))
    told = [_round(folder, events) for _ in range(rounds)]
    for line in table(told):
        sys.stdout.write(f"{line}\n")


def _write(query: str) -> None:
    """In a process of its own: the peak of a process begins with what its parent holds."""
    command = [sys.executable, "-c", "import sys, duckdb; duckdb.execute(sys.stdin.read())"]
    subprocess.run(command, input=query, text=True, check=True)


def _round(folder: Path, events: int) -> dict[str, Taken]:
    """Each form in a process of its own; the new hour is that behind the last day, and is gone at the end."""
    shutil.rmtree(folder / "kept", ignore_errors=True)
    hour, end = folder / "hour.parquet", queries.DAYS * queries.DAY_US
    told: dict[str, Taken] = {}
    try:
        for form in in_many_files(folder):
            if form == NEW_HOUR:
                _write(queries.generate(str(hour), events, end, end + HOUR_US))
            command = [sys.executable, __file__, "--form", form, "--folder", str(folder)]
            answered = subprocess.run(command, check=True, capture_output=True, text=True)
            told[form] = Taken(*json.loads(answered.stdout))
            sys.stderr.write(f"{form}: {told[form]}\n")
    finally:
        hour.unlink(missing_ok=True)
        shutil.rmtree(folder / "kept", ignore_errors=True)
    return told


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--events", type=int, default=ONE_FILE)
    options.add_argument("--folder", type=Path)
    options.add_argument("--form", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.form is not None:
        sys.stdout.write(json.dumps(astuple(taken(in_many_files(given.folder)[given.form]))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = given.folder or Path(name)
        if given.events == ONE_FILE:
            small(folder, given.rounds)
        else:
            large(folder, given.rounds, given.events)


if __name__ == "__main__":
    main()
