"""What a run is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.pipeline.steps import Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a run is asked for. ``as_of`` is RFC 3339 text; ``update`` takes no moment from the lock."""

    project: Project
    asked: Steps
    as_of: str | None = None
    update: bool = False
