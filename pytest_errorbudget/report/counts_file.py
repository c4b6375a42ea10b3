"""The table of counts as a file for other tools: CSV, or Parquet where the name ends so."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from pytest_errorbudget.model.counts import Counts, Series, Unjudged
from pytest_errorbudget.report.files import write_whole

COLUMNS = ("tenant", "service", "slo", "start_us", "end_us", "valid", "bad")
_TYPES = ("VARCHAR", "VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "BIGINT", "BIGINT")


def write(path: Path, counts: Counts) -> None:
    """One row for each window that has events, sorted by the columns; times are µs since the Unix epoch, in UTC.
    A window whose events cannot be judged, all of them, has 0 valid ones; one without events has no row.

    Raises ``OSError`` where the file cannot be written; the old file then stays as it was.
    """
    write_whole(path, lambda temporary: _fill(temporary, counts))


def _fill(path: Path, counts: Counts) -> None:
    if path.suffix.lower() == ".parquet":
        rows = path.with_suffix(".csv")
        try:
            _write_csv(rows, counts)
            _convert(rows, path)
        finally:
            rows.unlink(missing_ok=True)
    else:
        _write_csv(path, counts)


def rows(counts: Counts) -> Iterator[tuple[str, str, str, int, int, int, int]]:
    series = {(one.tenant, one.service, one.slo): one for one in counts.series}
    unjudged = {(one.tenant, one.service, one.slo): one for one in counts.unjudged}
    for names in sorted({*series, *unjudged}):
        for start, valid, bad in _windows(series.get(names), unjudged.get(names)):
            yield *names, start, start + counts.window_us, valid, bad


def _windows(series: Series | None, unjudged: Unjudged | None) -> Iterable[tuple[int, int, int]]:
    judged = [] if series is None else list(zip(series.starts_us, series.valid, series.bad, strict=True))
    if unjudged is None:
        return judged
    others = set(unjudged.starts_us).difference(() if series is None else series.starts_us)
    return sorted([*judged, *((start, 0, 0) for start in others)])


def _write_csv(path: Path, counts: Counts) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows(counts))


def _convert(source: Path, target: Path) -> None:
    """One thread keeps the order of the rows, and so the bytes of the file."""
    # Loading DuckDB costs some 190 ms, which a run that writes CSV or no table at all need not pay.
    import duckdb

    types = ", ".join(f"'{name}': '{kind}'" for name, kind in zip(COLUMNS, _TYPES, strict=True))
    with duckdb.connect(config={"threads": 1}) as connection:
        # all_varchar = false with named types: a tenant called "007" or "" stays that text.
        connection.execute(
            f"COPY (SELECT * FROM read_csv({_literal(source)}, header = true, auto_detect = false, delim = ',', "
            f"quote = '\"', escape = '\"', nullstr = '\\N', columns = {{{types}}})) "
            f"TO {_literal(target)} (FORMAT parquet)"
        )


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
