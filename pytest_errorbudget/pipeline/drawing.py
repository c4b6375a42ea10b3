"""Findings as people read them, with excerpts of this project's files."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.readers.excerpts import draw


def drawing(project: Project) -> Callable[[Finding], str]:
    """A function from a finding to its diagnostic; each source file is read once."""

    @cache
    def read_source(path: str) -> str | None:
        try:
            return (project.root / path).read_bytes().decode("utf-8-sig", errors="replace")
        except OSError:
            return None

    return partial(draw, read_source=read_source)
