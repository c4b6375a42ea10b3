"""Findings as rustc draws its own: header, excerpts of Rust and SQL with the places underlined, notes.

The drawing is done by annotate-snippets in the extension; ``pipeline`` hands these functions to ``report``.
"""

from __future__ import annotations

from collections.abc import Callable

from pytest_errorbudget.model.finding import Finding, Label, LabelKind
from pytest_errorbudget.readers import _rust

_NAMED_TENANTS = 16

ReadSource = Callable[[str], str | None]
_Mark = tuple[int, int, int | None, int | None, str, bool]
_Excerpt = tuple[str, str | None, list[_Mark]]


def draw(finding: Finding, read_source: ReadSource) -> str:
    """The finding as plain text of several lines, without a final line break.

    ``read_source`` gives the text of a path as spans write it, or ``None``; a place without a text, or outside it,
    is drawn as a location line.
    """
    return _rust.draw(
        finding.severity.value, finding.rule.id, finding.message, _excerpts(finding, read_source), _notes(finding)
    )


def _excerpts(finding: Finding, read_source: ReadSource) -> list[_Excerpt]:
    """Labels by file: files with a primary label first, each as often as it is named once."""
    primary_first = sorted(finding.labels, key=lambda label: label.kind is not LabelKind.PRIMARY)
    paths = list(dict.fromkeys(label.span.path for label in primary_first))
    return [
        (path, read_source(path), [_mark(label) for label in primary_first if label.span.path == path])
        for path in paths
    ]


def _mark(label: Label) -> _Mark:
    span = label.span
    return span.line, span.column, span.end_line, span.end_column, label.text, label.kind is LabelKind.PRIMARY


def _notes(finding: Finding) -> list[tuple[str, str]]:
    notes = [("note", finding.consequence), ("note", _tenants(finding.tenants)), ("help", finding.help)]
    return [(kind, text) for kind, text in notes if text]


def _tenants(tenants: tuple[str, ...]) -> str:
    if not tenants:
        return ""
    more = len(tenants) - _NAMED_TENANTS
    names = ", ".join(tenants[:_NAMED_TENANTS])
    word = "tenant" if len(tenants) == 1 else f"{len(tenants)} tenants"
    return f"{word}: {names}" + (f" and {more} more" if more > 0 else "")
