"""The changes that last: what a ROLLBACK takes back never happened."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.model.change import Change, FileChanges, Transaction
from pytest_errorbudget.model.change_parts import TransactionVerb


def lasting(file: FileChanges) -> list[Change]:
    """The changes of a file without those that it rolls back; a COMMIT stays, because settings end with it."""
    kept: list[Change] = []
    starts: dict[str, int] = {}
    begin: int | None = 0 if file.transactional else None
    for change in _flat(file):
        if not isinstance(change, Transaction):
            kept.append(change)
            continue
        name = change.savepoint or ""
        match change.verb:
            case TransactionVerb.BEGIN:
                begin = len(kept) if begin is None else begin
            case TransactionVerb.ROLLBACK:
                del kept[begin if begin is not None else len(kept) :]
                begin, starts = None, {}
            case TransactionVerb.COMMIT:
                begin, starts = None, {}
                kept.append(change)
            case TransactionVerb.SAVEPOINT:
                starts[name] = len(kept)
            case TransactionVerb.ROLLBACK_TO:
                del kept[starts.get(name, len(kept)) :]
            case TransactionVerb.RELEASE:
                starts.pop(name, None)
    return kept


def _flat(file: FileChanges) -> Iterator[Change]:
    for statement in file.statements:
        yield from statement
