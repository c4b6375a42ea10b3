"""What a run asks of all its sources of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.aggregation.query import Aggregation
from pytest_errorbudget.readers.events.reading import Further
from pytest_errorbudget.readers.events.slices.slices import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What all sources are asked. ``further`` are the engines that count files again; ``kept`` is the folder of what
    earlier runs counted, ``None`` to read everything; ``slice_rows`` is how many rows are counted at a time, at least,
    and ``told`` hears of the slices as they are counted."""

    root: Path
    slos: Sequence[Slo]
    tenants: Sequence[str]
    window_us: int
    threads: int
    aggregation: Aggregation
    memory_mib: int
    further: Sequence[Further]
    kept: Path | None
    env: Mapping[str, str]
    slice_rows: int
    told: Told
