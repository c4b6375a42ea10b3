"""The evidence behind the thresholds as CSV: ``errorbudget.counts.csv``, sorted, one closed hour of a tenant a line."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence

from pytest_errorbudget.model.formats.moment import format_moment, parse_moment
from pytest_errorbudget.model.threshold import Evidence

_HEADER = ("tenant", "slo", "start", "valid", "bad", "failing_slots")


class EvidenceError(ValueError):
    """The text is not a table of evidence; ``line`` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def write_evidence(rows: Iterable[Evidence]) -> str:
    """The same text for the same rows, in whatever order they come."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    for row in sorted(rows, key=lambda row: (row.tenant, row.slo, row.start_us)):
        writer.writerow((row.tenant, row.slo, format_moment(row.start_us), row.valid, row.bad, row.failing_slots))
    return text.getvalue()


def evidence_digest(rows: Iterable[Evidence]) -> str:
    """``sha256:`` and 64 hex digits over the text of the table, in UTF-8."""
    return f"sha256:{hashlib.sha256(write_evidence(rows).encode()).hexdigest()}"


def read_evidence(text: str) -> tuple[Evidence, ...]:
    """The rows in the order of the text. Raises ``EvidenceError``."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if tuple(header) != _HEADER:
            raise EvidenceError(f"the first line is not `{','.join(_HEADER)}`", 1)
        return tuple(_row(fields, reader.line_num) for fields in reader)
    except csv.Error as error:
        raise EvidenceError(f"not CSV: {error}", reader.line_num) from None


def _row(fields: Sequence[str], line: int) -> Evidence:
    if len(fields) != len(_HEADER):
        raise EvidenceError(f"{len(fields)} fields, where {len(_HEADER)} belong", line)
    tenant, slo, start, *numbers = fields
    try:
        valid, bad, failing = (_count(number) for number in numbers)
        row = Evidence(
            tenant=tenant, slo=slo, start_us=parse_moment(start), valid=valid, bad=bad, failing_slots=failing
        )
    except ValueError as error:
        raise EvidenceError(str(error), line) from None
    if not failing <= bad <= valid:
        raise EvidenceError(f"{valid} valid events, {bad} bad ones and {failing} failing slots cannot be", line)
    return row


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"`{text}` is not a whole number from 0")
    return int(text)
