"""The end of a run on the terminal."""

from __future__ import annotations

from dataclasses import replace

from pytest_errorbudget.model.run import Run, StepState
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.report.summary import summary

EXPECTED = """\
schema_introspection        ⚠ Detected 2 tables, 4 columns, 3 indices; drift in tenant globex (41 ms)
rust_contract_validation    ✓ 1 Rust service validated, contract signatures match
sli_burn_rate_computation   ✓ Processed 1.1K events across 1 tenant cohort (1200 ms)
contract_mismatch_detection ⚠ WARNING: Tenant 'acme-prod' has deprecated int32 field in handler, schema expects int64
threshold_generation        ✓ 1 threshold generated, all backed by SLI confidence > 99.4%; 1 outlier excluded: globex

tenant     cohort    version    schema       SLO           burn 1 h    budget left    lasts
---------  --------  ---------  -----------  ------------  ----------  -------------  -----------------------------
acme-prod  gold      1          healthy      availability  3.88        61.1%          3 d 4 h
globex     gold      1          drifted (1)  availability  no data     no data        no valid event in this window

cohort    SLO           page above    windows      basis         confidence    observed    outliers
--------  ------------  ------------  -----------  ------------  ------------  ----------  ----------
gold      availability  14.40         1 h / 5 min  SRE Workbook  99.43%        8,064       globex

severity    rule               place                                                  tenants
----------  -----------------  -----------------------------------------------------  ---------
error       handler-narrowing  services/billing/src/http.rs::InvoiceDto.amount_cents  acme-prod
warning     index-missing      invoices.invoices_amount_idx                           globex

warning[index-missing] invoices.invoices_amount_idx: index `invoices_amount_idx` is missing (tenant globex)

not checked: 1 payload field (comes from a function's result)
not checked: 2 queries (built at run time)
allowed: 1 known finding (column-type)
"""


def test_a_run_is_told_from_its_steps_to_its_outcome(run: Run, settings: Settings) -> None:
    outcome = (
        "success_with_findings, determinism 1.0, as of 2026-01-05T01:00:00Z, errorbudget.toml, "
        f"digest sha256:{run.digest[:16]}"
    )
    assert "\n".join(summary(run, settings, detailed=False)) == EXPECTED + outcome


def test_an_outcome_without_settings_names_no_file(run: Run, settings: Settings) -> None:
    *_, outcome = summary(run, replace(settings, exists=False), detailed=False)
    assert ", no errorbudget.toml, digest" in outcome


def test_information_is_counted_and_shown_when_asked_for(run: Run, settings: Settings) -> None:
    quiet = replace(run, findings=(replace(run.findings[1], severity=Severity.INFORMATION),))
    brief = list(summary(quiet, settings, detailed=False))
    assert "1 more for information (shown with -v)" in brief
    told = "information[index-missing] invoices.invoices_amount_idx: index `invoices_amount_idx` is missing"
    assert not any(line.startswith(told) for line in brief)
    assert f"{told} (tenant globex)" in list(summary(quiet, settings, detailed=True))


def test_a_step_that_was_not_asked_for_has_no_line(run: Run, settings: Settings) -> None:
    steps = tuple(replace(step, state=StepState.NOT_ASKED) for step in run.steps)
    assert next(iter(summary(replace(run, steps=steps), settings, detailed=False))) == ""
