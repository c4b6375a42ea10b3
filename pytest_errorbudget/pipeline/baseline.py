"""A baseline: what a run finds is accepted in the settings, so that the next one fails only on what is new."""

from __future__ import annotations

from pytest_errorbudget.checks.baseline import OUT_OF_REACH, accepted
from pytest_errorbudget.model.formats.allow_entries import NotAppendable, with_allowances
from pytest_errorbudget.model.run import Run
from pytest_errorbudget.pipeline.project import Project

Said = tuple[tuple[str, ...], tuple[str, ...]]


def accept_present(project: Project, run: Run) -> Said:
    """Append the allowances to the settings file; what was done, and what could not be. Raises nothing."""
    path, settings = project.root / project.settings.path, project.settings
    if not settings.exists:
        return (), (f"there is no {settings.path} to allow findings in: `pytest --errorbudget-init` writes one.",)
    tenants = frozenset(tenant.name for tenant in settings.tenants)
    entries = accepted(run.findings, tenants, None if run.as_of is None else run.as_of.date())
    left = _left(run)
    if not entries:
        return (f"{settings.path} was left as it is: there is no finding to allow", *left), ()
    try:
        before = path.read_bytes()
        more = with_allowances(before.decode(), entries).encode()[len(before) :]
        with path.open("ab") as file:  # what is there already is not touched
            file.write(more)
    except NotAppendable as error:
        form = "write the allowances that it holds as [[allow]] tables and run again"
        return left, (f"{settings.path} takes no [[allow]] at its end ({error}): {form}.",)
    except OSError as error:
        return left, (f"{path} was not written: {error.strerror}. Make it writable and run again.",)
    count = "1 [[allow]] entry" if len(entries) == 1 else f"{len(entries)} [[allow]] entries"
    said = (
        f"{settings.path} has {count} more, for what this run found: read them, give each its reason, commit the file"
    )
    return (said, *left), ()


def _left(run: Run) -> tuple[str, ...]:
    """What is never accepted."""
    rules = sorted({finding.rule.id for finding in run.findings if finding.rule in OUT_OF_REACH})
    return (f"not allowed, because it hides what nobody has seen: {', '.join(rules)}",) if rules else ()
