"""Counting within a limit of memory: what does not fit is spilled and gone afterwards; where that fails, it is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROWS = 1_000_000
# A process of its own has its own temporary folder, and a limit on the size of what it writes.
COUNT = """
import resource, signal, sys, tempfile
from fractions import Fraction
from pathlib import Path

from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import no_recount

memory_mib, file_bytes = map(int, sys.argv[1:])
if file_bytes:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
sli = Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY)
slo = Slo(name="ok", service="api", sli=sli, objective=Fraction(9, 10), period=Rolling(10**12), span=Span("slo", 1))
source = EventSource(
    name="requests", format=EventFormat.PARQUET, paths=("events.parquet",), columns=EventColumns(), lateness_us=0,
    span=Span("errorbudget.toml", 1),
)
counts, problems = count_events(
    Path(), (source,), (slo,), ("a",), window_us=300_000_000, as_of_us=10**15, memory_mib=memory_mib, threads=1,
    slice_rows=10**9, recounting=no_recount,
)
print(counts and sum(counts.series[0].valid))
for problem in problems:
    print(problem.message, problem.help, sep="\\n")
"""
HELP = (
    "raise `memory` in the settings, or make room in the temporary folder, to which is spilled what does not fit (the "
    "variable TMPDIR names another one)"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("room")
    rows = f"""
        select md5(n::varchar) as event_id, 'a' as tenant_id, n * 1000 as occurred_at, 200 as status
        from range({ROWS}) numbers(n)
    """
    with duckdb.connect() as session:
        session.execute(f"copy ({rows}) to '{root}/events.parquet' (format parquet)")
    return root


def counted(folder: Path, temporary: Path, memory_mib: int, file_bytes: int = 0) -> list[str]:
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(memory_mib), str(file_bytes)],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(temporary.iterdir()) == []
    return done.stdout.splitlines()


@pytest.mark.parametrize("memory_mib", [320, 96])
def test_what_does_not_fit_is_spilled_and_gone_afterwards(folder: Path, tmp_path: Path, memory_mib: int) -> None:
    assert counted(folder, tmp_path / "temporary", memory_mib) == [str(ROWS)]


def test_a_limit_that_is_too_small_is_said(folder: Path, tmp_path: Path) -> None:
    nothing, message, help = counted(folder, tmp_path / "temporary", 8)
    assert nothing == "None"
    assert message.startswith("there is no room to count the events `requests`: Out of Memory Error: ")
    assert help == HELP


def test_a_disk_without_room_for_what_is_spilled_is_said(folder: Path, tmp_path: Path) -> None:
    nothing, message, help = counted(folder, tmp_path / "temporary", 32, 1 << 18)
    assert nothing == "None"
    assert message == (
        "there is no room to count the events `requests`: IO Error: Could not write file a temporary file: "
        "File too large"
    )
    assert help == HELP
