"""Cohorts that a table of the database says: an update reads them, and every other run has them from the lock."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from shop import EVENTS, SETTINGS, Shop

TABLE = """
create table public.customers (slug text primary key, plan text);
insert into public.customers values ('acme-prod', 'gold'), ('globex', 'trial'), ('initech', 'trial'), ('other', 'gold');
"""


@pytest.fixture
def customers(running_shop: Shop) -> Iterator[Shop]:
    """The shop with its cohorts in a table."""
    head, _, _ = SETTINGS.partition("\n[replay]")
    column = '\n[database.cohorts]\ntable = "public.customers"\ntenant = "slug"\ncohort = "plan"\n'
    replay = '\n[replay]\nurl = "env:SHOP_REPLAY_URL"\n'
    running_shop.write("errorbudget.toml", head + column + replay + EVENTS)
    with psycopg.connect(os.environ["SHOP_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(TABLE)
        yield running_shop
        connection.execute("drop table if exists public.customers")


def test_an_update_reads_them_and_the_lock_keeps_them(customers: Shop) -> None:
    customers.run("--errorbudget-update", "errorbudget.toml")
    with psycopg.connect(os.environ["SHOP_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("drop table public.customers")
    listed = customers.run("--collect-only", "-q", "errorbudget.toml")
    listed.stdout.fnmatch_lines(
        ["errorbudget.toml::thresholds[[]gold/availability]", "errorbudget.toml::thresholds[[]trial/availability]"]
    )
    assert '"globex"' in (customers.root / "errorbudget.lock").read_text()


def test_before_the_first_update_every_tenant_is_told_to_have_none(customers: Shop) -> None:
    result = customers.run("errorbudget.toml")
    result.stdout.fnmatch_lines(
        ["not checked: 3 tenants' cohorts (its cohort is not known yet: run once with `--errorbudget-update`, *"]
    )


def test_a_table_that_is_not_there_is_told_before_anything_runs(customers: Shop) -> None:
    customers.edit("errorbudget.toml", "public.customers", "public.clients")
    result = customers.run("--errorbudget-update", "errorbudget.toml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ['*the cohorts of `public.clients` cannot be read: relation "public.clients" does not exist*']
    )
