"""Which step of the log a rule's findings belong to."""

from __future__ import annotations

from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.run import StepName

STEP_OF_RULE: dict[Rule, StepName | None] = {
    **dict.fromkeys(
        (
            Rule.SETTINGS_INVALID,
            Rule.SERVER_UNREACHABLE,
            Rule.TENANT_MISSING,
            Rule.TENANT_UNLISTED,
            Rule.TENANT_BEHIND,
            Rule.TENANT_AHEAD,
            Rule.PARTITION_MISSING,
            Rule.PARTITION_DEFAULT,
            Rule.PARTITION_DETACHING,
            Rule.TENANTS_FILE_STALE,
            Rule.MIGRATIONS_UNREADABLE,
            Rule.MIGRATION_FAILED,
            Rule.MIGRATION_EDITED,
            Rule.REPLAY_DISAGREES,
            Rule.TABLE_MISSING,
            Rule.TABLE_UNEXPECTED,
            Rule.COLUMN_MISSING,
            Rule.COLUMN_UNEXPECTED,
            Rule.COLUMN_TYPE,
            Rule.COLUMN_NULLABILITY,
            Rule.COLUMN_DEFAULT,
            Rule.COLUMN_GENERATED,
            Rule.INDEX_MISSING,
            Rule.INDEX_UNEXPECTED,
            Rule.INDEX_INVALID,
            Rule.INDEX_DUPLICATE,
            Rule.FOREIGN_KEY_UNINDEXED,
            Rule.CONSTRAINT_MISSING,
            Rule.CONSTRAINT_UNEXPECTED,
            Rule.CONSTRAINT_UNVALIDATED,
            Rule.CONSTRAINT_EXPRESSION,
            Rule.VIEW_QUERY,
            Rule.TRIGGER_MISSING,
            Rule.TRIGGER_UNEXPECTED,
            Rule.POLICY_MISSING,
            Rule.POLICY_UNEXPECTED,
            Rule.ROW_SECURITY,
            Rule.CROSS_TENANT_REFERENCE,
            Rule.SEQUENCE_NEAR_END,
            Rule.ENUM_LABELS,
            Rule.COMPOSITE_FIELDS,
        ),
        StepName.SCHEMA_INTROSPECTION,
    ),
    **dict.fromkeys(
        (Rule.RUST_UNPARSED, Rule.RUST_NOT_FOUND, Rule.FFI_MISMATCH),
        StepName.RUST_CONTRACT_VALIDATION,
    ),
    **dict.fromkeys(
        (
            Rule.EVENTS_UNREADABLE,
            Rule.BUDGET_EXHAUSTED,
            Rule.BURN_PAGE,
            Rule.COPIES_DISAGREE,
            Rule.EVENTS_INVALID,
            Rule.NOT_DETERMINISTIC,
        ),
        StepName.SLI_BURN_RATE_COMPUTATION,
    ),
    **dict.fromkeys(
        (
            Rule.QUERY_FAILS,
            Rule.ROW_COLUMN_MISSING,
            Rule.ROW_TYPE,
            Rule.ROW_NULL,
            Rule.ROW_POSITION,
            Rule.ROW_OPTION,
            Rule.OVERRIDE_NULLABLE,
            Rule.SELECT_STAR_ORDER,
            Rule.RUST_ENUM_LABELS,
            Rule.TABLE_DECLARATION_STALE,
            Rule.INSERT_INCOMPLETE,
            Rule.PARAMETER_TYPE,
            Rule.CACHED_PLAN,
            Rule.QUERY_INDEX,
            Rule.SQLX_CACHE_STALE,
            Rule.HANDLER_NARROWING,
            Rule.SLI_CLOCK,
            Rule.SLI_WINDOW,
            Rule.SLI_TENANT,
            Rule.SLI_COUNT,
            Rule.SLI_ARITHMETIC,
            Rule.SLI_COLUMNS,
        ),
        StepName.CONTRACT_MISMATCH_DETECTION,
    ),
    **dict.fromkeys(
        (
            Rule.TENANT_OUTLIER,
            Rule.THRESHOLD_UNRELIABLE,
            Rule.THRESHOLD_NOT_REPRODUCED,
            Rule.COUNTS_CHANGED,
            Rule.ALERT_NEVER_FIRES,
        ),
        StepName.THRESHOLD_GENERATION,
    ),
    # What is wrong with an allowance is no step's doing.
    **dict.fromkeys((Rule.ALLOWANCE_EXPIRED, Rule.ALLOWANCE_UNUSED), None),
}
# A tenant that runs an older or newer version is what its version says; that is skew, not drift.
NOT_DRIFT = frozenset(
    {
        Rule.SETTINGS_INVALID,
        Rule.SERVER_UNREACHABLE,
        Rule.TENANT_UNLISTED,
        Rule.TENANT_BEHIND,
        Rule.TENANT_AHEAD,
        Rule.TENANTS_FILE_STALE,
        Rule.MIGRATIONS_UNREADABLE,
        Rule.MIGRATION_FAILED,
        Rule.MIGRATION_EDITED,
        Rule.REPLAY_DISAGREES,
    }
)
