"""Events whose copies lie in several slices: found by the hashes of their ids, which are kept with each slice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypedDict

import duckdb

from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.aggregation.usable import event_hash
from pytest_errorbudget.readers.events.files.columns import quoted
from pytest_errorbudget.readers.events.kept import Kept
from pytest_errorbudget.readers.events.slices.slices import Slice

_ROWS_A_PASS = 6_000_000
"""Hashes are compared in passes, each of which fits into memory."""


class _Compared(TypedDict):
    keys: list[str]
    events: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """The slices of a count by what they are kept under; ``new`` are those that no earlier run has seen.

    Slices that were compared with each other in an earlier run are not compared again.
    """

    session: duckdb.DuckDBPyConnection
    kept: Kept
    asked: str
    keys: Mapping[Slice, str]
    new: Sequence[Slice]

    def find(self) -> int:
        """Fills the table ``crossing`` with the hashes of such events, and says how many there are."""
        self.session.execute("create or replace temp table crossing (event ubigint)")
        before = self._before()
        new, old = {self.keys[one] for one in self.new}, set(self.keys.values())
        if not old - new <= set(before["keys"]):
            new = old
        elif before["events"]:
            self.session.execute("insert into crossing select unnest(?::ubigint[])", [before["events"]])
        if new == old:
            self._compare_all()
        elif new:
            self._compare(new)
        found = [event for (event,) in self.session.execute("select distinct event from crossing").fetchall()]
        if self.kept.lasts and (new or old != set(before["keys"])):
            self.kept.write(self._name, {"keys": sorted(old), "events": sorted(found)})
        return len(found)

    def slices(self) -> tuple[Slice, ...]:
        """The slices that hold rows of such events."""
        query = f"select distinct slice from {self._all} where event in (select event from crossing)"
        hours = {hour for (hour,) in self.session.execute(query).fetchall()}
        return tuple(one for one in self.keys if one.hour in hours)

    def rows_of(self, question: Question, table: str, into: str) -> None:
        hashed = event_hash(question).sql(dialect="duckdb")
        self.session.execute(
            f"create or replace temp table {into} as select * from {table} "
            f"where {hashed} in (select event from crossing)"
        )

    def others_of(self, question: Question, table: str, into: str) -> None:
        """The rows of all other events, as a view."""
        hashed = event_hash(question).sql(dialect="duckdb")
        self.session.execute(
            f"create or replace temp view {into} as select * from {table} "
            f"where {hashed} not in (select event from crossing)"
        )

    def _before(self) -> _Compared:
        kept = self.kept.read(self._name, _Compared)
        if kept is None or not all(0 <= event < 1 << 64 for event in kept["events"]):
            return {"keys": [], "events": []}
        return kept

    @property
    def _name(self) -> str:
        return f"{sha256((self.asked, 'compared'))}.crossing"

    @property
    def _all(self) -> str:
        return self._read(self.keys.values())

    def _read(self, keys: Iterable[str]) -> str:
        paths = (str(self.kept.folder / f"{key}.events") for key in keys)
        return f"read_parquet([{', '.join(map(quoted, paths))}])"

    def _compare_all(self) -> None:
        (rows,) = self.session.execute(f"select count(*) from {self._all}").fetchall()[0]
        passes = rows // _ROWS_A_PASS + 1
        edges = [(1 << 64) * number // passes for number in range(passes + 1)]
        for first, after in pairwise(edges):
            # a range of the bare column is told by the reader, and leaves the other passes' rows unread
            self.session.execute(
                f"insert into crossing select event from {self._all} where event between {first} and {after - 1} "
                "group by event having min(slice) <> max(slice)"
            )

    def _compare(self, new: set[str]) -> None:
        self.session.execute(
            f"insert into crossing with fresh as (select distinct event, slice from {self._read(sorted(new))}) "
            f"select distinct a.event from {self._all} a join fresh n on a.event = n.event where a.slice <> n.slice"
        )
