"""The facts file: what was gathered, for other tools."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pytest_errorbudget.model.alert import Firing, Policy, Urgency
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import Facts
from pytest_errorbudget.model.migration import StaticReplay
from pytest_errorbudget.model.pgtype import UNKNOWN
from pytest_errorbudget.model.run import Run
from pytest_errorbudget.model.rust import DeclaredColumn, DeclaredTable, RustEnum, RustType, Variant
from pytest_errorbudget.model.rust_queries import QueryCall, RowRead
from pytest_errorbudget.model.schema import Column, Relation, RelationKind, Schema
from pytest_errorbudget.model.settings import Cohort, Settings
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.report.facts_file import facts_file, write
from pytest_errorbudget.report.schemas import schema_text

COLUMN = {"base": None, "default": False, "identity": None, "generated": None, "generation": None}
INVOICES: dict[str, Any] = {
    "relations": [
        {
            "schema": "public",
            "name": "invoices",
            "kind": "table",
            "columns": [
                {
                    **COLUMN,
                    "name": "id",
                    "type": "bigint",
                    "not_null": True,
                    "origin": {"path": "migrations/0001_init.sql", "line": 2},
                },
                {
                    **COLUMN,
                    "name": "amount_cents",
                    "type": "integer",
                    "not_null": True,
                    "origin": {"path": "migrations/0001_init.sql", "line": 3},
                },
            ],
            "indexes": [
                {
                    "name": "invoices_pkey",
                    "columns": ["id"],
                    "unique": True,
                    "primary": True,
                    "partial": False,
                    "predicate": None,
                    "options": [],
                    "include": [],
                    "valid": True,
                    "origin": {"path": "migrations/0001_init.sql", "line": 2},
                }
            ],
            "constraints": [
                {
                    "name": "invoices_pkey",
                    "kind": "primary key",
                    "columns": ["id"],
                    "references": None,
                    "validated": True,
                    "expression": None,
                    "origin": None,
                }
            ],
            "triggers": [],
            "policies": [],
            "row_security": {"enabled": False, "forced": False, "origin": None},
            "query": None,
        }
    ],
    "enums": [{"schema": "public", "name": "state", "labels": ["open", "paid"]}],
    "domains": [],
    "composites": [],
}
QUERY = {
    "library": "sqlx",
    "bound": [],
    "reads": [],
    "path": "services/billing/src/queries.rs",
    "column": 5,
    "function": "list_invoices",
    "crate": "billing",
    "database": "core",
    "call": "query_as",
    "target": "Invoice",
    "error": None,
    "unchecked": None,
}


@pytest.fixture
def document(facts: Facts, settings: Settings) -> dict[str, Any]:
    return facts_file(facts, settings)


def test_the_head(document: dict[str, Any]) -> None:
    assert {key: document[key] for key in ("version", "as_of", "counts", "alerts", "unread")} == {
        "version": 1,
        "as_of": "2026-01-05T01:00:00Z",
        "counts": {
            "digest": "sha256:" + "c" * 64,
            "window_us": 300_000_000,
            "events": 1060,
            "duplicates": 40,
            "windows": 4,
        },
        "alerts": {"workbook": {}, "generated": {}, "present": {}},
        "unread": [{"path": "services/billing/src/old.rs", "line": 3, "reason": "expected `;`"}],
    }


def test_a_schema(document: dict[str, Any]) -> None:
    assert document["databases"][0]["shapes"]["bbbb"] == INVOICES


def test_a_database(document: dict[str, Any]) -> None:
    (database,) = document["databases"]
    assert {key: database[key] for key in ("name", "server_version", "migrations", "tenants")} == {
        "name": "core",
        "server_version": 180006,
        "migrations": {
            "kind": "sqlx",
            "path": "migrations",
            "files": [
                {
                    "path": "migrations/0001_init.sql",
                    "version": "1",
                    "statements": 2,
                    "opaque": [{"line": 2, "statement": "do $$ begin end $$", "reason": "DO block"}],
                }
            ],
            "failed": None,
        },
        "tenants": [
            {"name": "acme-prod", "layout": "schema", "version": "1", "shape": "aaaa", "error": None},
            {"name": "globex", "layout": "schema", "version": "1", "shape": "bbbb", "error": None},
        ],
    }
    assert list(database["shapes"]) == ["aaaa", "bbbb"]
    assert database["static"] == database["replayed"] == database["shapes"]["aaaa"]


def test_a_type_that_only_postgresql_can_tell_is_absent(facts: Facts, settings: Settings) -> None:
    column = Column(name="total", type=UNKNOWN)
    view = Relation(schema="public", name="totals", kind=RelationKind.VIEW, columns=(column,))
    database = replace(facts.databases[0], static=StaticReplay(schema=Schema(relations=(view,))))
    (read,) = facts_file(replace(facts, databases=(database,)), settings)["databases"]
    assert [(c["name"], c["type"]) for c in read["static"]["relations"][0]["columns"]] == [("total", None)]


def test_a_database_that_was_not_read_says_so_of_every_tenant(facts: Facts, settings: Settings) -> None:
    unread = replace(facts, databases=(replace(facts.databases[0], snapshot=None, replay=None),))
    (database,) = facts_file(unread, settings)["databases"]
    assert (database["server_version"], database["replayed"], database["shapes"]) == (None, None, {})
    assert {tenant["error"] for tenant in database["tenants"]} == {"the database was not read"}


def test_rows_are_the_structs_that_queries_fill(document: dict[str, Any]) -> None:
    assert document["rows"] == [
        {
            "path": "services/billing/src/models.rs",
            "line": 4,
            "column": 8,
            "name": "Invoice",
            "crate": "billing",
            "library": "sqlx",
            "derives": ["Debug", "FromRow"],
            "fields": [{"name": "amount", "column": "amount_cents", "type": "Option<i64>", "line": 6}],
        }
    ]


def test_enums_tables_and_reads_by_hand_of_other_libraries(facts: Facts, settings: Settings) -> None:
    here = Span("src/schema.rs", 3, 5)
    total = DeclaredColumn(name="total", column="Total", type=RustType("Int8", (), "Int8"), span=here)
    table = DeclaredTable(
        name="invoices",
        schema=None,
        table="invoices",
        crate="billing",
        module="",
        span=here,
        primary_key=("id",),
        columns=(total,),
    )
    state = RustEnum(
        name="State",
        crate="billing",
        module="",
        span=here,
        derives=("Type",),
        variants=(Variant(name="Open", labels=(("sqlx", "open"),), span=here),),
    )
    read = RowRead(key="id", type=RustType("i64", (), "i64"), panics=True, span=here)
    query = replace(
        facts.contracts.queries[0],
        call=QueryCall.TOKIO_QUERY,
        parameters=(RustType("i32", (), "i32"), None),
        reads=(read,),
    )
    contracts = replace(facts.contracts, enums=(state,), tables=(table,), queries=(query,))
    document = facts_file(replace(facts, contracts=contracts), settings)
    jsonschema.validate(document, json.loads(schema_text("facts.schema.json")))
    assert document["enums"] == [
        {
            "path": "src/schema.rs",
            "line": 3,
            "column": 5,
            "name": "State",
            "crate": "billing",
            "derives": ["Type"],
            "repr": None,
            "variants": [{"name": "Open", "labels": {"sqlx": "open"}, "number": None, "line": 3}],
        }
    ]
    assert document["tables"] == [
        {
            "path": "src/schema.rs",
            "line": 3,
            "column": 5,
            "name": "invoices",
            "crate": "billing",
            "schema": None,
            "table": "invoices",
            "primary_key": ["id"],
            "columns": [{"name": "total", "column": "Total", "type": "Int8", "line": 3}],
        }
    ]
    (found,) = document["queries"]
    assert (found["library"], found["call"]) == ("tokio-postgres", "tokio_postgres::query")
    assert found["bound"] == ["i32", None]
    assert found["reads"] == [{"column": "id", "type": "i64", "panics": True, "line": 3}]


def test_queries_with_their_types_errors_and_reasons(document: dict[str, Any]) -> None:
    assert document["queries"] == [
        {
            **QUERY,
            "line": 12,
            "sql": "select id from invoices where name = $1",
            "columns": [{"name": "id", "type": "int8", "nullable": False}],
            "parameters": ["text"],
        },
        {
            **QUERY,
            "line": 20,
            "sql": "select total\n from invoices",
            "columns": [],
            "parameters": [],
            "error": {
                "sqlstate": "42703",
                "message": 'column "total" does not exist',
                "path": "services/billing/src/queries.rs",
                "line": 21,
                "column": 17,
                "shapes": ["bbbb"],
            },
        },
        {
            **QUERY,
            "line": 30,
            "database": None,
            "target": None,
            "sql": None,
            "columns": [],
            "parameters": [],
            "unchecked": "built at run time",
        },
    ]


def test_handlers_and_ffi(document: dict[str, Any]) -> None:
    assert (document["handlers"], document["ffi"]) == (
        [
            {
                "path": "services/billing/src/http.rs",
                "line": 14,
                "function": "create_invoice",
                "crate": "billing",
                "method": "POST",
                "route": "/invoices",
                "inputs": [],
                "outputs": ["InvoiceDto"],
            }
        ],
        [
            {
                "path": "services/billing/src/ffi.rs",
                "line": 5,
                "symbol": "eb_record_event",
                "side": "declaration",
                "abi": "C",
                "parameters": ["*const u8", "usize"],
                "result": "i32",
            }
        ],
    )


def test_alerts_are_by_policy_slo_tenant_and_severity(facts: Facts, settings: Settings) -> None:
    firings = tuple(
        Firing(policy=policy, tenant="acme-prod", slo="availability", urgency=urgency, intervals=((begins, ends),))
        for policy, urgency, begins, ends in (
            (Policy.WORKBOOK, Urgency.TICKET, 1767571500_000_000, None),
            (Policy.WORKBOOK, Urgency.PAGE, 1767571200_000_000, 1767574800_000_000),
            (Policy.PRESENT, Urgency.PAGE, 1767571200_000_000, None),
        )
    )
    assert facts_file(facts, settings, firings)["alerts"] == {
        "workbook": {
            "availability": {"acme-prod": {"page": [[1767571200, 1767574800]], "ticket": [[1767571500, None]]}}
        },
        "generated": {},
        "present": {"availability": {"acme-prod": {"page": [[1767571200, None]]}}},
    }


def test_budgets_are_exact_and_say_why_there_is_none(facts: Facts, settings: Settings, run: Run) -> None:
    strict = Cohort(name="gold", tenants=("globex",), objectives=(("availability", Fraction(9999, 10_000)),))
    acme, globex = facts_file(facts, replace(settings, cohorts=(strict,)), (), run.budgets)["budgets"]
    assert acme == {
        "tenant": "acme-prod",
        "service": "billing",
        "slo": "availability",
        "objective": "999/1000",
        "valid": 1030,
        "bad": 4,
        "unjudged": 0,
        "consumed": "40/103",
        "remaining": "63/103",
        "no_data": None,
        "exhausted_in_us": 273_661_000_000,
        "burns": [
            {"window_us": 300_000_000, "valid": 30, "bad": 3, "rate": "100", "no_data": None},
            {"window_us": 3_600_000_000, "valid": 1030, "bad": 4, "rate": "400/103", "no_data": None},
        ],
    }
    assert (globex["objective"], globex["consumed"], globex["remaining"]) == ("9999/10000", None, None)
    assert globex["no_data"] == "no valid event in this window"
    assert globex["burns"] == [
        {
            "window_us": 3_600_000_000,
            "valid": None,
            "bad": None,
            "rate": None,
            "no_data": "no valid event in this window",
        }
    ]


def test_every_facts_file_fits_the_published_schema(facts: Facts, settings: Settings, run: Run) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text("facts.schema.json")))
    empty = replace(facts, as_of_us=None, databases=(), counts=None, contracts=Contracts())
    for one in (facts, empty):
        assert list(validator.iter_errors(facts_file(one, settings))) == []
    assert list(validator.iter_errors(facts_file(facts, settings, (), run.budgets))) == []


def test_it_is_written_whole(document: dict[str, Any], tmp_path: Path) -> None:
    write(tmp_path / "out" / "facts.json", document)
    assert json.loads((tmp_path / "out" / "facts.json").read_text()) == document
