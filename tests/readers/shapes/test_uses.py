"""What queries write, and which columns their parameters meet."""

from __future__ import annotations

import psycopg
import pytest

from pytest_errorbudget.model.query_typing import Binding, ColumnRef, Typed, Write, Writing
from pytest_errorbudget.readers.scratch import ScratchServer
from pytest_errorbudget.readers.shapes.prepare import Asked, prepare_all

_SCHEMA = """
create table shops (
    id bigint primary key, name varchar(9) not null, made timestamptz not null default now(), kind text
);
create table visits (shop bigint references shops, person int);
"""


def _typed(scratch: ScratchServer, sql: str) -> Typed:
    with scratch.database() as conninfo, psycopg.connect(conninfo) as connection:
        connection.execute(_SCHEMA.encode())
        (verdict,) = prepare_all(connection, [Asked(sql)])
    assert isinstance(verdict, Typed)
    return verdict


def _write(kind: Writing, relation: str, *columns: str) -> Write:
    return Write(kind=kind, schema="public", relation=relation, columns=columns)


def _shops(number: int, column: str) -> Binding:
    return Binding(number, ColumnRef("public", "shops", column))


@pytest.mark.parametrize(
    ("sql", "writes"),
    [
        ("insert into shops (name, id) values ($1, $2)", [_write(Writing.INSERT, "shops", "id", "name")]),
        ("insert into shops values ($1, $2)", [_write(Writing.INSERT, "shops", "id", "name")]),
        ("insert into shops default values", [_write(Writing.INSERT, "shops")]),
        ("insert into shops (id, name) select person, 'a' from visits",
         [_write(Writing.INSERT, "shops", "id", "name")]),
        ("insert into shops (id, name) values (1, 'a') on conflict (id) do update set kind = 'k'",
         [_write(Writing.INSERT, "shops", "id", "name")]),
        ("update shops set name = $1, kind = 'a'", [_write(Writing.UPDATE, "shops", "name", "kind")]),
        ("with v as (insert into visits (shop) values (1)) update shops set kind = 'a'",
         [_write(Writing.INSERT, "visits", "shop"), _write(Writing.UPDATE, "shops", "kind")]),
        ("delete from shops", []),
        ("select 1", []),
    ],
)  # fmt: skip
def test_writes(scratch: ScratchServer, sql: str, writes: list[Write]) -> None:
    assert list(_typed(scratch, sql).writes) == writes


@pytest.mark.parametrize(
    ("sql", "bindings"),
    [
        ("select 1 from shops where id = $1 and $2 < made", [_shops(1, "id"), _shops(2, "made")]),
        ("select 1 from shops where name = $1", [_shops(1, "name")]),
        ("insert into shops (id, name) values ($1, $2), ($3, 'a')",
         [_shops(1, "id"), _shops(2, "name"), _shops(3, "id")]),
        ("update shops set kind = $1 where id <> $2", [_shops(1, "kind"), _shops(2, "id")]),
        ("insert into shops (id, name) values (1, 'a') on conflict (id) do update set kind = $1", [_shops(1, "kind")]),
        ("with x as (select id as a from shops) select 1 from x where a = $1", [_shops(1, "id")]),
        ("select 1 from shops s where exists (select from visits v where v.shop = s.id and s.kind = $1)",
         [_shops(1, "kind")]),
        # the cast says what the parameter is
        ("select 1 from shops where id = $1::int", [_shops(1, "id")]),
        # not the column itself
        ("select 1 from shops where lower(kind) = $1", []),
        ("select 1 from shops where id = any($1)", []),
        ("update shops set kind = coalesce($1, kind)", []),
    ],
)  # fmt: skip
def test_bindings(scratch: ScratchServer, sql: str, bindings: list[Binding]) -> None:
    assert list(_typed(scratch, sql).bindings) == bindings
