"""Which of the five steps an outcome needs."""

from __future__ import annotations

from pytest_errorbudget.model.run import StepName

Steps = frozenset[StepName]

EVERY_STEP: Steps = frozenset(StepName)
SCHEMA: Steps = frozenset({StepName.SCHEMA_INTROSPECTION})
FFI: Steps = frozenset({StepName.RUST_CONTRACT_VALIDATION})
CONTRACTS: Steps = SCHEMA | FFI | {StepName.CONTRACT_MISMATCH_DETECTION}
BURN_RATES: Steps = frozenset({StepName.SLI_BURN_RATE_COMPUTATION})
THRESHOLDS: Steps = BURN_RATES | {StepName.THRESHOLD_GENERATION}
