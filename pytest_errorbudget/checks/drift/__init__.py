"""Tenants' schemas against the migrations, each at its own version."""

from pytest_errorbudget.checks.drift.compare import drift_findings

__all__ = ["drift_findings"]
