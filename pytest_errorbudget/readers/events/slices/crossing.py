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
from pytest_errorbudget.readers.events.slices.repeats import few
from pytest_errorbudget.readers.events.slices.slices import Slice

_ROWS_A_PASS = 6_000_000
"""Hashes are compared in passes, each of which fits into memory."""


class _Compared(TypedDict):
    keys: list[str]
    events: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many events lie in several slices, and whether ``Crossing.repeats_of`` tells which have several rows in one:
    not where these are too many."""

    crossing: int
    apart: bool


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

    def find(self) -> Found:
        """Fills the table ``crossing`` with the hashes of such events, and ``repeated`` for ``repeats_of``."""
        self.session.execute("create or replace temp table crossing (event ubigint)")
        self.session.execute("create or replace temp table repeated (event ubigint, slice int, crosses boolean)")
        before = self._before()
        new, old = {self.keys[one] for one in self.new}, set(self.keys.values())
        if not old - new <= set(before["keys"]):
            new = old
        elif before["events"]:
            self.session.execute("insert into crossing select unnest(?::ubigint[])", [before["events"]])
        apart = bool(new) and self._find_repeated(new)
        if new == old:
            self.session.execute("insert into crossing select event from repeated where crosses")
        elif new:
            self._compare(new)
        found = [event for (event,) in self.session.execute("select distinct event from crossing").fetchall()]
        if self.kept.lasts and (new or old != set(before["keys"])):
            self.kept.write(self._name, {"keys": sorted(old), "events": sorted(found)})
        return Found(crossing=len(found), apart=apart)

    def repeats_of(self, one: Slice) -> str:
        """SQL for the events that may have several rows in a new slice."""
        return f"select event from repeated where slice = {one.hour} or crosses"

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

    def _find_repeated(self, new: set[str]) -> bool:
        """Fills ``repeated`` with the events that have several rows in these slices, and where they are too many to be
        counted apart, with no more than those that lie in several. Whether it holds all."""
        hashes = self._read(sorted(new))
        (rows,) = self.session.execute(f"select count(*) from {hashes}").fetchall()[0]
        passes = rows // _ROWS_A_PASS + 1
        edges = [(1 << 64) * number // passes for number in range(passes + 1)]
        found = 0
        for first, after in pairwise(edges):
            # a range of the bare column is told by the reader, and leaves the other passes' rows unread
            inserted = self.session.execute(
                f"insert into repeated select event, min(slice), min(slice) <> max(slice) from {hashes} "
                f"where event between {first} and {after - 1} group by event "
                f"having {'count(*) > 1' if few(found, rows) else 'min(slice) <> max(slice)'}"
            )
            found += inserted.fetchall()[0][0]
        return few(found, rows)

    def _compare(self, new: set[str]) -> None:
        self.session.execute(
            f"insert into crossing with fresh as (select distinct event, slice from {self._read(sorted(new))}) "
            f"select distinct a.event from {self._all} a join fresh n on a.event = n.event where a.slice <> n.slice"
        )
