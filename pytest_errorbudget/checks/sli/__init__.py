"""A team's own SLI queries: what keeps two runs of one from the same answer, one rule a file."""

from pytest_errorbudget.checks.sli.evaluate import sli_findings

__all__ = ["sli_findings"]
