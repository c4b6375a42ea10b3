"""Lines while a run goes on: one a step, and more of a long one."""

from __future__ import annotations

from typing import assert_never

from pytest_errorbudget.model.progress import SlicesCounted, Told
from pytest_errorbudget.model.run import Step, StepName

_BEGINNINGS = {
    StepName.SCHEMA_INTROSPECTION: "reading the schema of every tenant",
    StepName.RUST_CONTRACT_VALIDATION: "parsing Rust services and their FFI boundaries",
    StepName.SLI_BURN_RATE_COMPUTATION: "counting events and computing burn rates",
    StepName.CONTRACT_MISMATCH_DETECTION: "comparing Rust types with columns",
    StepName.THRESHOLD_GENERATION: "generating alert thresholds",
}


def progress_line(told: Told) -> str:
    """What a step is about to do, or how far it is: ``errorbudget 1/5: reading the schema of every tenant...``."""
    match told:
        case StepName():
            step, words = told, _BEGINNINGS[told]
        case SlicesCounted():
            step, words = StepName.SLI_BURN_RATE_COMPUTATION, f"slice {told.counted} of {told.of} counted"
        case _:
            assert_never(told)
    steps = list(StepName)
    return f"errorbudget {steps.index(step) + 1}/{len(steps)}: {words}..."


def step_line(step: Step) -> str:
    """What a step found, and how long it took, in milliseconds: ``✓ Detected 12 tables (41 ms)``."""
    return f"{step.result} ({step.elapsed_us // 1000} ms)" if step.elapsed_us else step.result
