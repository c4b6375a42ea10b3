"""Examples on the rules' pages are what the code says, word for word."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

from pytest_errorbudget.checks.allowances import allow
from pytest_errorbudget.checks.determinism import determinism_findings
from pytest_errorbudget.checks.migration_edited import edited_findings
from pytest_errorbudget.checks.outliers import outlier_findings
from pytest_errorbudget.checks.thresholds import coverage_confidence, threshold_findings
from pytest_errorbudget.model.counts import Counts, Recount
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.migration import MigrationFile, MigrationKind, MigrationSet
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Allowance
from pytest_errorbudget.model.snapshot import Ledger, Snapshot
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.threshold import Basis, Outlier, Threshold
from pytest_errorbudget.readers.migrations.layout import read_layout
from pytest_errorbudget.readers.settings.read import read_settings

_RULES = Path(__file__).resolve().parents[2] / "docs" / "rules"


def _shows(rule: Rule, *texts: str) -> bool:
    page = (_RULES / f"{rule.id}.md").read_text()
    return all(text in page for text in texts)


def test_settings_invalid(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[[events]]\nname = "requests"\nlatenes = "10m"\n')
    _, (problem,) = read_settings(tmp_path, "bad.toml", {})
    assert problem.rule is Rule.SETTINGS_INVALID
    assert str(problem).startswith("bad.toml:3:1: ")
    assert _shows(problem.rule, str(problem).removeprefix("bad.toml:3:1: "))


def test_migrations_unreadable(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "x5_note.sql").write_text("select 1;\n")
    (problem,) = read_layout(tmp_path, "migrations").problems
    assert problem.rule is Rule.MIGRATIONS_UNREADABLE
    assert _shows(problem.rule, problem.message, problem.consequence, problem.help)


def test_migration_edited() -> None:
    file = MigrationFile(
        path="migrations/0002_refunds.sql",
        version="2",
        name="refunds",
        text="",
        statements=(),
        checksum=f"be96c74a3f59{0:084d}",
    )
    migrations = MigrationSet(kind=MigrationKind.SQLX, path="migrations", files=(file,))
    ledger = Ledger(tenants=("acme", "initech"), checksums=(("2", f"c06fa14c1d20{0:084d}"),))
    snapshot = Snapshot(database="default", server_version=180_000, tenants=(), shapes=(), ledgers=(ledger,))
    (finding,) = edited_findings(migrations, snapshot, "errorbudget.toml")
    assert finding.rule is Rule.MIGRATION_EDITED
    assert finding.tenants == ("acme", "initech")
    assert _shows(finding.rule, finding.message, finding.labels[0].text, finding.consequence, finding.help)


def test_tenant_outlier() -> None:
    hooli = Outlier(tenant="hooli", slo="availability", cohort="growth", bad=1070, valid=86953, distance=None)
    (finding,) = outlier_findings((hooli,), "errorbudget.toml")
    assert finding.rule is Rule.TENANT_OUTLIER
    assert _shows(finding.rule, finding.message)


def test_not_deterministic() -> None:
    ways = ("permuted order", "other sharding", "1 thread")
    counts = Counts(
        window_us=300_000_000,
        as_of_us=0,
        closed_until_us=0,
        series=(),
        totals=(),
        recounts=tuple(Recount(way=way, windows=96_768, equal=96_765) for way in ways),
        digest="",
        race_conditions=3,
    )
    (finding,) = determinism_findings(counts, (), "errorbudget.toml")
    assert finding.rule is Rule.NOT_DETERMINISTIC
    assert _shows(finding.rule, finding.message, finding.consequence, finding.help)


def _of_allowance(rule: str, where: str, reason: str, until: date | None) -> Finding:
    allowance = Allowance(rule=rule, where=where, reason=reason, until=until, span=Span("errorbudget.toml", 19))
    (finding,) = allow((), (allowance,), date(2026, 3, 3), "errorbudget.toml", frozenset(Rule)).findings
    return finding


def test_allowance_expired() -> None:
    finding = _of_allowance("index-unexpected", "globex.invoices", "kept for the auditors, see #812", date(2026, 1, 31))
    assert finding.rule is Rule.ALLOWANCE_EXPIRED
    assert _shows(finding.rule, finding.message, finding.labels[0].text, finding.help)


def test_allowance_unused() -> None:
    finding = _of_allowance("indx-missing", "acme.invoices", "dropped in #790", None)
    assert finding.rule is Rule.ALLOWANCE_UNUSED
    assert _shows(finding.rule, finding.message, finding.labels[0].text, finding.help)


def test_threshold_unreliable() -> None:
    threshold = Threshold(
        cohort="all",
        slo="availability",
        burn=Fraction(144, 10),
        basis=Basis.FALLBACK,
        bound=Fraction(0),
        confidence=coverage_confidence(188),
        reliable=False,
        windows=188,
        tenants=("acme",),
        outliers=(),
        long_us=3_600_000_000,
        short_us=300_000_000,
        failing_slots=3,
    )
    (finding,) = threshold_findings((threshold,), Fraction(992, 1000), "errorbudget.toml")
    assert finding.rule is Rule.THRESHOLD_UNRELIABLE
    assert _shows(finding.rule, finding.message, finding.consequence, finding.help)
