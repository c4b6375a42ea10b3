"""A team's own SLI queries: what keeps two runs of one from the same answer, one rule a file."""

from pytest_errorbudget.checks.sli.evaluate import schemas_of, sli_findings, text_findings
from pytest_errorbudget.checks.sli.subject import subject_of

__all__ = ["schemas_of", "sli_findings", "subject_of", "text_findings"]
