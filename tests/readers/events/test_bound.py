"""What a predicate's column may stand beside in files: whole numbers as conditions, and moments beside text."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from naive_events import FIVE, slo

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.settings import EventColumns, EventFormat, EventSource
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.events.counting import count_events
from pytest_errorbudget.readers.events.reading import no_recount

SOURCE = EventSource(
    name="requests",
    format=EventFormat.PARQUET,
    paths=("events.parquet",),
    columns=EventColumns(id="id", tenant="tenant", time="at"),
    lateness_us=0,
    span=Span("errorbudget.toml", 7),
)


def asked(folder: Path, columns: str, *good: str) -> tuple[Counts | None, tuple[Problem, ...]]:
    """Four events, ``n`` from 0 to 3."""
    rows = f"select n::varchar as id, 'a' as tenant, 0::bigint as at, {columns} from range(4) numbers(n)"
    with duckdb.connect() as session:
        session.execute(f"copy ({rows}) to '{folder}/events.parquet' (format parquet)")
    slos = tuple(slo(f"slo {place}", one) for place, one in enumerate(good))
    return count_events(folder, (SOURCE,), slos, ("a",), window_us=FIVE, as_of_us=FIVE, recounting=no_recount)


@pytest.mark.parametrize(
    ("good", "counted"),
    [
        ("ok", (2, 1, 2)),
        ("not ok", (2, 1, 2)),
        ("(ok)", (2, 1, 2)),
        ("ok is true", (4, 3, 0)),
        ("ok is not true", (4, 1, 0)),
        ("coalesce(ok, false)", (4, 3, 0)),
        ("ok or n < 9", (4, 0, 0)),
        ("ok is null", (4, 3, 0)),
        ("ok = 5", (3, 2, 1)),
    ],
)
def test_a_whole_number_as_a_condition_is_true_false_or_neither(
    good: str, counted: tuple[int, int, int], tmp_path: Path
) -> None:
    """Of 0, 1, 5 and null: valid, bad and invalid. The SLO beside it is judged by its own predicate alone."""
    counts, problems = asked(tmp_path, "[0, 1, 5, null][1 + n]::int as ok, n", good, "n <= 1")
    assert problems == ()
    assert counts is not None
    by_slo = {one.slo: (sum(one.valid), sum(one.bad)) for one in counts.series}
    invalid = dict(counts.totals[0].invalid)
    assert (*by_slo["slo 0"], invalid["slo 0"]) == counted
    assert (*by_slo["slo 1"], invalid["slo 1"]) == (4, 2, 0)


@pytest.mark.parametrize(
    "moment",
    ["2026-01-31", "2026-1-31 9:30", "2026-01-31T12:00:00.000001Z", "2026-01-31 12:00:00+05:30", "infinity", "epoch"],
)
def test_a_moment_beside_one_by_iso_8601(moment: str, tmp_path: Path) -> None:
    _, problems = asked(tmp_path, "timestamptz '2026-01-01' as seen", f"coalesce(seen, '2026-01-01') < '{moment}'")
    assert problems == ()


@pytest.mark.parametrize("moment", ["now", " today", "yesterday", "31.01.2026", "Jan 31 2026", "2026-01", ""])
@pytest.mark.parametrize("written", ["seen < '{}'", "seen in ('{}')", "coalesce(seen, '2026-01-01') < '{}'"])
def test_a_moment_beside_a_clock_or_anything_else(written: str, moment: str, tmp_path: Path) -> None:
    counts, problems = asked(tmp_path, "date '2026-01-01' as seen", written.format(moment), "id < '9'")
    assert [problem.message for problem in problems] == [
        f"the SLO `slo 0` cannot be counted: the column `seen` is a moment (DATE) and is compared with '{moment}': "
        "write it as ISO 8601, such as '2026-01-31' or '2026-01-31 12:00:00Z'"
    ]
    assert counts is not None
    assert [one.slo for one in counts.series] == ["slo 1"]
