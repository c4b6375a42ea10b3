"""Live lines."""

from __future__ import annotations

from pytest_errorbudget.model.progress import SlicesCounted
from pytest_errorbudget.model.run import Run, StepName
from pytest_errorbudget.report.progress import progress_line, step_line


def test_every_step_says_what_it_is_about_to_do() -> None:
    assert [progress_line(step) for step in StepName] == [
        "errorbudget 1/5: reading the schema of every tenant...",
        "errorbudget 2/5: parsing Rust services and their FFI boundaries...",
        "errorbudget 3/5: counting events and computing burn rates...",
        "errorbudget 4/5: comparing Rust types with columns...",
        "errorbudget 5/5: generating alert thresholds...",
    ]


def test_a_long_count_says_how_far_it_is() -> None:
    assert progress_line(SlicesCounted(counted=21, of=84)) == "errorbudget 3/5: slice 21 of 84 counted..."


def test_a_step_says_what_it_found_and_how_long_it_took(run: Run) -> None:
    assert [step_line(step) for step in run.steps[:2]] == [
        "⚠ Detected 2 tables, 4 columns, 3 indices; drift in tenant globex (41 ms)",
        "✓ 1 Rust service validated, contract signatures match",
    ]
