"""Which files a source of events has. No engine is imported for it."""

from __future__ import annotations

from pathlib import Path

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import EventSource

_CONSEQUENCE = "Burn rates and thresholds of its SLOs are not computed; the other sources go on."


def events_problem(source: EventSource, message: str, help: str) -> Problem:
    return Problem(
        rule=Rule.EVENTS_UNREADABLE,
        message=message,
        place=source.name,
        span=source.span,
        consequence=_CONSEQUENCE,
        help=help,
    )


def files_of(root: Path, source: EventSource) -> tuple[str, ...]:
    """The absolute paths that the source's globs match, sorted, each once. Raises ``Unreadable`` where one matches
    nothing."""
    found: set[str] = set()
    for glob in source.paths:
        try:
            matched = _matches(root, glob)
        except ValueError:
            help = "write `**` between slashes, as in `exports/**/*.parquet`"
            raise Unreadable(
                events_problem(source, f"the events `{source.name}` have no file: `{glob}` is no glob", help)
            ) from None
        if not matched:
            raise Unreadable(
                events_problem(
                    source,
                    f"the events `{source.name}` have no file: `{glob}` matches nothing below {root.name or root}",
                    "write the files first, or correct the path under [[events]]; it is relative to the settings file",
                )
            )
        found |= matched
    return tuple(sorted(found))


def _matches(root: Path, glob: str) -> set[str]:
    """A file that is called just like the glob is one too. Raises ``ValueError`` for what is no glob."""
    pattern = Path(glob)
    base = Path(pattern.anchor) if pattern.is_absolute() else root
    relative = pattern.relative_to(pattern.anchor) if pattern.is_absolute() else pattern
    if not relative.parts:
        return set()
    # `**` at the end means files in one version of Python, and directories in another
    below = relative / "*" if relative.name == "**" else relative
    return {str(path) for path in (base / relative, *base.glob(str(below))) if path.is_file()}
