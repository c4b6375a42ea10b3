"""The execution log: the page's format, and the same bytes for the same input but for its times."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest

from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.run import Run, StepState
from pytest_errorbudget.report.execution_log import VOLATILE, execution_log, without_times, write
from pytest_errorbudget.report.schemas import schema_text

BEGAN = datetime(2026, 1, 5, 9, 42, 3, tzinfo=UTC)
STEPS = [
    {
        "timestamp": "2026-01-05T09:42:03Z",
        "step": "schema_introspection",
        "action": "Scanning SQL schema across 2 tenant partitions...",
        "result": "⚠ Detected 2 tables, 4 columns, 3 indices; drift in tenant globex",
        "metadata": {
            "partitions_healthy": 1,
            "drift_detected": 1,
            "tables": 2,
            "columns": 4,
            "indices": 3,
            "distinct_shapes": 2,
            "migrations": 1,
        },
        "state": "done",
        "elapsed_ms": 41,
    },
    {
        "timestamp": "2026-01-05T09:42:03Z",
        "step": "rust_contract_validation",
        "action": "Parsing service manifest and comparing FFI boundaries...",
        "result": "✓ 1 Rust service validated, contract signatures match",
        "metadata": {
            "services_checked": 1,
            "mismatches": 0,
            "crates": 1,
            "files": 4,
            "ffi_functions": 1,
            "unparsed": 0,
        },
        "state": "done",
        "elapsed_ms": 0,
    },
    {
        "timestamp": "2026-01-05T09:42:03Z",
        "step": "sli_burn_rate_computation",
        "action": "Computing deterministic burn rates with 5-min windows...",
        "result": "✓ Processed 1.1K events across 1 tenant cohort",
        "metadata": {
            "events": 1060,
            "cohorts": 1,
            "aggregation_method": "deterministic_windowing",
            "race_conditions": 0,
            "windows": 4,
            "duplicates": 40,
            "disagreeing_copies": 0,
            "rows": 1100,
            "rows_without_id": 0,
            "rows_without_time": 0,
            "rows_of_unknown_tenants": 0,
            "rows_after_as_of": 0,
        },
        "state": "done",
        "elapsed_ms": 1200,
    },
    {
        "timestamp": "2026-01-05T09:42:04Z",
        "step": "contract_mismatch_detection",
        "action": "Cross-referencing Rust types with SQL column definitions...",
        "result": "⚠ WARNING: Tenant 'acme-prod' has deprecated int32 field in handler, schema expects int64",
        "metadata": {
            "severity": "high",
            "action": "alert_before_deployment",
            "mismatches": 1,
            "queries": 3,
            "handlers": 1,
            "unchecked": 3,
        },
        "state": "done",
        "elapsed_ms": 0,
    },
    {
        "timestamp": "2026-01-05T09:42:04Z",
        "step": "threshold_generation",
        "action": "Generating tenant-cohort-specific alert thresholds...",
        "result": "✓ 1 threshold generated, all backed by SLI confidence > 99.4%; 1 outlier excluded: globex",
        "metadata": {
            "thresholds_reliable": 1,
            "outliers_excluded": 1,
            "lowest_confidence": 0.99437,
            "thresholds": 1,
        },
        "state": "done",
        "elapsed_ms": 0,
    },
]
REPORTS = Path(__file__).parent


def _log(run: Run, facts: Facts) -> dict[str, object]:
    return execution_log(run, facts, started_at=BEGAN, version="0.1.0")


def test_the_steps_are_the_pages(run: Run, facts: Facts) -> None:
    assert _log(run, facts)["execution_log"] == STEPS


def test_the_heads_are_the_pages(run: Run, facts: Facts) -> None:
    log = _log(run, facts)
    assert {key: log[key] for key in list(log) if not isinstance(log[key], list)} == {
        "workflow": "optimize_error_budget_burn_alerts",
        "tenant_scope": "multi-tenant_services",
        "status": "success_with_findings",
        "execution_time_ms": 1345,
        "determinism_score": 1.0,
        "version": "0.1.0",
        "as_of": "2026-01-05T01:00:00Z",
        "digest": f"sha256:{run.digest}",
    }


def test_a_finding_is_data(run: Run, facts: Facts) -> None:
    findings = _log(run, facts)["findings"]
    assert isinstance(findings, list)
    assert findings[0] == {
        "rule": "handler-narrowing",
        "severity": "error",
        "level": "high",
        "message": "Tenant 'acme-prod' has deprecated int32 field in handler, schema expects int64",
        "place": "services/billing/src/http.rs::InvoiceDto.amount_cents",
        "tenants": ["acme-prod"],
        "labels": [
            {
                "path": "services/billing/src/http.rs",
                "line": 9,
                "column": 5,
                "end_line": 9,
                "end_column": 22,
                "text": "`i32` here",
                "kind": "primary",
            },
            {
                "path": "migrations/0001_init.sql",
                "line": 3,
                "column": 3,
                "end_line": None,
                "end_column": None,
                "text": "`bigint` since here",
                "kind": "context",
            },
        ],
        "items": ["services/billing/src/http.rs::handler.create_invoice[acme-prod]"],
        "consequence": "amounts above 2147483647 wrap to negative numbers in the answer",
        "help": "make the field `i64`",
        "fingerprint": run.findings[0].fingerprint,
    }


def test_what_was_not_checked_is_grouped_by_reason(run: Run, facts: Facts) -> None:
    assert _log(run, facts)["unchecked"] == [
        {
            "kind": "handler-narrowing",
            "reason": "comes from a function's result",
            "count": 1,
            "places": [{"place": "InvoiceDto.note", "path": None, "line": None}],
        },
        {
            "kind": "query",
            "reason": "built at run time",
            "count": 2,
            "places": [
                {"place": "list_invoices#3", "path": "services/billing/src/queries.rs", "line": 30},
                {"place": "list_invoices#4", "path": "services/billing/src/queries.rs", "line": 40},
            ],
        },
    ]


def test_an_allowed_finding_is_shown_with_its_reason(run: Run, facts: Facts) -> None:
    allowed = _log(run, facts)["allowed"]
    assert isinstance(allowed, list)
    assert [(one["finding"]["rule"], one["allowance"]) for one in allowed] == [
        (
            "column-type",
            {
                "rule": "column-type",
                "where": "invoices.amount_cents",
                "reason": "being migrated",
                "until": "2027-03-01",
                "path": "errorbudget.toml",
                "line": 40,
            },
        )
    ]


@pytest.mark.parametrize(
    ("determinism", "written"), [(Fraction(1), "1.0"), (Fraction(998, 1000), "0.998"), (None, "null")]
)
def test_the_score_is_written(
    run: Run, facts: Facts, tmp_path: Path, determinism: Fraction | None, written: str
) -> None:
    path = tmp_path / "deep" / "log.json"
    write(path, _log(replace(run, determinism=determinism), facts))
    assert f'\n  "determinism_score": {written},\n' in path.read_text()


def test_the_status_follows_from_steps_and_findings(run: Run, facts: Facts) -> None:
    failed = replace(run.steps[0], state=StepState.FAILED)
    assert [
        _log(one, facts)["status"]
        for one in (replace(run, findings=()), run, replace(run, steps=(failed, *run.steps[1:])))
    ] == ["success", "success_with_findings", "failed"]


def test_two_runs_of_the_same_input_differ_in_their_times_alone(run: Run, facts: Facts) -> None:
    slower = replace(run, execution_us=9_000_000, steps=tuple(replace(s, elapsed_us=77_000) for s in run.steps))
    one = _log(run, facts)
    other = execution_log(slower, facts, started_at=BEGAN + timedelta(days=1), version="0.1.0")
    assert one != other
    assert without_times(one) == without_times(other)


def test_the_volatile_keys_are_named() -> None:
    assert sorted(VOLATILE) == ["elapsed_ms", "execution_time_ms", "timestamp"]


def test_the_digest_knows_no_time_and_no_line(run: Run) -> None:
    finding = run.findings[0]
    moved = replace(
        finding, labels=tuple(replace(label, span=replace(label.span, line=99)) for label in finding.labels)
    )
    assert replace(run, findings=(moved, *run.findings[1:]), execution_us=1).digest == run.digest
    assert replace(run, findings=run.findings[1:]).digest != run.digest
    assert replace(run, counts_digest="d" * 64).digest != run.digest


def test_every_log_fits_the_published_schema(run: Run, facts: Facts) -> None:
    schema = json.loads(schema_text("execution-log.schema.json"))
    validator = jsonschema.Draft202012Validator(schema)
    skipped = tuple(replace(step, state=StepState.NOT_ASKED, metadata=()) for step in run.steps)
    bare = replace(run, steps=skipped, findings=(), budgets=(), determinism=None, as_of=None)
    for one in (run, bare):
        assert list(validator.iter_errors(json.loads(json.dumps(_log(one, facts))))) == []


def test_the_bytes_do_not_depend_on_the_hash_seed_or_the_time_zone(tmp_path: Path) -> None:
    script = (
        "import runpy, sys, datetime, pathlib\n"
        "from pytest_errorbudget.report import execution_log as log, facts_file\n"
        "names = runpy.run_path(sys.argv[1])\n"
        "run, facts, settings = names['sample_run'](), names['sample_facts'](), names['sample_settings']()\n"
        "began = datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC)\n"
        "out = pathlib.Path(sys.argv[2])\n"
        "log.write(out / 'log', log.execution_log(run, facts, started_at=began, version='0'))\n"
        "facts_file.write(out / 'facts', facts_file.facts_file(facts, settings))\n"
    )
    for seed, zone in (("1", "UTC"), ("2", "Asia/Kathmandu")):
        out = tmp_path / seed
        out.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        subprocess.run(
            [sys.executable, "-c", script, str(REPORTS / "conftest.py"), str(out)], env=environment, check=True
        )
    for name in ("log", "facts"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
