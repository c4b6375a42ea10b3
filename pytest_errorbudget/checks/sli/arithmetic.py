"""``sli-arithmetic``: numbers that depend on the order of rows, that are cut off, or whose type nobody says."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.subject import Subject, labels_of, texts
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import Use, UseKind

_FLOATS = frozenset({"float4", "float8"})
_INTEGERS = frozenset({"int2", "int4", "int8"})
_SUMMED_TO_INTEGERS = frozenset({"int2", "int4"})
"""The sum of `bigint` is `numeric` (PostgreSQL, "Aggregate Functions")."""


def arithmetic_findings(subject: Subject) -> Iterator[Finding]:
    floats = tuple(use for use in subject.uses(UseKind.SUM) if _adds_floats(subject, use))
    if floats:
        yield subject.finding(
            Rule.SLI_ARITHMETIC,
            f"{texts(floats)} adds floating-point numbers",
            labels_of(floats),
            "The sum depends on the order in which the server reads the rows: another plan gives another last digit, "
            "and a threshold is crossed or not.",
        )
    divisions = tuple(use for use in subject.uses(UseKind.DIVISION) if _is_whole(subject, use))
    if divisions:
        yield subject.finding(
            Rule.SLI_ARITHMETIC,
            f"{texts(divisions)} divides integers",
            labels_of(divisions),
            "PostgreSQL cuts the fraction off: an error ratio of 99 of 100 is 0.",
        )
    untyped = tuple(subject.uses(UseKind.UNTYPED))
    if untyped:
        yield subject.finding(
            Rule.SLI_ARITHMETIC,
            f"{texts(untyped)} compares with a parameter whose type nobody says",
            labels_of(untyped),
            "The server guesses it from the other side: a threshold of 0.5 for a count is refused or rounded.",
        )


def _adds_floats(subject: Subject, use: Use) -> bool:
    """One float makes the sum a float's."""
    columns = [subject.column(name) for name in use.columns]
    return any(column is not None and column.type.name in _FLOATS for column in columns)


def _are(subject: Subject, names: tuple[str, ...], types: frozenset[str]) -> bool:
    columns = [subject.column(name) for name in names]
    return all(column is not None and column.type.name in types for column in columns)


def _is_whole(subject: Subject, use: Use) -> bool:
    """Both sides are integers: counts, columns and sums of integers."""
    return _are(subject, use.columns, _INTEGERS) and _are(subject, use.summed, _SUMMED_TO_INTEGERS)
