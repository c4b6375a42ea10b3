"""Every rule, once: its id, and the severity its findings have unless the rule says otherwise."""

from __future__ import annotations

from enum import Enum

from pytest_errorbudget.model.severity import Severity

_ERROR, _WARNING, _INFORMATION = Severity.ERROR, Severity.WARNING, Severity.INFORMATION


class Rule(Enum):
    """A rule's id and default severity. Each rule has a page in ``docs/rules``."""

    # what could not be read
    SETTINGS_INVALID = ("settings-invalid", _ERROR)
    SERVER_UNREACHABLE = ("server-unreachable", _ERROR)
    RUST_UNPARSED = ("rust-unparsed", _ERROR)
    RUST_NOT_FOUND = ("rust-not-found", _WARNING)
    EVENTS_UNREADABLE = ("events-unreadable", _ERROR)
    # allowances
    ALLOWANCE_EXPIRED = ("allowance-expired", _WARNING)
    ALLOWANCE_UNUSED = ("allowance-unused", _WARNING)
    # tenants
    TENANT_MISSING = ("tenant-missing", _ERROR)
    TENANT_UNLISTED = ("tenant-unlisted", _WARNING)
    TENANT_BEHIND = ("tenant-behind", _INFORMATION)
    TENANT_AHEAD = ("tenant-ahead", _WARNING)
    PARTITION_MISSING = ("partition-missing", _ERROR)
    PARTITION_DEFAULT = ("partition-default", _WARNING)
    PARTITION_DETACHING = ("partition-detaching", _ERROR)
    TENANTS_FILE_STALE = ("tenants-file-stale", _WARNING)
    # migrations
    MIGRATIONS_UNREADABLE = ("migrations-unreadable", _ERROR)
    MIGRATION_FAILED = ("migration-failed", _ERROR)
    MIGRATION_EDITED = ("migration-edited", _ERROR)
    REPLAY_DISAGREES = ("replay-disagrees", _ERROR)
    # drift
    TABLE_MISSING = ("table-missing", _ERROR)
    TABLE_UNEXPECTED = ("table-unexpected", _WARNING)
    COLUMN_MISSING = ("column-missing", _ERROR)
    COLUMN_UNEXPECTED = ("column-unexpected", _WARNING)
    COLUMN_TYPE = ("column-type", _ERROR)
    COLUMN_NULLABILITY = ("column-nullability", _ERROR)
    COLUMN_DEFAULT = ("column-default", _WARNING)
    COLUMN_GENERATED = ("column-generated", _WARNING)
    INDEX_MISSING = ("index-missing", _WARNING)
    INDEX_UNEXPECTED = ("index-unexpected", _INFORMATION)
    INDEX_INVALID = ("index-invalid", _WARNING)
    INDEX_DUPLICATE = ("index-duplicate", _WARNING)
    FOREIGN_KEY_UNINDEXED = ("foreign-key-unindexed", _INFORMATION)
    CONSTRAINT_MISSING = ("constraint-missing", _WARNING)
    CONSTRAINT_UNEXPECTED = ("constraint-unexpected", _WARNING)
    CONSTRAINT_UNVALIDATED = ("constraint-unvalidated", _WARNING)
    CONSTRAINT_EXPRESSION = ("constraint-expression", _WARNING)
    VIEW_QUERY = ("view-query", _WARNING)
    TRIGGER_MISSING = ("trigger-missing", _WARNING)
    TRIGGER_UNEXPECTED = ("trigger-unexpected", _WARNING)
    POLICY_MISSING = ("policy-missing", _ERROR)
    POLICY_UNEXPECTED = ("policy-unexpected", _WARNING)
    ROW_SECURITY = ("row-security", _ERROR)
    CROSS_TENANT_REFERENCE = ("cross-tenant-reference", _ERROR)
    SEQUENCE_NEAR_END = ("sequence-near-end", _WARNING)
    ENUM_LABELS = ("enum-labels", _ERROR)
    COMPOSITE_FIELDS = ("composite-fields", _ERROR)
    # Rust contracts
    QUERY_FAILS = ("query-fails", _ERROR)
    ROW_COLUMN_MISSING = ("row-column-missing", _ERROR)
    ROW_TYPE = ("row-type", _ERROR)
    ROW_NULL = ("row-null", _ERROR)
    ROW_POSITION = ("row-position", _ERROR)
    ROW_OPTION = ("row-option", _INFORMATION)
    OVERRIDE_NULLABLE = ("override-nullable", _WARNING)
    SELECT_STAR_ORDER = ("select-star-order", _ERROR)
    RUST_ENUM_LABELS = ("rust-enum-labels", _ERROR)
    TABLE_DECLARATION_STALE = ("table-declaration-stale", _ERROR)
    INSERT_INCOMPLETE = ("insert-incomplete", _ERROR)
    PARAMETER_TYPE = ("parameter-type", _ERROR)
    CACHED_PLAN = ("cached-plan", _WARNING)
    QUERY_INDEX = ("query-index", _WARNING)
    SQLX_CACHE_STALE = ("sqlx-cache-stale", _ERROR)
    HANDLER_NARROWING = ("handler-narrowing", _ERROR)
    FFI_MISMATCH = ("ffi-mismatch", _ERROR)
    # burn rates and thresholds
    BUDGET_EXHAUSTED = ("budget-exhausted", _WARNING)
    BURN_PAGE = ("burn-page", _WARNING)
    COPIES_DISAGREE = ("copies-disagree", _WARNING)
    EVENTS_INVALID = ("events-invalid", _WARNING)
    NOT_DETERMINISTIC = ("not-deterministic", _ERROR)
    TENANT_OUTLIER = ("tenant-outlier", _WARNING)
    THRESHOLD_UNRELIABLE = ("threshold-unreliable", _WARNING)
    THRESHOLD_CAPPED = ("threshold-capped", _WARNING)
    THRESHOLD_NOT_REPRODUCED = ("threshold-not-reproduced", _ERROR)
    COUNTS_CHANGED = ("counts-changed", _ERROR)
    ALERT_NEVER_FIRES = ("alert-never-fires", _WARNING)
    # a team's own SLI queries
    SLI_CLOCK = ("sli-clock", _WARNING)
    SLI_ARBITRARY = ("sli-arbitrary", _WARNING)
    SLI_WINDOW = ("sli-window", _WARNING)
    SLI_TENANT = ("sli-tenant", _WARNING)
    SLI_PRUNING = ("sli-pruning", _WARNING)
    SLI_COUNT = ("sli-count", _WARNING)
    SLI_ARITHMETIC = ("sli-arithmetic", _WARNING)
    SLI_COLUMNS = ("sli-columns", _ERROR)
    SLI_DIALECT = ("sli-dialect", _WARNING)

    def __init__(self, id: str, severity: Severity) -> None:
        self.id = id
        self.severity = severity
