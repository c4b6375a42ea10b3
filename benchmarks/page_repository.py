"""A seeded repository of the size that the sales page tells of: migrations, services, settings and events.

With seed 1 it is the page's own: 12 tenants with 847 tables, 2,341 columns and 156 indices in all, 23 services, 1.2
million events over four replica shards, 8 cohorts. Another seed gives other numbers of tables, columns, indices and
events. ``Size`` says what a run must count. Every choice is a digest of the seed and of its place, never a clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg
from psycopg import sql

TENANTS = 12
COHORTS = 8
SERVICES = 23
SHARDS = 4
WIDENED = "acme-prod"
AHEAD = 7
"""Tenants that have the newest tables as well; the widened one is the first of them."""

_TYPES = ("bigint", "text", "integer", "timestamptz", "boolean", "numeric(12,2)", "uuid", "jsonb")
_RUST = (
    "i64",
    "String",
    "i32",
    "chrono::DateTime<chrono::Utc>",
    "bool",
    "rust_decimal::Decimal",
    "uuid::Uuid",
    "Value",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What the repository holds, of all tenants together; ``events`` are distinct, ``rows`` with their copies."""

    tables: int
    columns: int
    indices: int
    events: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """``base`` are the columns of each table that all tenants have, ``newest`` those of the table that some have."""

    seed: int
    base: tuple[int, ...]
    indexed: int
    newest: int
    events: int
    copies: int

    @property
    def size(self) -> Size:
        return Size(
            tables=TENANTS * len(self.base) + AHEAD,
            columns=TENANTS * sum(self.base) + AHEAD * self.newest,
            indices=TENANTS * self.indexed,
            events=self.events,
            rows=self.events + self.copies,
        )

    @property
    def tenants(self) -> tuple[str, ...]:
        return (WIDENED, *(f"tenant-{number:02}" for number in range(2, TENANTS + 1)))


