"""Counting files slice by slice, and reading again only what changed since an earlier run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import duckdb

from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.readers.events.aggregation.apart import MOST_ROWS
from pytest_errorbudget.readers.events.aggregation.query import Aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.aggregation.usable import event_hashes
from pytest_errorbudget.readers.events.files.columns import FileColumn, find, identifier, quoted
from pytest_errorbudget.readers.events.files.event_files import EventFiles
from pytest_errorbudget.readers.events.kept import Kept
from pytest_errorbudget.readers.events.slices.combinations import ranked, with_ranks
from pytest_errorbudget.readers.events.slices.crossing import Crossing, Found
from pytest_errorbudget.readers.events.slices.repeats import few, fill_repeats, find_repeats, with_repeats
from pytest_errorbudget.readers.events.slices.slices import FileSpan, Slice, Told, slices_of
from pytest_errorbudget.readers.events.slices.surveyed import Surveyed
from pytest_errorbudget.readers.events.tally import Row, fill_from, insert, insert_signed, make, render, sum_up
from pytest_errorbudget.readers.result_cache import own_code

TABLE = "source"
"""The view of all files."""
PART = "part"
"""The view of the files and the time of one slice."""
CORRECTIONS = "corrections"
"""The table of what events that lie in several slices change."""
TAKEN = "taken"
"""The table of the examples that slices had of such events: tenant, start and example."""
_SurveyRow = tuple[str | None, str | None, int, int, int, int | None, int | None]
_Form = Callable[[Question, Slice], Question]
_MOMENTS = {"TIMESTAMP WITH TIME ZONE": "make_timestamptz({})", "TIMESTAMP": "make_timestamp({})", "BIGINT": "{}"}


@dataclass(slots=True, kw_only=True)
class Sliced:
    """The files of one source in a session. ``whole`` is the table of all counts, ``parts`` that of the slices' counts
    as they were counted alone."""

    session: duckdb.DuckDBPyConnection
    source: EventSource
    question: Question
    files: EventFiles
    columns: tuple[FileColumn, ...]
    aggregation: Aggregation
    kept: Kept
    slice_rows: int
    told: Told
    spans: tuple[FileSpan, ...] = ()
    slices: tuple[Slice, ...] = ()
    parts: str = ""
    whole: str = ""
    _asked: str = field(default="", repr=False)

    def survey(self) -> list[Row]:
        """The survey of each file, which is kept with what its content is."""
        surveyed = [(path, self.files.content(self.kept, path)) for path in self.files.paths]
        found = [(path, digest, self._surveyed(path, digest)) for path, digest in surveyed]
        self.spans = tuple(_span(*one) for one in found)
        return [row for _, _, rows in found for row in rows]

    def count(self, as_of_us: int, into: str) -> None:
        """The aggregation's rows of all slices, as the temporary table ``into``."""
        self.slices = slices_of(self.spans, self.question.window_us, as_of_us, self.slice_rows)
        make(self.session, self.question, into)
        self.parts = self.whole = into
        new = [one for one in self.slices if not self._recalled(one, into)]
        crossing = self._crossing(new)
        found = Found(crossing=0, apart=False) if crossing is None else crossing.find()
        form = self._form(new, crossing, found)
        for number, one in enumerate(new):
            self.told(number, len(new))
            self._counted(one, form, into)
        if crossing is not None and found.crossing:
            self._corrected(crossing, as_of_us, into)

    @property
    def asked(self) -> str:
        """Names the question and all that its answer depends on but the files. What does not last has no other."""
        if not self._asked and self.kept.lasts:
            query = render(self.aggregation(self.question, TABLE, 0))
            self._asked = sha256((own_code(), duckdb.__version__, query, tuple(map(str, self.columns))))
        return self._asked

    def key(self, one: Slice) -> str:
        """Names all that the counts of a slice depend on."""
        digests = tuple(sorted(file.digest for file in one.files))
        return sha256((self.asked, one.from_us, one.to_us, digests))

    @contextmanager
    def part(self, *several: Slice) -> Iterator[Question]:
        """``PART`` holds no more than the slices; the question to ask of it (of the first of them)."""
        files = tuple(dict.fromkeys(file.path for one in several for file in one.files))
        rows = self.files.table(files)
        bounds = " or ".join(f"({self._bounds(one)})" for one in several)
        self.session.execute(f"create or replace temp view {PART} as select * from {rows} where {bounds}")
        yield replace(self.question, from_us=several[0].from_us)

    def _bounds(self, one: Slice) -> str:
        """The slice's time on the bare column, so that row groups outside of it are not read."""
        time = self._time()
        moment = _MOMENTS.get(time.type)
        if moment is None:
            return "true"
        name = identifier(time.name)
        before = f"{name} < {moment.format(one.to_us)}"
        return before if one.from_us is None else f"{name} >= {moment.format(one.from_us)} and {before}"

    def _time(self) -> FileColumn:
        return find(self.source, self.columns, self.source.columns.time, "which holds the event's time")

    def _surveyed(self, path: str, digest: str) -> list[Row]:
        name = sha256((self.asked, digest)) + ".survey"
        known = self.kept.read(name, list[_SurveyRow])
        if known:  # a file without rows is as soon read again
            return [*known]
        self.session.execute(f"create or replace temp view one_file as select * from {self.files.table([path])}")
        # where files differ in types, a time may be read as another type than the file has
        time = None if self.files.schemas else self._time()
        path_of_rows = self.files.rows_in(path)
        one = Surveyed(session=self.session, question=self.question, path=path_of_rows, table="one_file", time=time)
        rows = one.rows()
        if self.kept.lasts:
            self.kept.write(name, rows)
        return rows

    def _recalled(self, one: Slice, into: str) -> bool:
        """Whether the slice was counted before, and now is in ``into``."""
        name = f"{self.key(one)}.counts"
        needed = [name, f"{self.key(one)}.events"] if len(self.slices) > 1 else [name]
        if not (self._lasts(one) and self.kept.has(*needed)):
            return False
        fill_from(self.session, self.question, self.kept.folder / name, into)
        return True

    def _crossing(self, new: Sequence[Slice]) -> Crossing | None:
        """What compares the slices, where there are several: the hashes of the new ones are written for it."""
        if len(self.slices) == 1:
            return None
        for one in new:
            with self.part(one) as question:
                found = render(event_hashes(question, PART, one.to_us))
            hashes = f"select event, {one.hour}::int as slice from ({found})"
            self._keep(hashes, f"{self.key(one)}.events", "compression uncompressed")
        keys = {one: self.key(one) for one in self.slices}
        return Crossing(session=self.session, kept=self.kept, asked=self.asked, keys=keys, new=new)

    def _form(self, new: Sequence[Slice], crossing: Crossing | None, found: Found) -> _Form:
        """How the new slices are asked: with the events apart that have several rows where these are few, and in one
        look where the mapped columns' values repeat."""
        rows = sum(file.rows for file in self.spans)
        if found.apart and crossing is not None and rows < MOST_ROWS:
            return partial(self._apart, crossing)
        if crossing is None and new and rows < MOST_ROWS and self.question.slot_us is None:
            (one,) = new
            with self.part(one) as question:
                repeats = find_repeats(self.session, question, PART, one.to_us)
            if few(repeats, rows):
                return lambda asked, _: with_repeats(asked)
        combinations = self._ranked(new)
        return lambda asked, one: with_ranks(asked, combinations, *_times(one))

    def _apart(self, crossing: Crossing, asked: Question, one: Slice) -> Question:
        fill_repeats(self.session, crossing.repeats_of(one))
        return with_repeats(asked)

    def _ranked(self, new: Sequence[Slice]) -> int:
        """Fills the ranks of all that is to be counted, in one reading; gives how many combinations there are."""
        if not new:
            return 0
        files = tuple(dict.fromkeys(file for one in new for file in one.files))
        with self.part(Slice(from_us=new[0].from_us, to_us=new[-1].to_us, files=files)) as question:
            return ranked(self.session, question, PART)

    def _counted(self, one: Slice, form: _Form, into: str) -> None:
        with self.part(one) as question:
            alone = into if len(self.slices) == 1 else "one_slice"
            if alone != into:
                make(self.session, self.question, alone)
            insert(self.session, self.aggregation(form(question, one), PART, one.to_us), alone)
            if alone != into:
                self.session.execute(f"insert into {into} select * from {alone}")
            if self.keeps(one):
                self._keep(f"select * from {alone}", f"{self.key(one)}.counts", "compression zstd")

    def keeps(self, one: Slice) -> bool:
        """Whether what is found in the slice may be kept: its files are still those that were named."""
        return self._lasts(one) and all(self.files.holds(self.kept, file.path, file.digest) for file in one.files)

    def _lasts(self, one: Slice) -> bool:
        return self.kept.lasts and all(file.digest for file in one.files)

    def _keep(self, query: str, name: str, how: str) -> None:
        with self.kept.place(name) as path:
            self.session.execute(f"copy ({query}) to {quoted(str(path))} (format parquet, {how})")

    def _corrected(self, crossing: Crossing, as_of_us: int, into: str) -> None:
        """Events that lie in several slices are taken out of each, and counted over all of them."""
        affected = crossing.slices()
        self.parts = "parts"
        self.session.execute(f"create or replace temp table parts as select * from {into}")
        make(self.session, self.question, CORRECTIONS)
        self.session.execute(f"create or replace temp table {TAKEN} (tenant varchar, start_us bigint, example varchar)")
        with self.part(*affected):
            crossing.rows_of(self.question, PART, "crossed")
        for one in affected:
            alone = self.aggregation(replace(self.question, from_us=one.from_us), "crossed", one.to_us)
            make(self.session, self.question, "one_slice")
            insert(self.session, alone, "one_slice")
            insert_signed(self.session, self.question, "select * from one_slice", -1, CORRECTIONS)
            self._exampled(crossing, one)
        together = render(self.aggregation(self.question, "crossed", as_of_us))
        insert_signed(self.session, self.question, together, 1, CORRECTIONS)
        sum_up(self.session, self.question, (without_taken("parts"), CORRECTIONS), into)

    def _exampled(self, crossing: Crossing, one: Slice) -> None:
        """Takes back what the slice named of such events, and names the least of its other events instead."""
        shared = "one_slice join parts using (tenant, start_us, example)"
        self.session.execute(f"insert into {TAKEN} select tenant, start_us, example from {shared}")
        if self.session.execute(f"select 1 from {shared} limit 1").fetchone():
            with self.part(one) as question:
                crossing.others_of(question, PART, "others")
                others = render(self.aggregation(question, "others", one.to_us))
                insert_signed(self.session, self.question, others, 0, CORRECTIONS)


def without_taken(table: str) -> str:
    """SQL for the slices' counts without the examples in ``TAKEN``."""
    taken = f"(tenant, start_us, example) in (select (tenant, start_us, example) from {TAKEN})"
    return f"(select * replace (case when {taken} then null else example end as example) from {table})"


def _times(one: Slice) -> tuple[int | None, int]:
    """The oldest time that the slice can hold, where its files hold any, and a time that is behind all."""
    earliest = [file.earliest_us for file in one.files if file.earliest_us is not None]
    latest = [file.latest_us for file in one.files if file.latest_us is not None]
    base = one.from_us if one.from_us is not None else min(earliest, default=None)
    return base, min(one.to_us, max(latest, default=one.to_us) + 1)


def _span(path: str, digest: str, rows: Sequence[Row]) -> FileSpan:
    return FileSpan(
        path=path,
        digest=digest,
        rows=sum(row[2] for row in rows),
        earliest_us=min((row[6] for row in rows if row[6] is not None), default=None),
        latest_us=max((row[5] for row in rows if row[5] is not None), default=None),
    )
