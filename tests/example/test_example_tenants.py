"""``provision.py``: twelve tenants on a real server, and the story's two differences between them."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import psycopg
import pytest


@pytest.fixture(scope="module")
def schemas(example: Path) -> dict[str, str]:
    settings = tomllib.loads((example / "errorbudget.toml").read_text())
    names: dict[str, str] = settings["database"][0]["tenants"]["names"]
    return names


def test_acme_prod_alone_has_the_last_migration(production: str, schemas: dict[str, str]) -> None:
    versions = {}
    with psycopg.connect(production) as connection:
        for tenant, schema in schemas.items():
            row = connection.execute(f"select max(version) from {schema}._sqlx_migrations where success").fetchone()
            assert row is not None
            versions[tenant] = row[0]
    assert versions == {tenant: 12 if tenant == "acme-prod" else 11 for tenant in schemas}


def test_invoice_amounts_are_wide_where_the_last_migration_ran(production: str, schemas: dict[str, str]) -> None:
    query = """
        select table_schema, data_type from information_schema.columns
        where table_name = 'invoices' and column_name = 'amount_cents'
    """
    with psycopg.connect(production) as connection:
        types: dict[str, str] = dict(connection.execute(query).fetchall())
    assert types == {schema: "bigint" if schema == "acme_prod" else "integer" for schema in schemas.values()}


def test_umbrella_alone_lacks_an_index(production: str, schemas: dict[str, str]) -> None:
    query = "select schemaname, indexname from pg_indexes where schemaname = any(%s)"
    with psycopg.connect(production) as connection:
        found = set(connection.execute(query, (list(schemas.values()),)).fetchall())
    names = {index for _, index in found}
    missing = {(schema, index) for schema in schemas.values() for index in names} - found
    assert missing == {("umbrella", "payments_invoice_id_idx")}


def test_the_bookkeeping_holds_the_checksums_of_the_files(production: str, example: Path) -> None:
    with psycopg.connect(production) as connection:
        rows = connection.execute(
            "select version, description, checksum from acme_prod._sqlx_migrations order by version"
        ).fetchall()
    expected = []
    for path in sorted((example / "migrations").glob("*.sql")):
        number, _, description = path.stem.partition("_")
        checksum = hashlib.sha384(path.read_bytes()).digest()
        expected.append((int(number), description.replace("_", " "), checksum))
    assert rows == expected
