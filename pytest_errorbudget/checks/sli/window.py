"""``sli-window``: the query reaches back by a time that is no whole number of windows."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.subject import Subject, texts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import UseKind

_HOUR_S = 3_600


def window_findings(subject: Subject) -> Iterator[Finding]:
    odd = tuple(
        use
        for use in subject.uses(UseKind.INTERVAL)
        if use.seconds is not None and (use.seconds == 0 or (_HOUR_S % use.seconds and use.seconds % _HOUR_S))
    )
    if odd:
        yield subject.finding(
            Rule.SLI_WINDOW,
            f"{texts(odd)} does not divide an hour, and is no number of hours",
            odd,
            "Its windows cannot be aligned: two ranges that follow each other overlap or leave a gap, so that events "
            "are counted twice or never.",
        )
