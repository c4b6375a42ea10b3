"""Whole tables read for a condition that no index serves."""

from __future__ import annotations

import psycopg
import pytest

from pytest_errorbudget.model.query_typing import ColumnRef, Comparison, Typed, UnindexedScan
from pytest_errorbudget.readers.scratch import ScratchServer
from pytest_errorbudget.readers.shapes.prepare import Asked, prepare_all

_SCHEMA = """
create table orders (
    id bigint primary key, shop bigint, state text, placed timestamptz, code text, memo text, open bool
);
create index on orders (shop, placed);
create index on orders (code) where code is not null;
create index on orders (lower(memo));
create table lines (id bigint primary key, "order" bigint references orders, sku text);
"""


def _scan(column: str, comparison: Comparison, relation: str = "orders") -> UnindexedScan:
    return UnindexedScan(ColumnRef("public", relation, column), comparison.value)


_STATE = _scan("state", Comparison.EQUALITY)


@pytest.mark.parametrize(
    ("sql", "scans"),
    [
        ("select * from orders where state = $1", [_STATE]),
        ("select * from orders where state in ('a', 'b') and memo > $1", [_STATE]),
        ("select * from lines where sku between $1 and $2", [_scan("sku", Comparison.RANGE, "lines")]),
        ("select * from lines where id + 1 = $1 and sku > $1::text", [_scan("sku", Comparison.RANGE, "lines")]),
        ("select * from orders where state = any($1)", [_STATE]),
        ("select count(*) from orders where state = $1 and memo <> 'x'", [_STATE]),
        ("update orders set memo = 'x' where state = $1", [_STATE]),
        ("delete from lines where \"order\" = $1", [_scan("order", Comparison.EQUALITY, "lines")]),
        ("select (select count(*) from lines l where l.sku = o.code) from orders o where o.id = $1",
         [_scan("sku", Comparison.EQUALITY, "lines")]),
        ("with x as (select * from orders where state = $1) select * from x, x y", [_STATE]),
        # found by an index
        ("select * from orders where id = $1 and state = $2", []),
        ("select * from orders where shop = $1 and state = $2", []),
        ("select o.* from lines l join orders o on o.id = l.\"order\" where l.id = $1 and o.state = $2", []),
        # the second column of an index, which 18 skips along
        ("select * from orders where placed between $1 and $2", []),
        # no index on the column would help
        ("select * from orders where $1::text is null or state = $1", []),
        ("select * from orders where state = coalesce($1, state)", []),
        ("select * from orders where state <> $1", []),
        ("select * from orders where state like $1", []),
        ("select * from orders where upper(state) = $1", []),
        ("select * from orders where memo is null", []),
        ("select * from orders where open = $1", []),
        ("select * from orders", []),
        # only a partial index, which may be what is meant
        ("select * from orders where code = $1", []),
        # the order is wanted, and the walk stops early
        ("select * from orders where state = $1 order by id limit 10", []),
        ("insert into orders (id, state) values ($1, $2)", []),
    ],
)  # fmt: skip
def test_what_is_read_whole(scratch: ScratchServer, sql: str, scans: list[UnindexedScan]) -> None:
    with scratch.database() as conninfo, psycopg.connect(conninfo) as connection:
        connection.execute(_SCHEMA.encode())
        (verdict,) = prepare_all(connection, [Asked(sql)])
    assert isinstance(verdict, Typed)
    assert list(verdict.scans) == scans
