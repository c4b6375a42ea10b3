"""A line for each step while a run goes on."""

from __future__ import annotations

from pytest_errorbudget.model.run import Step, StepName

_BEGINNINGS = {
    StepName.SCHEMA_INTROSPECTION: "reading the schema of every tenant",
    StepName.RUST_CONTRACT_VALIDATION: "parsing Rust services and their FFI boundaries",
    StepName.SLI_BURN_RATE_COMPUTATION: "counting events and computing burn rates",
    StepName.CONTRACT_MISMATCH_DETECTION: "comparing Rust types with columns",
    StepName.THRESHOLD_GENERATION: "generating alert thresholds",
}


def beginning(step: StepName) -> str:
    """What a step is about to do: ``errorbudget 1/5: reading the schema of every tenant...``."""
    steps = list(StepName)
    return f"errorbudget {steps.index(step) + 1}/{len(steps)}: {_BEGINNINGS[step]}..."


def step_line(step: Step) -> str:
    """What a step found, and how long it took, in milliseconds: ``✓ Detected 12 tables (41 ms)``."""
    return f"{step.result} ({step.elapsed_us // 1000} ms)" if step.elapsed_us else step.result
