"""``sli-tenant``: the query mixes tenants, or reads the partitions of all of them."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_errorbudget.checks.sli.subject import Subject
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import RelationKind


def tenant_findings(subject: Subject) -> Iterator[Finding]:
    tenant, query = subject.tenant_column, subject.query
    if tenant is None:
        return
    if tenant not in (*query.compared, *query.grouped):
        yield subject.finding(
            Rule.SLI_TENANT,
            f"the query neither compares `{tenant}` nor groups by it",
            (),
            "One number for all tenants: a large tenant's traffic hides a small one's outage.",
        )
    elif tenant == subject.key and tenant not in query.compared and _is_partitioned(subject):
        yield subject.finding(
            Rule.SLI_TENANT,
            f"WHERE does not compare `{tenant}`, by which `{query.relation}` is partitioned",
            (),
            "PostgreSQL can leave out no partition: every run reads the events of every tenant.",
        )


def _is_partitioned(subject: Subject) -> bool:
    return subject.relation is None or subject.relation.kind is RelationKind.PARTITIONED_TABLE
