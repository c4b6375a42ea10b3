"""sequence-near-end: a sequence has used four fifths of the values that it can give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from pytest_errorbudget.checks.drift.group import Group, tenants_text
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.pgtype import quoted
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Column, Schema
from pytest_errorbudget.model.snapshot import SequenceState, Snapshot

NEAR = Fraction(4, 5)  # leaves time to widen the column: its table is rewritten under a lock


def sequences_near_end(snapshot: Snapshot, newest: Schema, settings_path: str) -> Iterator[Finding | Unchecked]:
    """Of every tenant in the snapshot; ``newest`` knows the lines behind the columns."""
    near: defaultdict[SequenceState, list[str]] = defaultdict(list)
    unread: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for tenant in snapshot.tenants:
        for sequence in tenant.sequences:
            if sequence.unread is not None:
                unread[sequence.name, sequence.unread].append(tenant.tenant)
            elif sequence.last is not None and sequence.last >= NEAR * sequence.end:
                near[sequence].append(tenant.tenant)
    for sequence, tenants in near.items():
        group = Group(tenants=tuple(sorted(tenants)), settings_path=settings_path, basis="")
        yield _finding(sequence, _column(sequence, newest), group)
    for (name, reason), tenants in unread.items():
        yield Unchecked("sequence", name, f"{reason} ({tenants_text(tuple(sorted(tenants)))})")


def _column(sequence: SequenceState, newest: Schema) -> Column | None:
    table = newest.relation("public", sequence.table or "")
    return None if table is None else table.column(sequence.column or "")


def _finding(sequence: SequenceState, column: Column | None, group: Group) -> Finding:
    last = sequence.last or 0
    left = (sequence.end - last) // sequence.step
    owner = "" if sequence.column is None else f" of `{sequence.table}.{sequence.column}`"
    return group.finding(
        Rule.SEQUENCE_NEAR_END,
        message=f"the sequence `{sequence.name}`{owner} is at {last:,} of {sequence.end:,} in {group.text}: "
        f"{left:,} values are left",
        place=sequence.name,
        origin=None if column is None else column.origin,
        label="" if column is None else f"`{column.name}` is `{column.type}` since here",
        consequence="Behind the last value every INSERT that takes one fails: with 2200H where the sequence ends, with "
        "22003 where the column does.",
        help=_help(sequence),
    )


def _help(sequence: SequenceState) -> str:
    widen = f"alter sequence {quoted(sequence.name)} as bigint no maxvalue;"
    if sequence.table is None or sequence.column is None:
        return f"Write a migration: {widen}"
    return (
        f"Write a migration: alter table {quoted(sequence.table)} alter column {quoted(sequence.column)} type bigint; "
        f"{widen}"
    )
