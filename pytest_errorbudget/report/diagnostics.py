"""Findings in full, and what was not checked, as lines of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.formats.kinds import counted_kind
from pytest_errorbudget.model.formats.wording import counted, named
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.run import AllowedFinding
from pytest_errorbudget.report.execution_log import grouped
from pytest_errorbudget.report.log_format import LogUnchecked

_NAME = re.compile("`[^`]*`")
Draw = Callable[[Finding], str]


def diagnostics(findings: Iterable[Finding], draw: Draw) -> str:
    """Findings one below the other; ``draw`` gives one as text, with its excerpts and notes."""
    return "\n\n".join(draw(finding).rstrip("\n") for finding in findings)


def one_line(finding: Finding) -> str:
    """``warning[index-missing] invoices: index … is missing (2 tenants: a, b)``."""
    tenants = f" ({named(finding.tenants, 'tenant')})" if finding.tenants else ""
    return f"{finding.severity.value}[{finding.rule.id}] {finding.place}: {finding.message}{tenants}"


def unchecked_lines(unchecked: Iterable[Unchecked]) -> Iterator[str]:
    """``not checked: 3 queries (built at run time)``: one line for each kind and reason. Reasons that differ in the
    names in them alone share a line, which gives the first; the log has them all."""
    alike: dict[tuple[str, str], list[LogUnchecked]] = {}
    for group in grouped(unchecked):
        alike.setdefault((group.kind, _NAME.sub("", group.reason)), []).append(group)
    for (kind, _), groups in alike.items():
        such_as = "such as: " if len(groups) > 1 else ""
        number = counted_kind(sum(group.count for group in groups), kind)
        yield f"not checked: {number} ({such_as}{groups[0].reason})"


def allowed_line(allowed: tuple[AllowedFinding, ...]) -> str | None:
    if not allowed:
        return None
    rules = ", ".join(sorted({one.finding.rule.id for one in allowed}))
    return f"allowed: {counted(len(allowed), 'known finding')} ({rules})"
