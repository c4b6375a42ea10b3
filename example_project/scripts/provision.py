"""Builds the tenants of Ledgerline on a PostgreSQL server: the stand-in for production.

    python scripts/provision.py --url postgresql://localhost/ledgerline

Each tenant gets its schema, the migrations up to its own version with their bookkeeping as sqlx writes it, and then
what has happened to it since (``story.toml``). A schema that is already there is an error, unless ``--replace`` says
that it may be dropped.

    python scripts/provision.py --url postgresql://localhost/initech --alone initech

builds one tenant in the schema ``public`` of a database of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent

BOOKKEEPING = """
create table _sqlx_migrations (
    version bigint primary key,
    description text not null,
    installed_on timestamp with time zone not null default now(),
    success boolean not null,
    checksum bytea not null,
    execution_time bigint not null
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file, as sqlx reads it: ``0003_payments.sql`` is version 3, described as ``payments``."""

    version: int
    description: str
    text: str

    @property
    def transactional(self) -> bool:
        return not self.text.startswith("-- no-transaction")

    @property
    def checksum(self) -> bytes:
        return hashlib.sha384(self.text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant's schema, the version it has reached, and the indexes that were dropped behind the migrations' back."""

    name: str
    schema: str
    version: int
    dropped_indexes: tuple[str, ...]


def read_migrations(folder: Path) -> tuple[Migration, ...]:
    found = []
    for path in folder.glob("*.sql"):
        name = re.fullmatch(r"(\d+)_(\w+)\.sql", path.name)
        if name is None:
            raise SystemExit(f"{path}: expected a name like 0001_init.sql")
        found.append(Migration(int(name[1]), name[2].replace("_", " "), path.read_bytes().decode()))
    return tuple(sorted(found, key=lambda migration: migration.version))


def read_tenants(settings: Mapping[str, Any], story: Mapping[str, Any]) -> tuple[Tenant, ...]:
    """The tenants of ``errorbudget.toml``, with what ``story.toml`` says of them."""
    told, default = story["tenants"], story["deployment"]["migrations"]
    tenants = []
    for database in settings["database"]:
        for name, schema in database["tenants"]["names"].items():
            if name not in told:
                raise SystemExit(f"story.toml: no [tenants.{name}], which errorbudget.toml lists")
            traits = told[name]
            version = traits.get("migrations", default)
            tenants.append(Tenant(name, schema, version, tuple(traits.get("dropped_indexes", ()))))
    return tuple(tenants)


def provision(
    connection: psycopg.Connection,
    tenants: Sequence[Tenant],
    migrations: Sequence[Migration],
    *,
    installed_on: datetime,
) -> None:
    """Builds every tenant. ``connection`` is in autocommit mode: an index made concurrently allows no transaction."""
    for tenant in tenants:
        schema = sql.Identifier(tenant.schema)
        if tenant.schema != "public":
            connection.execute(sql.SQL("create schema {}").format(schema))
        connection.execute(sql.SQL("set search_path to {}").format(schema))
        connection.execute(BOOKKEEPING)
        for migration in migrations:
            if migration.version <= tenant.version:
                migrate(connection, migration, installed_on)
        for index in tenant.dropped_indexes:
            connection.execute(sql.SQL("drop index {}").format(sql.Identifier(index)))
    connection.execute("reset search_path")


def migrate(connection: psycopg.Connection, migration: Migration, installed_on: datetime) -> None:
    if migration.transactional:
        with connection.transaction():
            connection.execute(migration.text)
            record(connection, migration, installed_on)
    else:
        connection.execute(migration.text)
        record(connection, migration, installed_on)


def record(connection: psycopg.Connection, migration: Migration, installed_on: datetime) -> None:
    connection.execute(
        "insert into _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)"
        " values (%s, %s, %s, true, %s, 0)",
        (migration.version, migration.description, installed_on, migration.checksum),
    )


def drop_schemas(connection: psycopg.Connection, tenants: Sequence[Tenant]) -> None:
    # One at a time: each tenant's schema is some seventy objects, and all of them together may be more locks than a
    # transaction can hold.
    for tenant in tenants:
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(tenant.schema)))


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Builds the tenants of Ledgerline on a PostgreSQL server.")
    url = os.environ.get("LEDGERLINE_DATABASE_URL")
    parser.add_argument("--url", default=url, help="default: $LEDGERLINE_DATABASE_URL")
    parser.add_argument("--alone", metavar="TENANT", help="build only this tenant, in the schema public")
    parser.add_argument("--replace", action="store_true", help="drop schemas of these tenants that are already there")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    options = arguments(argv)
    if not options.url:
        raise SystemExit("provision: give --url, or set LEDGERLINE_DATABASE_URL")
    settings = tomllib.loads((ROOT / "errorbudget.toml").read_text())
    story = tomllib.loads((ROOT / "scripts" / "story.toml").read_text())
    tenants = read_tenants(settings, story)
    if options.alone:
        tenants = tuple(replace(tenant, schema="public") for tenant in tenants if tenant.name == options.alone)
        if not tenants:
            raise SystemExit(f"provision: errorbudget.toml lists no tenant {options.alone}")
    migrations = read_migrations(ROOT / "migrations")
    with psycopg.connect(options.url, autocommit=True) as connection:
        connection.execute("set client_min_messages to warning")
        if options.replace:
            drop_schemas(connection, tenants)
        provision(connection, tenants, migrations, installed_on=story["deployment"]["installed_on"])
    sys.stdout.write(f"{len(tenants)} tenants, {len(migrations)} migrations\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
