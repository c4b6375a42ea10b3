"""What sqlx keeps of its macros' queries, beside what PostgreSQL says of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_errorbudget.checks.contracts.sqlx_cache_stale import orphaned_records, record_findings
from pytest_errorbudget.model.contracts import Crate
from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import OutputColumn, Rejected, Typed
from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.sqlx_record import SqlxRecord

_SQL = "select amount_cents from invoices where id = $1"
_CRATE = Crate(name="billing", manifest="services/billing/Cargo.toml", service=True, libraries=("sqlx",), files=())
_RECORD = SqlxRecord(
    path="services/billing/.sqlx/query-4f5e.json",
    folder="services/billing",
    sql=_SQL,
    columns=(("amount_cents", "int8"),),
    parameters=("int8",),
)
_TYPED = Typed(
    columns=(OutputColumn(name="amount_cents", type=PgType("int8"), nullable=True),), parameters=(PgType("int8"),)
)


def _found(world, *records, call=QueryCall.QUERY_MACRO, verdict=_TYPED):
    world.crates.append(_CRATE)
    world.query("total", call=call, sql=_SQL)
    world.shape(None, total=verdict)
    contracts = replace(world.contracts, records=records)
    return record_findings(contracts, DatabaseFacts(name="core", typings=tuple(world.typings)), world.scope)


def test_a_record_that_differs(world):
    (finding,) = _found(world, replace(_RECORD, columns=(("amount_cents", "int4"),)))
    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "sqlx's record of the query of `total` is stale: the record has `amount_cents` as `int4`, PostgreSQL gives "
        "`int8`"
    )
    assert finding.consequence == (
        "A build without a database (`SQLX_OFFLINE=true`) compiles this macro against the record: it succeeds, and "
        "what it made of the types is wrong at run time."
    )
    assert finding.help == "run `cargo sqlx prepare` on a database with the newest migrations, and commit `.sqlx`"
    assert [(str(label.span), label.text) for label in finding.labels] == [
        ("src/queries.rs:11:1", "recorded in `services/billing/.sqlx/query-4f5e.json`")
    ]
    assert finding.place == "src/queries.rs::total"


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"columns": ()}, "the record has 0 columns, PostgreSQL gives 1"),
        ({"columns": (("cents", "int8"),)}, "the record has a column `cents` where PostgreSQL gives `amount_cents`"),
        ({"parameters": ()}, "the record has 0 parameters, PostgreSQL takes 1"),
        ({"parameters": ("text",)}, "the record has `$1` as `text`, PostgreSQL takes `int8`"),
    ],
)
def test_what_can_differ(world, changes, difference):
    (finding,) = _found(world, replace(_RECORD, **changes))
    assert finding.message == f"sqlx's record of the query of `total` is stale: {difference}"


def test_a_record_that_is_missing(world):
    (finding,) = _found(world, replace(_RECORD, sql="select 1"))
    assert finding.severity is Severity.WARNING
    assert finding.message == "`services/billing/.sqlx` has no record of the query of `total`"
    assert finding.consequence == (
        "A build without a database (`SQLX_OFFLINE=true`) fails: there is no cached data for this query."
    )


def test_records_above_the_crate_are_its_own_too(world):
    assert _found(world, replace(_RECORD, folder="")) == ()


@pytest.mark.parametrize(
    ("records", "call", "verdict"),
    [
        pytest.param((_RECORD,), QueryCall.QUERY_MACRO, _TYPED, id="as PostgreSQL says"),
        pytest.param((), QueryCall.QUERY_MACRO, _TYPED, id="no records at all"),
        pytest.param((replace(_RECORD, folder="other"),), QueryCall.QUERY_MACRO, _TYPED, id="of another crate"),
        pytest.param((replace(_RECORD, sql="x"),), QueryCall.QUERY_AS, _TYPED, id="a function asks for no record"),
        pytest.param((replace(_RECORD, columns=()),), QueryCall.QUERY_MACRO, None, id="not prepared"),
        pytest.param(
            (replace(_RECORD, columns=(), is_postgres=False),), QueryCall.QUERY_MACRO, _TYPED, id="of another database"
        ),
        pytest.param(
            (replace(_RECORD, columns=()),),
            QueryCall.QUERY_MACRO,
            Rejected(sqlstate="42P01", message="no such table"),
            id="query-fails says it",
        ),
    ],
)
def test_nothing_is_said(world, records, call, verdict):
    assert _found(world, *records, call=call, verdict=verdict) == ()


def test_records_of_no_query(world):
    world.query("total", call=QueryCall.QUERY_MACRO, sql=_SQL)
    others = [replace(_RECORD, path=f".sqlx/query-{n}.json", folder="", sql=f"select {n}") for n in range(4)]
    found = tuple(orphaned_records(replace(world.contracts, records=(_RECORD, *others))))
    assert [(finding.severity, finding.message, finding.place) for finding in found] == [
        (
            Severity.INFORMATION,
            "4 records in `.sqlx` are of no query that was found in the sources (`query-0.json`, `query-1.json`, "
            "`query-2.json`, …)",
            ".sqlx",
        )
    ]
