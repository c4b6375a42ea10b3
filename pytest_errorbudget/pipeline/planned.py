"""What a session is about to run: the items of a project, and what each needs."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.pipeline.project import Project
from pytest_errorbudget.pipeline.steps import Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem:
    """An item, the steps that its outcome needs, and for a determinism item the SLO whose laws it tries."""

    id: ItemId
    steps: Steps
    laws: Slo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A project and all its items, each once, in the order of files and places."""

    project: Project
    items: tuple[PlannedItem, ...]
