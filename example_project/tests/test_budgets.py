"""What must hold before a release, beyond what the plugin's own items check."""

from __future__ import annotations

from datetime import timedelta

import pytest

FIVE_MINUTES = timedelta(minutes=5)


def test_the_largest_contract_may_ship(errorbudget):
    run = (
        errorbudget.validate_schema(["tenant_id", "error_code", "latency_ms"], table="request_events")
        .compute_burn_rates(FIVE_MINUTES, cohorts=["enterprise"])
        .execute_local()
        .raise_for_findings()
    )
    assert not run["acme-prod"]["availability"].burns[FIVE_MINUTES].exceeds("14.4")


@pytest.mark.errorbudget(cohort="enterprise")
def test_enterprise_is_not_nearly_out_of_budget(tenant, errorbudget_run):
    assert errorbudget_run[tenant.name]["availability"].lasts_at_least(timedelta(days=3))


def test_every_growth_tenant_has_traffic(errorbudget_run):
    for name in ("globex", "hooli", "initech", "soylent", "stark-labs"):
        assert {"availability", "latency"} <= set(errorbudget_run[name])
