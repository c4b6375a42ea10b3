"""The survey of one file, with no more of its columns read than its own statistics leave open."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
from sqlglot import exp

from pytest_errorbudget.readers.events.aggregation.query import row_counts, survey
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.files.columns import FileColumn, identifier, quoted
from pytest_errorbudget.readers.events.tally import Row, render

_MOMENTS = {"TIMESTAMP WITH TIME ZONE": "make_timestamptz({})", "TIMESTAMP": "make_timestamp({})"}
_NEWEST_OF = 3
"""Looking for the newest rows alone pays where they are no more than one of so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Newest:
    """Each row has a time; the oldest is ``earliest_us``, and few are ``from_us`` or newer."""

    earliest_us: int
    from_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """A Parquet file whose rows the view ``table`` gives. ``time`` is the column of the time, where the view gives it
    as the file has it."""

    session: duckdb.DuckDBPyConnection
    question: Question
    path: str
    table: str
    time: FileColumn | None

    def rows(self) -> list[Row]:
        """The rows of ``query.survey``, but that the newest time of a tenant may be left out where its shard has newer
        rows of a known tenant, and that the oldest time is that of the whole file where the file says it."""
        if not self._has_ids():
            return self._asked(render(survey(self.question, self.table)))
        asked = replace(self.question, id=exp.true())
        newest = self._newest()
        found = [] if newest is None or self.time is None else self._counted(asked, self.time, newest)
        return found or self._asked(render(survey(asked, self.table)))

    def _counted(self, asked: Question, time: FileColumn, newest: _Newest) -> list[Row]:
        """The same by two questions, of which neither reads the times of all rows: how many rows there are, and the
        newest time among the newest rows. Empty where these are not of all shards."""
        first = _MOMENTS[time.type].format(newest.from_us)
        view = f"(select * from {self.table} where {identifier(time.name)} >= {first})"
        self.session.execute(f"create or replace temp view newest_of_file as {view}")
        latest = {(row[0], row[1]): row[5] for row in self._asked(render(survey(asked, "newest_of_file")))}
        counts = self._asked(render(row_counts(asked, self.table)))
        known = {value for value, _ in asked.tenants}
        if {shard for shard, tenant, _ in counts if tenant in known} - {
            one for one, tenant in latest if tenant in known
        }:
            return []
        return [
            (shard, tenant, rows, rows, rows, latest.get((shard, tenant)), newest.earliest_us)
            for shard, tenant, rows in counts
        ]

    def _has_ids(self) -> bool:
        """Whether the file says of itself that no row lacks an id, so that its widest column need not be read."""
        if not isinstance(self.question.id, exp.Column):
            return False
        return self._said(
            "count(*) = count(stats_null_count) and sum(stats_null_count) = 0", self.question.id.name
        ) == [(True,)]

    def _newest(self) -> _Newest | None:
        """Where the file says that each row has a time, and has the newest of them together."""
        if self.time is None or self.time.type not in _MOMENTS:
            return None
        groups = (
            "select row_group_num_rows as n, stats_null_count as nulls, "
            f"cast(stats_min_value as {self.time.type}) as low, cast(stats_max_value as {self.time.type}) as high"
        )
        rows = self._said(
            "count(*) = least(count(nulls), count(low), count(high)) and sum(nulls) = 0, "
            "epoch_us(min(low)), epoch_us(max(first)), "
            f"{_NEWEST_OF} * sum(n) filter (where high >= first) <= sum(n)",
            self.time.name,
            f"(select *, arg_max(low, high) over () as first from ({groups} {{}}))",
        )
        if not rows or rows[0][0] is not True or rows[0][3] is not True:
            return None
        return _Newest(earliest_us=rows[0][1], from_us=rows[0][2])

    def _said(self, said: str, name: str, table: str = "({})") -> list[Row]:
        """What the file says of a column, a row a row group; nothing where it cannot be read."""
        columns = f"from parquet_metadata({quoted(self.path)}) where path_in_schema = ?"
        try:
            return self._asked(f"select {said} from {table.format(columns)}", [name])
        except duckdb.Error:
            return []  # of a time out of all range among the least and greatest, which the rows can do without

    def _asked(self, query: str, given: list[str] | None = None) -> list[Row]:
        return self.session.execute(query, given or []).fetchall()
