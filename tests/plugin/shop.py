"""A small repository under test: one Rust service, two migrations, three tenants, three hundred events.

Nothing is wrong with it until a test makes it so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

TENANTS = {"acme-prod": "acme_prod", "globex": "globex", "initech": "initech"}

SETTINGS = """\
[[database]]
url = "env:SHOP_DATABASE_URL"
migrations = { path = "migrations", per = "tenant" }
services = ["orders"]
tenants = { layout = "schema", names = { acme-prod = "acme_prod", globex = "globex", initech = "initech" } }

[replay]
url = "env:SHOP_REPLAY_URL"

[cohorts.gold]
tenants = ["acme-prod"]
[cohorts.standard]
tenants = "others"
"""

EVENTS = """\

[[events]]
name = "requests"
source = { csv = "events/*.csv" }

[[slo]]
name = "availability"
service = "orders"
events = "requests"
good = "status < 500"
objective = "90 %"
period = "7d"
"""

MIGRATIONS = {
    "migrations/0001_orders.sql": (
        "create table orders (\n    id bigint primary key,\n    total_cents bigint not null,\n    note text\n);\n"
    ),
    "migrations/0002_orders_note.sql": "create index orders_note_idx on orders (note);\n",
}

MODELS = """\
#[derive(sqlx::FromRow)]
pub struct Order {
    pub id: i64,
    pub total_cents: i64,
    pub note: Option<String>,
}
"""

RUST = {
    "Cargo.toml": '[workspace]\nresolver = "3"\nmembers = ["services/*"]\n',
    # A folder that pytest passes over by itself.
    "services/build/Cargo.toml": (
        '[package]\nname = "orders"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\nsqlx = "0.8"\n'
    ),
    "services/build/src/main.rs": "mod boundary;\nmod meter;\nmod models;\nmod queries;\n\nfn main() {}\n",
    "services/build/src/models.rs": MODELS,
    "services/build/src/queries.rs": (
        "use crate::models::Order;\n\n"
        "pub async fn list_orders(pool: &sqlx::PgPool) -> sqlx::Result<Vec<Order>> {\n"
        '    sqlx::query_as::<_, Order>("select id, total_cents, note from orders").fetch_all(pool).await\n'
        "}\n"
    ),
    "services/build/src/boundary.rs": 'unsafe extern "C" {\n    fn meter_orders(count: u32) -> i32;\n}\n',
    "services/build/src/meter.rs": (
        '#[unsafe(no_mangle)]\npub extern "C" fn meter_orders(count: u32) -> i32 {\n    count as i32\n}\n'
    ),
}

SOURCES = "services/build/src"
TENANT_COUNT = len(TENANTS)


@dataclass(frozen=True, slots=True)
class Shop:
    """The repository in ``root``, and pytest over it."""

    root: Path
    pytester: pytest.Pytester

    def run(self, *arguments: str) -> pytest.RunResult:
        """``pytest --errorbudget`` in this process."""
        return self.pytest("--errorbudget", *arguments)

    def pytest(self, *arguments: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess(*arguments)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1
        self.write(path, text.replace(old, new))

    def count_events(self) -> None:
        """An SLO over the events: burn rates, thresholds and the laws of windowing become items."""
        self.write("errorbudget.toml", SETTINGS + EVENTS)

    def narrow_total(self) -> None:
        """A fault: the row's field is too small for the column. sqlx fails at run time, for every tenant."""
        self.edit(f"{SOURCES}/models.rs", "total_cents: i64", "total_cents: i32")

    def forget_a_tenant(self) -> None:
        """A warning: the database holds a tenant that the settings do not list."""
        self.edit("errorbudget.toml", ', initech = "initech"', "")


def write_shop(pytester: pytest.Pytester) -> Shop:
    shop = Shop(pytester.path, pytester)
    files = {"errorbudget.toml": SETTINGS, "pytest.ini": "[pytest]\n", "events/requests.csv": events(), **MIGRATIONS}
    for path, text in {**files, **RUST}.items():
        shop.write(path, text)
    return shop


def events() -> str:
    """A request each minute for each tenant, for 100 minutes; one in fifty of globex's fails."""
    rows = ["event_id,tenant_id,occurred_at,status"]
    for tenant in TENANTS:
        for minute in range(100):
            status = 503 if tenant == "globex" and minute % 50 == 7 else 200
            moment = f"2026-03-01T{minute // 60:02}:{minute % 60:02}:30Z"
            rows.append(f"{tenant}-{minute},{tenant},{moment},{status}")
    return "\n".join((*rows, ""))


def provision(conninfo: str) -> None:
    """The tenants' schemas as the migrations build them, with sqlx's bookkeeping."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for schema in TENANTS.values():
            connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
            connection.execute(sql.SQL("set search_path to {}").format(sql.Identifier(schema)))
            for text in MIGRATIONS.values():
                connection.execute(text.encode())
            connection.execute(_BOOKKEEPING)
            for version, text in enumerate(MIGRATIONS.values(), start=1):
                connection.execute(
                    "insert into _sqlx_migrations (version, description, success, checksum, execution_time) "
                    "values (%s, '', true, %s, 0)",
                    (version, hashlib.sha384(text.encode()).digest()),
                )


_BOOKKEEPING = """
create table _sqlx_migrations (
    version bigint primary key,
    description text not null,
    installed_on timestamp with time zone not null default now(),
    success boolean not null,
    checksum bytea not null,
    execution_time bigint not null
)
"""
