"""``sli-tenant``: the query mixes tenants."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.subject import Subject
from pytest_errorbudget.model.finding import Finding, Label
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import SliSelect

_EVERYTHING = "*"


def tenant_findings(subject: Subject) -> Iterator[Finding]:
    tenant = subject.tenant_column
    if tenant is None or subject.is_secured:
        return
    mixed = tuple(select for select in subject.selects if _mixes(subject, select, tenant))
    if mixed:
        yield subject.finding(
            Rule.SLI_TENANT,
            f"the query neither compares `{tenant}` nor groups by it",
            tuple(Label(select.span, "this query") for select in mixed),
            "One number for all tenants: a large tenant's traffic hides a small one's outage.",
        )


def _mixes(subject: Subject, select: SliSelect, tenant: str) -> bool:
    """A part that passes the tenant on may leave it to the rest of the query."""
    if tenant in (*select.compared, *select.grouped):
        return False
    rest = [other for other in subject.query.selects if other is not select]
    left_to = any(tenant in (*other.compared, *other.grouped) for other in rest) or tenant in subject.query.outer
    return not (select.is_inner and left_to and (tenant in select.returned or _EVERYTHING in select.returned))
