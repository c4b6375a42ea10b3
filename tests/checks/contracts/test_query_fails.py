"""Queries that PostgreSQL refuses in a tenant's schema."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.contracts import Crate
from pytest_errorbudget.model.finding import Affected, Label, LabelKind
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.query_typing import Rejected
from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span

SQL = "SELECT id,\n       amount_cents FROM invoices"
OFFSETS = ((0, 11, 20), (11, 12, 9))
MISSING = Rejected(sqlstate="42703", message='column "amount_cents" does not exist', offset=18)
ADDED = Span("migrations/0003_amount.sql", 1)


def test_the_error_stands_at_its_place_inside_the_rust_literal(world, words):
    world.query(sql=SQL, offsets=OFFSETS)
    world.static = words.table({"id": "int8", "amount_cents": "int8"}, {"amount_cents": ADDED})
    world.shape("a", "acme", schema=words.table({"id": "int8"}), get_invoice=MISSING)
    world.shape("b", "globex", schema=words.table({"id": "int4"}), get_invoice=MISSING)
    world.shape("c", "initech", schema=world.static, get_invoice=words.typed())

    (finding,), _ = world.run()

    assert finding.message == (
        'tenants `acme` and `globex`: the query of `get_invoice` fails: column "amount_cents" does not exist '
        "(SQLSTATE 42703)"
    )
    assert finding.affected == (
        Affected(ItemId("src/queries.rs", "get_invoice[acme]"), "acme"),
        Affected(ItemId("src/queries.rs", "get_invoice[globex]"), "globex"),
    )
    assert finding.labels == (
        Label(Span("src/queries.rs", 12, 16, 12, 28), 'column "amount_cents" does not exist'),
        Label(ADDED, "`invoices.amount_cents` is added here", LabelKind.CONTEXT),
    )
    assert finding.consequence == (
        "Every call fails at run time with `sqlx::Error::Database`, so a 500 where a handler passes it on."
    )
    assert finding.help == (
        "this schema lacks `invoices.amount_cents`, which migrations/0003_amount.sql adds: "
        "mend the schema before this code is deployed"
    )


def test_a_macro_compiles_elsewhere_and_fails_here(world, words):
    world.query(call=QueryCall.QUERY_AS_MACRO)
    world.shape("a", "acme", get_invoice=MISSING)
    world.shape(None, get_invoice=words.typed())
    (finding,), _ = world.run()
    assert finding.consequence == (
        "`query_as!` compiles against the developer's database, and every call for this schema fails at run time with "
        "`sqlx::Error::Database`, so a 500 where a handler passes it on."
    )
    assert finding.help == (
        "the newest migrations accept this query: bring the tenant's schema to them before this code is deployed"
    )


def test_postgresqls_own_hint_is_passed_on(world):
    world.query(call=QueryCall.QUERY_MACRO)
    hint = 'Perhaps you meant to reference the column "invoices.amount".'
    world.shape(None, get_invoice=Rejected(sqlstate="42703", message="column x does not exist", hint=hint))
    (finding,), _ = world.run()
    assert finding.help == hint
    assert finding.consequence == "The macro does not compile against the schema that the migrations build."
    assert finding.affected == (Affected(ItemId("src/queries.rs", "get_invoice")),)


@pytest.mark.parametrize(
    ("sqlstate", "message", "help"),
    [
        ("42703", 'column "amount_cent" does not exist', "the nearest name that this schema has is `amount_cents`"),
        ("42703", "column i.amount_cent does not exist", "the nearest name that this schema has is `amount_cents`"),
        ("42P01", 'relation "invoice" does not exist', "the nearest name that this schema has is `invoices`"),
        ("42703", 'column "zzz" does not exist', "mend the query, or add what it needs in a migration"),
        ("42601", 'syntax error at or near "form"', "mend the query, or add what it needs in a migration"),
    ],
)
def test_without_a_hint_the_nearest_name_is_offered(world, words, sqlstate, message, help):
    world.query()
    schema = words.table({"amount_cents": "int8", "id": "int8"})
    world.shape("a", "acme", schema=schema, get_invoice=Rejected(sqlstate=sqlstate, message=message))
    assert world.run()[0][0].help == help


@pytest.mark.parametrize(
    ("offset", "span"),
    [
        (0, Span("src/queries.rs", 11, 20, 11, 26)),
        (7, Span("src/queries.rs", 11, 27, 11, 29)),
        (None, Span("src/queries.rs", 11)),
        (999, Span("src/queries.rs", 11)),
    ],
)
def test_offsets_become_places_or_the_whole_literal(world, offset, span):
    world.query(sql=SQL, offsets=OFFSETS)
    world.shape("a", "acme", get_invoice=Rejected(sqlstate="42601", message="syntax error", offset=offset))
    assert world.run()[0][0].labels[0].span == span


@pytest.mark.parametrize(("given", "wanted", "count"), [(0, 2, 0), (2, 2, 0), (1, 2, 1), (3, 0, 1)])
def test_arguments_are_counted_where_they_are_known(world, words, given, wanted, count):
    world.query(call=QueryCall.QUERY, arguments=given)
    world.shape("a", "acme", get_invoice=words.typed(parameters=wanted))
    assert len(world.run()[0]) == count


def test_a_wrong_number_of_arguments(world, words):
    world.query(call=QueryCall.QUERY, arguments=1)
    world.shape("a", "acme", get_invoice=words.typed(parameters=2))
    (finding,), _ = world.run()
    assert finding.message == "tenant `acme`: the query of `get_invoice` is given 1 argument and has 2 parameters"
    assert finding.consequence == (
        "Every call fails at run time with `sqlx::Error::Database` (SQLSTATE 08P01), so a 500 where a handler passes "
        "it on."
    )
    assert finding.help == "bind 2 values"


def test_a_query_built_at_run_time_is_counted(world):
    world.query(sql=None, unchecked="the text is built by `format!`")
    world.query("other")
    world.shape("a", "acme")
    findings, unchecked = world.run()
    assert findings == ()
    assert [(each.kind, each.place, each.reason) for each in unchecked] == [
        ("query", "src/queries.rs::get_invoice", "the text is built by `format!`"),
        ("query", "src/queries.rs::other", "it was not prepared on this schema"),
    ]


@pytest.mark.parametrize(
    ("sql", "sqlstate", "message", "reason"),
    [
        (
            "SELECT unnest($1)",
            "42725",
            "function unnest(unknown) is not unique",
            "the types of the bound values decide it: function unnest(unknown) is not unique",
        ),
        ("PRAGMA foreign_keys = OFF", "42601", 'syntax error at or near "PRAGMA"', "it is written for SQLite"),
        ("IDENTIFY_SYSTEM", "42601", "syntax error", "it is a command of a replication connection"),
        (
            "SELECT flush_wal(1)",
            "42883",
            "function flush_wal(integer) does not exist",
            "an extension that the crate makes may bring it: function flush_wal(integer) does not exist",
        ),
        (
            "SELECT id FROM temp_rows",
            "42P01",
            'relation "temp_rows" does not exist',
            'a query makes it: relation "temp_rows" does not exist',
        ),
    ],
)
def test_what_may_run_all_the_same_is_counted(world, sql, sqlstate, message, reason):
    world.query("make", call=QueryCall.QUERY, sql="CREATE TEMPORARY TABLE temp_rows (id int)")
    world.query("extend", call=QueryCall.QUERY, sql="create extension if not exists wal_tools")
    world.query("go", call=QueryCall.QUERY, sql=sql)
    world.shape("a", "acme", go=Rejected(sqlstate=sqlstate, message=message))
    findings, unchecked = world.run()
    assert findings == ()
    assert reason in [each.reason for each in unchecked]


def test_a_crate_that_speaks_to_other_servers_is_counted(world):
    features = (("sqlx", "postgres"), ("sqlx", "sqlite"))
    world.crates.append(
        Crate(name="billing", manifest="", service=True, libraries=("sqlx",), files=(), features=features)
    )
    rejected = Rejected(sqlstate="42601", message="syntax error")
    world.query("go", call=QueryCall.QUERY)
    world.query("compiled", call=QueryCall.QUERY_MACRO)
    world.shape(None, go=rejected, compiled=rejected)
    findings, (unchecked,) = world.run()
    assert [finding.place for finding in findings] == ["src/queries.rs::compiled"]
    assert unchecked.reason == "its crate speaks to other servers too: syntax error"


def test_a_crate_of_another_server_is_counted(world):
    features = (("sqlx", "sqlite"),)
    world.crates.append(
        Crate(name="billing", manifest="", service=True, libraries=("sqlx",), files=(), features=features)
    )
    world.query("compiled", call=QueryCall.QUERY_MACRO)
    world.shape(None, compiled=Rejected(sqlstate="42601", message="syntax error"))
    findings, (unchecked,) = world.run()
    assert findings == ()
    assert unchecked.reason == "its crate speaks to another server"


def test_a_bind_after_a_macro_gives_it_one_value_too_many(world, words):
    world.query("delete", call=QueryCall.QUERY_MACRO, arguments=2)
    world.shape(None, delete=words.typed(parameters=1))
    (finding,), _ = world.run()
    assert finding.severity is Severity.WARNING
    assert finding.message == "the query of `delete` is given 2 arguments and has 1 parameter"
    assert finding.consequence == (
        "The macro does not compile; where `bind` adds to its arguments, the query runs, and nothing reads the value: "
        "a condition that was to use it may be missing."
    )


@pytest.mark.parametrize(
    ("call", "severity"),
    [
        (QueryCall.QUERY, Severity.WARNING),
        (QueryCall.SEA_ORM_STATEMENT, Severity.WARNING),
        (QueryCall.DIESEL_SQL_QUERY, Severity.WARNING),
        (QueryCall.TOKIO_QUERY, Severity.ERROR),
    ],
)
def test_a_value_too_many_fails_only_where_values_are_counted(world, words, call, severity):
    world.query("find", call=call, sql="select id from invoices where id = $1", arguments=2)
    world.shape(None, find=words.typed(parameters=1))
    (finding,), _ = world.run()
    assert finding.severity is severity


def test_a_declared_type_is_no_parameter_of_the_text(world, words):
    world.query("find", call=QueryCall.QUERY, sql="select id from invoices where id = $1", arguments=2)
    world.prepared_with(("int8", "text"), find=words.typed(parameters=("int8", "text")))
    (finding,), _ = world.run()
    assert finding.message == "the query of `find` is given 2 arguments and has 1 parameter"
    assert finding.consequence == (
        "The query runs, and nothing reads the value: a condition that was to use it may be missing."
    )


def test_what_only_the_types_of_the_bound_values_make_postgresql_refuse(world, words):
    message = "operator does not exist: timestamp with time zone >= interval"
    world.query("find", call=QueryCall.QUERY, sql=SQL, offsets=OFFSETS, parameters=("DateTime<Utc>",), arguments=1)
    rejected = Rejected(sqlstate="42883", message=message, offset=7, hint="You might need to add explicit type casts.")
    world.prepared_with(("timestamptz",), words.typed(parameters=("interval",)), find=rejected)
    (finding,), unchecked = world.run()
    assert unchecked == ()
    assert finding.message == f"the query of `find` fails: {message} (SQLSTATE 42883)"
    assert finding.labels[0].span == Span("src/queries.rs", 11, 27, 11, 29)
    assert finding.help == (
        "sqlx sends $1 as `timestamp with time zone`: cast the parameter in the query, or bind a value of the type "
        "that it is to have"
    )


def test_a_query_that_its_bound_types_cannot_mend_fails(world):
    world.query("find", call=QueryCall.QUERY, sql="select nothing($1)", parameters=("i32",), arguments=1)
    message = "function nothing(integer) does not exist"
    world.prepared_with(("int4",), find=Rejected(sqlstate="42883", message=message))
    assert world.reported() == [("query-fails", f"the query of `find` fails: {message} (SQLSTATE 42883)")]


def test_a_query_is_skipped_for_tenants_whose_schema_could_not_be_built(world, words):
    world.query()
    world.shape("a", "acme", "globex")
    world.shape("b", "initech", get_invoice=words.typed(words.output("id", "int8")))
    findings, unchecked = world.run()
    assert findings == ()
    assert [(each.reason, [str(item) for item in each.items]) for each in unchecked if each.kind == "query"] == [
        (
            "it was not prepared on this schema",
            ["src/queries.rs::get_invoice[acme]", "src/queries.rs::get_invoice[globex]"],
        )
    ]


def test_a_query_that_is_not_known_is_not_skipped(world):
    world.query(sql=None)
    world.shape("a", "acme")
    assert [each.items for each in world.run()[1] if each.kind == "query"] == [()]
