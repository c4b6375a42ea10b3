"""The evidence behind the thresholds as CSV: ``errorbudget.counts.csv``, sorted, one closed hour of a tenant a line."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence

from pytest_errorbudget.model.formats.moment import format_moment, parse_moment
from pytest_errorbudget.model.threshold import Evidence

_HEADER = ("tenant", "slo", "start", "valid", "bad", "failing_slots")
_SPECIAL = re.compile(r'[",\r\n]')


class EvidenceError(ValueError):
    """The text is not a table of evidence; ``line`` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def write_evidence(rows: Iterable[Evidence]) -> str:
    """The same text for the same rows, in whatever order they come."""
    ordered = sorted(rows, key=lambda row: (row.tenant, row.slo, row.start_us))
    return "".join(f"{','.join(fields)}\n" for fields in (_HEADER, *map(_fields, ordered)))


def _fields(row: Evidence) -> tuple[str, ...]:
    numbers = map(str, (row.valid, row.bad, row.failing_slots))
    return (_field(row.tenant), _field(row.slo), format_moment(row.start_us), *numbers)


def _field(text: str) -> str:
    """Quoted where a reader would take it for more than one field. The csv module leaves a lone CR as it is, and reads
    it as the end of a line."""
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


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
