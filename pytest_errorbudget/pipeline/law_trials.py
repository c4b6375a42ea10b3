"""Trying the laws with hypothesis, on the real aggregation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.window import window_start
from pytest_errorbudget.pipeline.drawn_rows import TENANTS, Example, examples, many_rows
from pytest_errorbudget.pipeline.law_tables import (
    AS_OF_US,
    Counts,
    Table,
    count_apart,
    count_at_once,
    tenants_at_once,
)
from pytest_errorbudget.pipeline.laws import (
    FORMS,
    LAWS,
    BrokenLaw,
    Law,
    Property,
    by_window,
    forms_agree,
    pasted,
    shown,
)
from pytest_errorbudget.readers.events.aggregation.predicate_columns import predicate_columns_of
from pytest_errorbudget.readers.events.engines.rows import CountRows, Engine, EventRow, NotComputable, row_counter

EXAMPLES = 50
_OWN_PROFILES = frozenset({"default", "ci"})
"""The profiles that hypothesis takes by itself; any other was chosen, and so was its number of examples."""
PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
"""Explaining a failing example points at lines of this package, which say nothing of the events."""
DRAWN = (Phase.explicit, Phase.reuse, Phase.generate)
"""An example that fails is shown as it was drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A way in which a source's events are counted; its ``name`` stands behind "they are counted"."""

    name: str
    engine: Engine


IN_TWO_LOOKS = Form(name="in two looks", engine=row_counter)
CountTables = Callable[[Sequence[CountRows], Iterable[Table]], dict[Table, Counts]]
_IN_COMPANY = "(only where the rows are in one table with those of other tenants: alone they keep the law)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Laws that are tried on the same examples. ``check`` tries them and raises ``BrokenLaw``."""

    laws: tuple[Law, ...]
    check: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherEngine:
    """An engine that must count as the first one does, tried on ``examples`` tables of ``most_rows`` at most.

    ``phases`` are hypothesis': without the last ones, a table that is counted differently is shown as it was drawn."""

    name: str
    engine: Engine
    examples: int = EXAMPLES
    most_rows: int = 60
    phases: tuple[Phase, ...] = PHASES


def determinism_trials(
    slo: Slo, window_us: int, *, forms: Sequence[Form] = (IN_TWO_LOOKS,), further: Sequence[FurtherEngine] = ()
) -> tuple[Trial, ...]:
    """The trial of the laws for one SLO, and for each further engine the trial of the law that it counts like the
    first form. ``forms`` are those in which the SLO's source is counted, three at most, which must agree: each side of
    a law is counted in another one. Raises ``ValueError`` where the SLO's predicate is not valid."""
    return (
        _all_at_once(slo, window_us, forms),
        *(_agreement(slo, window_us, forms[0].engine, other) for other in further),
    )


def trial(
    laws: tuple[Law, ...],
    slo: Slo,
    window_us: int,
    *,
    forms: Sequence[Form] = (IN_TWO_LOOKS,),
    phases: Sequence[Phase] = PHASES,
) -> Trial:
    """The trial of some laws. Raises ``ValueError`` where the SLO's predicate is not valid."""
    drawn = examples(predicate_columns_of(slo), window_us, {name for law in laws for name in law.about})
    properties = {**LAWS, FORMS: forms_agree([form.name for form in forms])}

    def check() -> None:
        with ExitStack() as stack:
            counts = [stack.enter_context(form.engine(slo, tenants_at_once())) for form in forms]

            def property(example: Example) -> None:
                broken = _broken({law: properties[law] for law in laws}, count_at_once, counts, window_us, example)
                if broken is None:
                    return
                one = {broken.law: properties[broken.law]}
                # in a table of its own the example is what a test will be of
                alone = _broken(one, count_apart, counts, window_us, example)
                if alone is None:
                    raise _with(broken, _IN_COMPANY)
                keep = [not _broken(one, count_apart, [count], window_us, example) for count in counts]
                between = broken.law is not FORMS and any(keep)
                raise _with(alone, _between(forms, keep)) if between else alone

            _try("_".join((*(law.name for law in laws), slo.name)), _limits(EXAMPLES, phases), drawn, property)

    return Trial(laws=laws, check=check)


def _all_at_once(slo: Slo, window_us: int, forms: Sequence[Form]) -> Trial:
    """One example for all laws. A law that breaks is tried again by itself, whose examples are smaller."""
    laws = (FORMS, *LAWS) if len(forms) > 1 else tuple(LAWS)
    found = trial(laws, slo, window_us, forms=forms, phases=DRAWN)

    def check() -> None:
        try:
            found.check()
        except BrokenLaw as broken:
            trial((broken.law,), slo, window_us, forms=forms).check()
            raise

    return Trial(laws=found.laws, check=check)


