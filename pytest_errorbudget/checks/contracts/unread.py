"""``rust-unparsed``: a Rust file that could not be read; and parts of files that are not followed."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.model.contracts import Contracts, Unread
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule


def unread_item(path: str) -> ItemId:
    """The item that stands for reading one file."""
    return ItemId(path, "parse")


def gaps(contracts: Contracts) -> Iterator[Unchecked]:
    """Parts of files that were seen and not followed."""
    for gap in contracts.gaps:
        yield Unchecked("rust", f"{gap.span.path}:{gap.span.line}", gap.reason, gap.span)


def unread_findings(contracts: Contracts) -> tuple[Finding, ...]:
    return tuple(_finding(unread) for unread in contracts.unread)


def _finding(unread: Unread) -> Finding:
    path = unread.span.path
    return Finding(
        rule=Rule.RUST_UNPARSED,
        severity=Rule.RUST_UNPARSED.severity,
        message=f"`{path}` could not be read: {unread.reason}",
        place=path,
        affected=(Affected(unread_item(path)),),
        labels=(Label(unread.span, unread.reason),),
        consequence="Rows, queries, handlers and FFI functions behind this place are not checked.",
        help="mend the syntax so that `cargo check` accepts the file",
    )
