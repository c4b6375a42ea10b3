"""A finding is data: what is wrong, where, for whom, what happens at run time, and what to do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import Enum

from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span


class LabelKind(Enum):
    """The primary label is the place to mend; context labels explain it."""

    PRIMARY = "primary"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Label:
    """A span and what to see there, such as ``this column is `bigint` since here``."""

    span: Span
    text: str
    kind: LabelKind = LabelKind.PRIMARY


@dataclass(frozen=True, slots=True, order=True)
class Affected:
    """One item that a finding concerns, and the tenant it stands for (``None`` where tenants do not matter)."""

    item: ItemId
    tenant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    ``place`` names the object without lines and without the tenant (``invoices.amount_cents``,
    ``services/billing/src/models.rs::Invoice.amount``): allowances and fingerprints hold on to it.
    ``consequence`` says what happens at run time; ``help`` what to do.
    """

    rule: Rule
    severity: Severity
    message: str
    place: str
    affected: tuple[Affected, ...]
    labels: tuple[Label, ...] = ()
    consequence: str = ""
    help: str = ""

    @property
    def tenants(self) -> tuple[str, ...]:
        """The tenants concerned, sorted, each once."""
        return tuple(sorted({a.tenant for a in self.affected if a.tenant is not None}))

    @property
    def items(self) -> tuple[ItemId, ...]:
        return tuple(sorted({a.item for a in self.affected}))

    @property
    def fingerprint(self) -> str:
        """16 hex digits over rule, place and tenants: the same when lines move."""
        text = "\0".join((self.rule.id, self.place, *self.tenants))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def without_tenants(self, tenants: frozenset[str]) -> Finding | None:
        """The same finding for the other tenants, or nothing where none is left."""
        kept = tuple(a for a in self.affected if a.tenant not in tenants)
        return replace(self, affected=kept) if kept else None


def ordered(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings in the order of a report: gravest first, then by rule, place and tenants."""
    return tuple(sorted(findings, key=lambda f: (-f.severity.rank, f.rule.id, f.place, f.tenants, f.message)))
