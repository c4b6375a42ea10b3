"""Tenants' schemas against the migrations, each at its own version."""

from pytest_errorbudget.checks.drift.compare import drift_findings
from pytest_errorbudget.checks.drift.migrations import design_findings
from pytest_errorbudget.checks.drift.scope import comparable, own_schema, scope_of
from pytest_errorbudget.model.differences import differences

__all__ = ["comparable", "design_findings", "differences", "drift_findings", "own_schema", "scope_of"]
