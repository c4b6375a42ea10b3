"""``rust-unparsed``: a Rust file, or a part of one, that could not be read."""

from __future__ import annotations

from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import Contracts, Unread


def unread_item(path: str) -> ItemId:
    """The item that stands for reading one file."""
    return ItemId(path, "parse")


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
