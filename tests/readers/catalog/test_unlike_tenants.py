"""Many tenants that have nothing in common: read without marks, and what they are alone."""

from __future__ import annotations

import psycopg
import pytest

from pytest_errorbudget.readers.catalog.tenant_schemas import read_schemas

_BOOKKEEPING = "_sqlx_migrations"


@pytest.mark.parametrize("shared", ["", "create table common (id int primary key, m text default 'x');"])
def test_many_tenants_read_together_are_what_they_are_alone(connection: psycopg.Connection, shared: str) -> None:
    names = [f"many_{number:02}" for number in range(21)]
    for number, name in enumerate(names):
        own = f'create table own (id_{number} int primary key, t text collate "C"); create index on own (t desc)'
        connection.execute(f"create schema {name}; set search_path = {name}; {shared} {own}".encode())
    connection.execute("reset search_path")
    together = read_schemas(connection, names, dict.fromkeys(names, "public"), _BOOKKEEPING)
    alone = {name: read_schemas(connection, [name], {name: "public"}, _BOOKKEEPING)[name] for name in names}
    for name in names:
        connection.execute(f"drop schema {name} cascade".encode())
    assert together == alone
    assert len({id(schema) for schema in together.values()}) == len(names)
