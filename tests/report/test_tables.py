"""Tables for the terminal, with numbers rounded from their exact values."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from pytest_errorbudget.model.burn import Absence, Burn, NoData
from pytest_errorbudget.model.finding import Affected
from pytest_errorbudget.model.item import schema_item
from pytest_errorbudget.model.run import Run
from pytest_errorbudget.model.threshold import Basis
from pytest_errorbudget.report.tables import findings_table, risk, tenants_table, thresholds_table


def test_tenants_at_risk_come_first(run: Run) -> None:
    assert tenants_table(run) == (
        "tenant     cohort    version    schema       SLO           burn 1 h    budget left    lasts\n"
        "---------  --------  ---------  -----------  ------------  ----------  -------------"
        "  -----------------------------\n"
        "acme-prod  gold      1          healthy      availability  3.88        61.1%          3 d 4 h\n"
        "globex     gold      1          drifted (1)  availability  no data     no data        "
        "no valid event in this window"
    )


def test_a_long_table_is_cut_and_the_rest_counted(run: Run) -> None:
    assert tenants_table(run, limit=1).splitlines()[2:] == [
        "acme-prod  gold      1          healthy   availability  3.88        61.1%          3 d 4 h",
        "… and 1 more, in the execution log",
    ]


def test_several_databases_have_a_column(run: Run) -> None:
    first, second = run.tenants
    both = replace(run, tenants=(replace(first, database="core"), replace(second, database="events")))
    assert tenants_table(both).splitlines()[2].split()[:3] == ["acme-prod", "gold", "core"]


def test_risk_is_ordered_by_what_ends_first(run: Run) -> None:
    lasting = run.budgets[0]
    exhausted = replace(lasting, consumed=Fraction(3, 2), exhausted_in_us=None)
    sooner = replace(lasting, exhausted_in_us=1)
    steady = replace(lasting, exhausted_in_us=None)
    no_data = run.budgets[1]
    assert sorted([None, no_data, steady, lasting, sooner, exhausted], key=risk) == [
        exhausted,
        sooner,
        lasting,
        steady,
        no_data,
        None,
    ]


def test_an_exhausted_budget_is_said_to_be_so(run: Run) -> None:
    pace = Burn(145, 10_000, Fraction(1, 1000))
    gone = replace(run.budgets[0], consumed=Fraction(3, 2), exhausted_in_us=None, burns=((3_600_000_000, pace),))
    row = tenants_table(replace(run, budgets=(gone,))).splitlines()[2]
    assert row == "acme-prod  gold      1          healthy      availability  14.50       -50.0%         exhausted"


@pytest.mark.parametrize(
    ("pace", "lasts"),
    [
        (Burn(0, 10_000, Fraction(1, 1000)), "not shrinking"),
        (Burn(7, 10_000, Fraction(1, 1000)), "to the end of the period"),
        (NoData(Absence.NO_TRAFFIC), "not shrinking"),
        (NoData(Absence.NOT_JUDGED), Absence.NOT_JUDGED.value),
        (NoData(Absence.NO_TELEMETRY), Absence.NO_TELEMETRY.value),
    ],
)
def test_a_budget_without_an_end_says_why(run: Run, pace: Burn | NoData, lasts: str) -> None:
    endless = replace(run.budgets[0], exhausted_in_us=None, burns=((3_600_000_000, pace),))
    assert tenants_table(replace(run, budgets=(endless,))).splitlines()[2].endswith(f"61.1%          {lasts}")


def test_findings(run: Run) -> None:
    many = tuple(Affected(schema_item("errorbudget.toml", name), name) for name in "abcdefghijk")
    untold = replace(run.findings[0], affected=())
    assert findings_table((*run.findings, replace(run.findings[1], affected=many), untold)) == (
        "severity    rule               place                                                  tenants\n"
        "----------  -----------------  -----------------------------------------------------  "
        "---------------------------\n"
        "error       handler-narrowing  services/billing/src/http.rs::InvoiceDto.amount_cents  acme-prod\n"
        "warning     index-missing      invoices.invoices_amount_idx                           globex\n"
        "warning     index-missing      invoices.invoices_amount_idx                           "
        "11 tenants: a, b, c, … (+8)\n"
        "error       handler-narrowing  services/billing/src/http.rs::InvoiceDto.amount_cents  –"
    )


def test_thresholds(run: Run) -> None:
    weak = replace(
        run.thresholds[0],
        cohort="free",
        basis=Basis.FALLBACK,
        confidence=Fraction(1, 3),
        reliable=False,
        outliers=(),
        windows=40,
    )
    assert thresholds_table((*run.thresholds, weak)) == (
        "cohort    SLO           page above    windows      basis            confidence        observed    outliers\n"
        "--------  ------------  ------------  -----------  ---------------  ----------------  ----------  ----------\n"
        "gold      availability  14.40         1 h / 5 min  SRE Workbook     99.43%            8,064       globex\n"
        "free      availability  14.40         1 h / 5 min  too few windows  33.33% (too low)  40          –"
    )
