"""``sli-window``: the query's ranges are no whole windows that follow each other."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.subject import Subject, labels_of, texts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import UseKind

_HOUR_S = 3_600


def window_findings(subject: Subject) -> Iterator[Finding]:
    odd = tuple(use for use in subject.uses(UseKind.INTERVAL) if not is_aligned(use.seconds, subject.window_s))
    if odd:
        yield subject.finding(
            Rule.SLI_WINDOW,
            f"{texts(odd)} does not divide an hour, and is no whole number of windows of {_minutes(subject.window_s)}",
            labels_of(odd),
            "Its windows cannot be aligned: two ranges that follow each other overlap or leave a gap, so that events "
            "are counted twice or never.",
        )
    zoomed = tuple(subject.uses(UseKind.ZOOM))
    if zoomed:
        yield subject.finding(
            Rule.SLI_WINDOW,
            f"{texts(zoomed)} is as wide as the dashboard is zoomed",
            labels_of(zoomed),
            "Two people who look at the same hour see other windows, and a rate that crosses a threshold in one of "
            "them does not in the other.",
        )
    closed = tuple(use for use in subject.uses(UseKind.CLOSED) if subject.is_moment(use))
    if closed:
        yield subject.finding(
            Rule.SLI_WINDOW,
            f"the range includes both of its ends: {texts(closed)}",
            labels_of(closed),
            "An event at the very end of one range is at the start of the next one too, and is counted twice.",
        )


def is_aligned(seconds: int | None, window_s: int) -> bool:
    """Whether ranges of that length can begin and end where windows do; of no known length, it may."""
    return seconds is None or (seconds > 0 and (_HOUR_S % seconds == 0 or seconds % window_s == 0))


def _minutes(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if rest:
        return f"{seconds} seconds"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