def repository(seed: int) -> Repository:
    """70 tables of 191 columns, 13 of them with a key, and one of 7 that 7 tenants have: the page's numbers."""
    tables, columns, indexed = 70, 191, 13
    if seed != 1:
        tables, columns, indexed = tables + _drawn(seed, "tables", 9), columns + 20 + _drawn(seed, "columns", 30), 11
    least, more = divmod(columns, tables)
    base = tuple(least + (1 if number < more else 0) for number in range(tables))
    events = 1_200_000 if seed == 1 else 1_000_000 + _drawn(seed, "events", 400_000)
    return Repository(seed=seed, base=base, indexed=indexed, newest=7, events=events, copies=events // 25)


def _drawn(seed: int, name: str, below: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big") % below


def write(found: Repository, root: Path) -> None:
    """Everything but the events, as files below ``root``."""
    texts = {**_migrations(found), **_services(found), "errorbudget.toml": _settings(found), "pytest.ini": "[pytest]\n"}
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def _migrations(found: Repository) -> dict[str, str]:
    tables = "\n".join(_table(f"t{number:03}", number, columns, found) for number, columns in enumerate(found.base))
    newest = _table("newest", len(found.base), found.newest, found)
    return {
        "migrations/0001_base.sql": tables,
        "migrations/0002_newest.sql": newest,
        "migrations/0003_widen.sql": "alter table t000 alter column c1 type bigint;\n",
    }


def _table(name: str, number: int, columns: int, found: Repository) -> str:
    key = " primary key" if number < found.indexed else ""
    lines = [f"    id bigint{key or ' not null'}"]
    lines += [f"    c{at} {_type(number, at)} not null" for at in range(1, columns)]
    return f"create table {name} (\n" + ",\n".join(lines) + "\n);\n"


def _kind(number: int, at: int) -> int:
    # The column that is widened for one tenant is an integer.
    return 2 if (number, at) == (0, 1) else (number * 3 + at) % len(_TYPES)


def _type(number: int, at: int) -> str:
    return _TYPES[_kind(number, at)]


def _services(found: Repository) -> dict[str, str]:
    members = ", ".join(f'"services/s{number:02}"' for number in range(SERVICES))
    texts = {"Cargo.toml": f'[workspace]\nresolver = "3"\nmembers = [{members}]\n'}
    for number in range(SERVICES):
        tables = [at for at in range(len(found.base)) if at % SERVICES == number]
        texts[f"services/s{number:02}/Cargo.toml"] = (
            f'[package]\nname = "s{number:02}"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\n'
            'axum = "0.8"\nchrono = "0.4"\nrust_decimal = "1"\nserde = { version = "1", features = ["derive"] }\n'
            'serde_json = "1"\nsqlx = { version = "0.8", features = ["postgres", "chrono", "rust_decimal", "uuid"] }\n'
            'uuid = "1"\n'
        )
        texts[f"services/s{number:02}/src/main.rs"] = _service(found, tables)
    return texts


def _service(found: Repository, tables: list[int]) -> str:
    routes = "".join(f'.route("/t{at:03}", axum::routing::get(list_t{at:03}))' for at in tables)
    head = (
        "use serde_json::Value;\n\nfn main() {\n    let _ = router();\n}\n\n"
        f"fn router() -> axum::Router<sqlx::PgPool> {{\n    axum::Router::new(){routes}\n}}\n"
    )
    return head + "".join(_row(at, found.base[at]) for at in tables)


def _row(table: int, columns: int) -> str:
    names = ["id", *(f"c{at}" for at in range(1, columns))]
    fields = ["    pub id: i64,", *(f"    pub c{at}: {_RUST[_kind(table, at)]}," for at in range(1, columns))]
    listed = ", ".join(names)
    return (
        f"\n#[derive(serde::Serialize, sqlx::FromRow)]\npub struct T{table:03} {{\n" + "\n".join(fields) + "\n}\n\n"
        f"async fn list_t{table:03}(pool: axum::extract::State<sqlx::PgPool>) -> axum::Json<Vec<T{table:03}>> {{\n"
        f'    let rows = sqlx::query_as::<_, T{table:03}>("select {listed} from t{table:03} limit 10")\n'
        "        .fetch_all(&pool.0)\n        .await\n        .unwrap_or_default();\n"
        "    axum::Json(rows)\n}\n"
    )


def _settings(found: Repository) -> str:
    names = "\n".join(f'{tenant} = "{_schema(tenant)}"' for tenant in found.tenants)
    cohorts = "\n".join(_cohort(found, number) for number in range(COHORTS))
    return (
        '[[database]]\nname = "core"\nurl = "env:PAGE_DATABASE_URL"\n'
        'migrations = { path = "migrations", per = "tenant" }\n\n[database.tenants]\nlayout = "schema"\n\n'
        f"[database.tenants.names]\n{names}\n\n"
        '[[events]]\nname = "requests"\nsource = { parquet = "events/*.parquet" }\ncolumns = { replica = "shard" }\n\n'
        '[[slo]]\nname = "availability"\nservice = "api"\nevents = "requests"\ngood = "status < 500"\n'
        f'objective = "99.5 %"\n\n{cohorts}\n'
    )


def _schema(tenant: str) -> str:
    return tenant.replace("-", "_")


def _cohort(found: Repository, number: int) -> str:
    mine = ", ".join(f'"{tenant}"' for at, tenant in enumerate(found.tenants) if min(at, COHORTS - 1) == number)
    return f"[cohorts.c{number}]\ntenants = [{mine}]\n"


BOOKKEEPING = (
    "create table _sqlx_migrations (version bigint primary key, description text not null, installed_on timestamptz "
    "not null default now(), success boolean not null, checksum bytea not null, execution_time bigint not null)"
)


def provision(found: Repository, root: Path, url: str) -> None:
    """Every tenant's schema on the server: the base; the newest table for some; the widened column for one."""
    files = sorted((root / "migrations").glob("*.sql"))
    with psycopg.connect(url, autocommit=True) as connection:
        for number, tenant in enumerate(found.tenants):
            applied = 3 if tenant == WIDENED else 2 if number < AHEAD else 1
            with connection.transaction():
                schema = sql.Identifier(_schema(tenant))
                connection.execute(sql.SQL("create schema {}").format(schema))
                connection.execute(sql.SQL("set local search_path to {}").format(schema))
                connection.execute(BOOKKEEPING)
                for path in files[:applied]:
                    _apply(connection, path)


def _apply(connection: psycopg.Connection, path: Path) -> None:
    text = path.read_text()
    version, _, description = path.stem.partition("_")
    connection.execute(text.encode())
    connection.execute(
        "insert into _sqlx_migrations values (%s, %s, '2026-01-01', true, %s, 0)",
        (int(version), description, hashlib.sha384(text.encode()).digest()),
    )


# 28 days; two tenants of the last cohort fail a hundred times as often as the rest of it.
EVENTS = """
copy (
    select md5(concat_ws('/', $seed, number))::uuid as event_id, tenants[1 + tenant] as tenant_id,
        make_timestamptz($start_us + at_us) as occurred_at, 'replica-' || $shard::int as shard,
        case when roll < case when tenant >= 10 then 300000 else 300 + tenant end then 503 else 200 end as status
    from (
        select number, copy, (a % $tenants)::int as tenant, (a // 1000 % (28 * 86400000000))::bigint as at_us,
            (b % 1000000)::int as roll, $names as tenants
        from (
            select number, copy, md5_number_lower(concat_ws('/', $seed, number)) as a,
                md5_number_upper(concat_ws('/', $seed, number)) as b
            from (
                select unnest(range($events)) as number, 0 as copy
                union all
                select unnest(range($copies)), 1
            )
        )
    )
    where (number + copy) % $shards = $shard
    order by occurred_at, event_id
) to '{path}' (format parquet, compression zstd)
"""
START_US = 1_790_812_800_000_000


def write_events(found: Repository, root: Path) -> None:
    """One Parquet file a shard, in the order of time."""
    (root / "events").mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for shard in range(SHARDS):
            path = str(root / "events" / f"replica-{shard}.parquet").replace("'", "''")
            connection.execute(
                EVENTS.format(path=path),
                {
                    "seed": found.seed,
                    "events": found.events,
                    "copies": found.copies,
                    "shards": SHARDS,
                    "shard": shard,
                    "tenants": TENANTS,
                    "names": list(found.tenants),
                    "start_us": START_US,
                },
            )


def expected(found: Repository) -> Iterator[tuple[str, str, object]]:
    """What the log must say: (step, key of its metadata, value)."""
    size = found.size
    yield "schema_introspection", "tables", size.tables
    yield "schema_introspection", "columns", size.columns
    yield "schema_introspection", "indices", size.indices
    yield "rust_contract_validation", "services_checked", SERVICES
    yield "sli_burn_rate_computation", "events", size.events
    yield "sli_burn_rate_computation", "duplicates", size.rows - size.events
    yield "sli_burn_rate_computation", "cohorts", COHORTS
    yield "contract_mismatch_detection", "severity", "high"
    yield "threshold_generation", "thresholds_reliable", COHORTS
    yield "threshold_generation", "outliers_excluded", 2