def _broken(
    laws: Mapping[Law, Property],
    count_tables: CountTables,
    forms: Sequence[CountRows],
    window_us: int,
    example: Example,
) -> BrokenLaw | None:
    """The first of the laws that the example breaks."""
    asking = [(law, asks(window_us, example)) for law, asks in laws.items()]
    asked = [next(one) for _, one in asking]
    found = count_tables(forms, (table for tables in asked for table in tables))
    for (law, one), tables in zip(asking, asked, strict=True):
        try:
            one.send([found[table] for table in tables])
        except StopIteration:
            continue
        except AssertionError as error:
            return BrokenLaw(law, str(error))
    return None


def _between(forms: Sequence[Form], keep: Sequence[bool]) -> str:
    names = " or ".join(form.name for form, keeps in zip(forms, keep, strict=True) if keeps)
    return f"(each side of the law is counted in another form: counted {names} alone they keep the law)"


def _with(broken: BrokenLaw, told: str) -> BrokenLaw:
    return BrokenLaw(broken.law, f"{broken}\n{told}")


def _agreement(slo: Slo, window_us: int, engine: Engine, other: FurtherEngine) -> Trial:
    """Each example is a table of many rows: another engine answers one long question sooner than ten short ones."""
    law = Law(f"engines agree: {other.name}", f"{other.name} counts as DuckDB does")
    drawn = st.tuples(many_rows(predicate_columns_of(slo), window_us, other.most_rows), _moments(window_us))

    def check() -> None:
        with engine(slo, TENANTS) as count, other.engine(slo, TENANTS) as count_otherwise:

            def property(example: tuple[list[EventRow], int]) -> None:
                told = _disagreement(other.name, count, count_otherwise, window_us, *example)
                if told is not None:
                    raise BrokenLaw(law, told)

            _try(f"agree_{other.name}_{slo.name}", _limits(other.examples, other.phases), drawn, property)

    return Trial(laws=(law,), check=check)


def _moments(window_us: int) -> st.SearchStrategy[int]:
    return st.sampled_from((AS_OF_US, AS_OF_US, AS_OF_US, window_us, 0, -window_us))


def _limits(examples: int, phases: Sequence[Phase]) -> settings:
    """Within those of the current profile; the number of examples is the profile's if one was chosen."""
    name = settings.get_current_profile_name()
    profile = settings.get_profile(name)
    # `--hypothesis-verbosity=verbose` makes of `default` the profile `default-with-verbose-verbosity`
    most = examples if name.split("-with-")[0] in _OWN_PROFILES else profile.max_examples
    both = [phase for phase in profile.phases if phase in phases]
    # values around the limits of `size * 100 < 999999999999999999` seldom stay within 64 bits
    beside = (*profile.suppress_health_check, HealthCheck.filter_too_much)
    return settings(deadline=None, max_examples=most, phases=both, suppress_health_check=beside)


def _try(name: str, limits: settings, drawn: st.SearchStrategy[Any], property: Callable[[Any], None]) -> None:
    def example(drawn: Any) -> None:
        try:
            property(drawn)
        except NotComputable:
            reject()

    # The database keeps an example under a digest of the function; a name of its own per trial and SLO keeps the
    # examples of one apart from those of another. Hypothesis wants an identifier.
    example.__qualname__ = example.__name__ = "_" + re.sub(r"\W", "_", name)
    limits(given(drawn)(example))()


def _disagreement(
    name: str, count: CountRows, count_otherwise: CountRows, window_us: int, rows: list[EventRow], as_of_us: int
) -> str | None:
    first, second = count(rows, window_us, as_of_us), count_otherwise(rows, window_us, as_of_us)
    if first == second:
        return None
    fewer = _of_one_window(rows, window_us, first, second)
    counts = count(fewer, window_us, as_of_us), count_otherwise(fewer, window_us, as_of_us)
    if counts[0] != counts[1]:
        rows, (first, second) = fewer, counts
    return f"up to {as_of_us} µs\n{pasted(rows)}\ncount as {shown(first)} in DuckDB, and as {shown(second)} in {name}"


def _of_one_window(
    rows: Sequence[EventRow], window_us: int, first: Sequence[Series], second: Sequence[Series]
) -> list[EventRow]:
    """All copies of the events that have one in the first window on which two counts differ."""
    one, other = by_window(first, window_us), by_window(second, window_us)
    differ = min((key for key in one.keys() | other.keys() if one.get(key) != other.get(key)), default=None)
    events = {
        (row.tenant, row.id)
        for row in rows
        if row.time_us is not None and (row.tenant, window_start(row.time_us, window_us)) == differ
    }
    return [row for row in rows if (row.tenant, row.id) in events]
