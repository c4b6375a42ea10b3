"""An example of each key whose form does not say what it may be, as somebody would write it."""

from __future__ import annotations

from collections.abc import Mapping

ENTRY = "*"
"""Any name in a table of names."""
EXAMPLES: Mapping[tuple[str, ...], str] = {
    ("allow",): "`[[allow]]`, with `rule`, `where` and `reason`",
    ("allow", "reason"): 'reason = "why this is accepted"',
    ("allow", "rule"): 'rule = "sli-clock"',
    ("allow", "until"): "until = 2027-03-31",
    ("allow", "where"): 'where = "sli/errors.sql::sli.1"',
    ("cohorts",): '`[cohorts.gold]`, with `tenants = ["acme"]`',
    ("cohorts", ENTRY): '`[cohorts.gold]`, with `tenants = ["acme"]`',
    ("cohorts", ENTRY, "objectives"): 'objectives = { availability = "99.9 %" }',
    ("cohorts", ENTRY, "tenants"): 'tenants = ["acme", "eu-*"]',
    ("database",): "`[[database]]`, with two brackets: there may be several",
    ("database", "cohorts"): 'cohorts = { table = "public.customers", tenant = "slug", cohort = "plan" }',
    ("database", "migrations"): 'migrations = { path = "migrations", per = "tenant" }',
    ("database", "migrations", "path"): 'path = "migrations"',
    ("database", "name"): 'name = "core"',
    ("database", "services"): 'services = ["billing"]',
    ("database", "tenants"): '`[database.tenants]`, with `layout = "schema"`',
    ("database", "tenants", "except"): 'except = ["public"]',
    ("database", "tenants", "key"): 'key = "tenant_id"',
    ("database", "tenants", "layout"): 'layout = "schema"',
    ("database", "tenants", "names"): 'names = { acme = "acme_prod" }',
    ("database", "tenants", "names", ENTRY): 'acme = "acme_prod"',
    ("database", "tenants", "pattern"): 'pattern = "tenant_*"',
    ("database", "tenants", "tables"): 'tables = ["orders"]',
    ("database", "tenants", "urls"): 'urls = { acme = "env:ACME_URL" }',
    ("determinism", "engines"): 'engines = ["postgres"]',
    ("events",): "`[[events]]`, with two brackets: there may be several",
    ("events", "columns"): 'columns = { id = "event_id", time = "occurred_at" }',
    ("events", "columns", ENTRY): 'time = "occurred_at"',
    ("events", "name"): 'name = "requests"',
    ("events", "source"): 'source = { parquet = "events/*.parquet" }',
    ("events", "tenants"): 'tenants = { "42" = "acme" }',
    ("indicators", ENTRY, "events"): 'events = "requests"',
    ("manifest",): 'manifest = "Cargo.toml"',
    ("objectives", ENTRY): '`[objectives.acme]`, with `availability = "99.9 %"`',
    ("sli-queries",): 'sli-queries = ["sli/*.sql"]',
    ("slo",): "`[[slo]]`, with two brackets: there may be several",
    ("slo", "alerts"): "`[[slo.alerts]]`, with `name`, `threshold` and `lookback`",
    ("slo", "events"): 'events = "requests"',
    ("slo", "good"): 'good = "status < 500"',
    ("slo", "name"): 'name = "availability"',
    ("slo", "period"): 'period = "28d"',
    ("slo", "service"): 'service = "api"',
    ("slo", "where"): "where = \"route <> '/health'\"",
    ("slos",): 'slos = ["slo/*.yaml"]',
}


def example_of(key: tuple[str | int, ...]) -> str:
    """Nothing where there is none."""
    steps = tuple(step for step in key if isinstance(step, str))
    return next((example for known, example in EXAMPLES.items() if _is(known, steps)), "")


def _is(known: tuple[str, ...], steps: tuple[str, ...]) -> bool:
    pairs = zip(known, steps, strict=False)
    return len(known) == len(steps) and all(one in {ENTRY, step} for one, step in pairs)
