"""The table of counts: one row for each window that has events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from pytest_errorbudget.model.counts import Counts, Series, Unjudged
from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.report.counts_file import rows, write

CSV = """\
tenant,service,slo,start_us,end_us,valid,bad
acme-prod,billing,availability,1767571200000000,1767571500000000,1000,1
acme-prod,billing,availability,1767571500000000,1767571800000000,30,3
globex,billing,availability,1767571200000000,1767571500000000,10,0
globex,billing,availability,1767571500000000,1767571800000000,20,0
"""


def _counts(facts: Facts) -> Counts:
    assert facts.counts is not None
    return facts.counts


def test_csv_is_sorted(facts: Facts, tmp_path: Path) -> None:
    write(tmp_path / "counts.csv", _counts(facts))
    assert (tmp_path / "counts.csv").read_text() == CSV


def test_parquet_holds_the_same_rows(facts: Facts, tmp_path: Path) -> None:
    odd = Series(tenant='007, "x"\n', service="", slo="s", starts_us=(-300_000_000,), valid=(1,), bad=(0,))
    counts = replace(_counts(facts), series=(*_counts(facts).series, odd))
    path = tmp_path / "it's" / "counts.parquet"
    write(path, counts)
    with duckdb.connect() as connection:
        read = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        assert [column[0] for column in read.description] == CSV.splitlines()[0].split(",")
        assert read.fetchall() == list(rows(counts))
    assert [entry.name for entry in path.parent.iterdir()] == ["counts.parquet"]


def test_a_window_whose_events_cannot_be_judged_has_a_row_and_one_without_events_has_none(
    facts: Facts, tmp_path: Path
) -> None:
    first, second, last = (1_767_571_200_000_000 + 300_000_000 * window for window in (0, 1, 3))
    unjudged = tuple(
        Unjudged(tenant=tenant, service="billing", slo="availability", starts_us=starts, events=(7,) * len(starts))
        for tenant, starts in (("acme-prod", (second, last)), ("initech", (first,)))
    )
    write(tmp_path / "counts.csv", replace(_counts(facts), unjudged=unjudged))
    lines = CSV.splitlines(keepends=True)
    lines.insert(3, "acme-prod,billing,availability,1767572100000000,1767572400000000,0,0\n")
    lines.append("initech,billing,availability,1767571200000000,1767571500000000,0,0\n")
    assert (tmp_path / "counts.csv").read_text() == "".join(lines)


def test_no_events_give_a_head_alone(facts: Facts, tmp_path: Path) -> None:
    write(tmp_path / "counts.csv", replace(_counts(facts), series=()))
    assert (tmp_path / "counts.csv").read_text() == CSV.splitlines(keepends=True)[0]
