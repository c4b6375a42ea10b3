"""Whether counting the same events again gives the same counts: measured, and an error where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pytest_errorbudget.model.counts import Counts, Recount
from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.formats.wording import counted, percent_floor
from pytest_errorbudget.model.item import determinism_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.slo import Slo


def determinism_score(counts: Counts) -> Fraction | None:
    """The share of windows that every recount counted alike, at least: that of the recount that agreed least.

    ``None`` where nothing was counted again; 1 where there was no window to count.
    """
    if not counts.recounts:
        return None
    return min(map(_share, counts.recounts))


def _share(recount: Recount) -> Fraction:
    return Fraction(recount.equal, recount.windows) if recount.windows else Fraction(1)


def determinism_findings(counts: Counts, slos: Sequence[Slo], settings_path: str) -> tuple[Finding, ...]:
    """One finding where any recount differs, on every SLO that was counted."""
    differing = [recount for recount in counts.recounts if recount.equal < recount.windows]
    score = determinism_score(counts)
    if not differing or score is None:
        return ()
    ways = "; ".join(
        f"{recount.way}: {counted(recount.windows - recount.equal, 'window')} of {recount.windows:,}"
        for recount in differing
    )
    if counts.race_conditions:
        cause = f"{counted(counts.race_conditions, 'window')} changed between two readings of the events"
        help = "count events that no longer change: exports that are written whole and then moved into place"
    else:
        cause = "the counts depend on how the events were read"
        help = "report this with the events of one differing window; no number of this run can be trusted"
    return (
        Finding(
            rule=Rule.NOT_DETERMINISTIC,
            severity=Rule.NOT_DETERMINISTIC.severity,
            message=f"counting the events again gave other counts ({ways}); the determinism score is "
            f"{percent_floor(score, 3)}",
            place="events",
            affected=tuple(Affected(determinism_item(settings_path, slo.name)) for slo in slos),
            consequence=f"Burn rates and thresholds differ from run to run: {cause}.",
            help=help,
        ),
    )
