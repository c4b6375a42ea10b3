"""The fluent plan: the run's steps as verbs, usable without pytest."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import Literal, Self

from pytest_errorbudget.model.progress import Told
from pytest_errorbudget.model.run import Run, UnknownName
from pytest_errorbudget.model.schema import Relation
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.pipeline.gather import gather
from pytest_errorbudget.pipeline.judge import judge
from pytest_errorbudget.pipeline.narrowing import narrowed_to_cohorts
from pytest_errorbudget.pipeline.project import Project, open_project
from pytest_errorbudget.pipeline.request import Request
from pytest_errorbudget.pipeline.steps import BURN_RATES, CONTRACTS, FFI, SCHEMA, THRESHOLDS, Steps

_HOUR = timedelta(hours=1)


class SliWindow(Enum):
    """The usual widths of a window; any other ``timedelta`` will do."""

    ONE_MINUTE = timedelta(minutes=1)
    FIVE_MINUTES = timedelta(minutes=5)
    THIRTY_MINUTES = timedelta(minutes=30)
    ONE_HOUR = timedelta(hours=1)


class UnknownColumn(LookupError):
    """A column that no migrated table has; the text lists names that are near."""


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """An immutable plan. Each verb gives a new plan; their order does not matter; ``execute_local`` runs it.

    ``cohorts`` of ``None`` means all of them.
    """

    project: Project
    asked: Steps = frozenset()
    cohorts: tuple[str, ...] | None = None

    @classmethod
    def load(cls, settings: str | PathLike[str] = "errorbudget.toml") -> Self:
        """A plan over a settings file. Raises ``SettingsInvalid``, whose text names every line."""
        file = Path(settings).resolve()
        if not file.is_file():
            raise FileNotFoundError(f"{settings}: no such settings file (looked for {file})")
        return cls(open_project(file.parent, file.name))

    @classmethod
    def of(cls, project: Project) -> Self:
        return cls(project)

    def validate_schema(self, columns: Sequence[str], *, table: str | None = None) -> Self:
        """Ask for the schema of every tenant; ``columns`` must be in ``table``, or together in one migrated table.

        Raises ``UnknownName`` for the table and ``UnknownColumn`` for a column, with names that are near.
        """
        _require_columns(self.project, tuple(columns), table)
        return replace(self, asked=self.asked | SCHEMA)

    def introspect_rust_contracts(self, manifest: str | PathLike[str] = "Cargo.toml") -> Self:
        """Ask for the Rust services of the workspace at ``manifest``, relative to the settings."""
        place = Path(manifest).as_posix()
        if not (self.project.root / place).is_file():
            raise FileNotFoundError(f"{place}: no such Cargo manifest below {self.project.root}")
        settings = replace(self.project.settings, manifest=place)
        return replace(self, project=replace(self.project, settings=settings), asked=self.asked | FFI)

    def compute_burn_rates(
        self,
        window: timedelta | SliWindow,
        cohorts: Sequence[str] | Literal["all"] = "all",
        *,
        slide: timedelta | None = None,
    ) -> Self:
        """Ask for burn rates over windows of this width, that start every ``slide`` (every width if left out).

        Raises ``UnknownName`` for a cohort, ``ValueError`` for windows that leave time out or that tables of counts
        are too coarse for.
        """
        width = window.value if isinstance(window, SliWindow) else window
        step = width if slide is None else slide
        if not timedelta(0) < step <= width:
            raise ValueError(f"windows of {width} that start every {step} leave time out")
        settings = replace(
            self.project.settings,
            window_us=width // timedelta(microseconds=1),
            slide_us=step // timedelta(microseconds=1),
        )
        _require_slots(settings)
        return replace(
            self,
            project=replace(self.project, settings=settings),
            asked=self.asked | BURN_RATES,
            cohorts=None
            if cohorts == "all"
            else self._known_cohorts((cohorts,) if isinstance(cohorts, str) else cohorts),
        )

    def detect_contract_mismatches(self) -> Self:
        """Ask for Rust rows, queries and handlers against every tenant's columns."""
        return replace(self, asked=self.asked | CONTRACTS)

    def generate_thresholds(self, *, confidence: Fraction = Fraction(992, 1000)) -> Self:
        """Ask for the alert thresholds of every cohort, with at least this confidence."""
        if not isinstance(confidence, Fraction) or not 0 < confidence < 1:
            raise ValueError(f"a confidence is a Fraction between 0 and 1, not {confidence!r}")
        settings = replace(self.project.settings, confidence=confidence)
        return replace(self, project=replace(self.project, settings=settings), asked=self.asked | THRESHOLDS)

    def execute_local(self, *, as_of: datetime | None = None) -> Run:
        """Run the plan in this process. ``as_of`` needs a time zone; left out, the lock's or the data's own."""
        request = Request(project=self.project, asked=self.asked, as_of=None if as_of is None else _rfc3339(as_of))
        run = judge(request, gather(request, _silently))
        return run if self.cohorts is None else narrowed_to_cohorts(run, self.project.settings, self.cohorts)

    def _known_cohorts(self, names: Sequence[str]) -> tuple[str, ...]:
        known = tuple(cohort.name for cohort in self.project.settings.cohorts)
        for name in names:
            if name not in known:
                raise UnknownName("cohort", name, known)
        return tuple(names)


def _require_slots(settings: Settings) -> None:
    counted = timedelta(microseconds=settings.counted_us)
    for source in settings.events:
        if (source.slot_us is not None and settings.counted_us % source.slot_us) or _HOUR % counted:
            raise ValueError(f"windows in steps of {counted} do not fit the slots of {source.name} and an hour")


def _silently(_: Told) -> None:
    """A plan without pytest shows no progress."""


def _rfc3339(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("as_of needs a time zone: pass datetime(..., tzinfo=timezone.utc)")
    return moment.astimezone(UTC).isoformat()


def _require_columns(project: Project, columns: tuple[str, ...], table: str | None) -> None:
    relations = _migrated(project)
    if table is not None:
        candidates = tuple(r for r in relations if r.display == table or r.name == table)
        if not candidates:
            raise UnknownName("table", table, tuple(sorted(r.display for r in relations)))
    else:
        candidates = relations
    if any(all(relation.column(name) for name in columns) for relation in candidates):
        return
    known = {column.name for relation in candidates for column in relation.columns}
    missing = [name for name in columns if name not in known]
    if not missing:
        raise UnknownColumn(f"no single table has all of {', '.join(columns)}; name the table with `table=`")
    near = difflib.get_close_matches(missing[0], sorted(known), n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are: {', '.join(sorted(known)) or 'none'}"
    raise UnknownColumn(f"no column {missing[0]!r} in {table or 'any migrated table'}: {hint}")


def _migrated(project: Project) -> tuple[Relation, ...]:
    """Relations as the migrations say, read without a database."""
    from pytest_errorbudget.pipeline.databases import static_replay
    from pytest_errorbudget.readers.migrations.reader import read_migrations

    return tuple(
        relation
        for database in project.settings.databases
        for each in database.migration_sets
        for relation in static_replay(read_migrations(project.root, each.path)[0]).schema.relations
    )
