"""Tenants' schemas against the migrations, each at its own version."""

from pytest_errorbudget.checks.drift.compare import drift_findings, own_schema
from pytest_errorbudget.model.difference import differences

__all__ = ["differences", "drift_findings", "own_schema"]
