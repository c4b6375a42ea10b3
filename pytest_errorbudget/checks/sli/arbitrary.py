"""``sli-arbitrary``: the query leaves it to PostgreSQL which rows it takes."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.subject import Subject, labels_of, texts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import UseKind


def arbitrary_findings(subject: Subject) -> Iterator[Finding]:
    places = tuple(subject.uses(UseKind.ARBITRARY))
    if places:
        yield subject.finding(
            Rule.SLI_ARBITRARY,
            f"which rows are taken is left to PostgreSQL: {texts(places)}",
            labels_of(places),
            "Another plan, or the same one after rows have moved, takes others: two runs over the same events answer "
            "differently.",
        )
