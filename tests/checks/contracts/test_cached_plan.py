"""One prepared statement over schemas in which its result has other types."""

from __future__ import annotations

import pytest

from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.severity import Severity


def drifted(world, words, call=QueryCall.QUERY):
    world.query("total", call=call)
    world.shape("a", "acme", total=words.typed(words.output("amount", "int8")))
    world.shape("b", "globex", "initech", total=words.typed(words.output("amount", "int4")))


def test_tenants_in_schemas_share_connections(world, words):
    drifted(world, words)
    world.sharing = ("acme", "globex", "initech")
    (finding,), _ = world.run()
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "tenant `acme`: the result of `total` is not that of other tenants: `amount` is `bigint` here and `integer` "
        "there"
    )
    assert finding.consequence == (
        "A pooled connection that switches `search_path` from one such tenant to another keeps the prepared statement, "
        "and the call fails with `sqlx::Error::Database` (SQLSTATE 0A000: cached plan must not change result type)."
    )
    assert (
        finding.help == "bring the tenants' columns to one type, or cast them in the query and name them instead of `*`"
    )
    assert [(str(label.span), label.text) for label in finding.labels] == [
        ("src/queries.rs:11:1", "prepared once on a connection, for whichever tenant comes first")
    ]


@pytest.mark.parametrize(
    ("call", "sharing", "found"),
    [
        (QueryCall.QUERY, (), 0),
        (QueryCall.QUERY, ("acme",), 0),
        (QueryCall.QUERY, ("globex", "initech"), 0),
        (QueryCall.SEA_ORM_STATEMENT, ("acme", "globex", "initech"), 1),
        (QueryCall.TOKIO_PREPARE, ("acme", "globex", "initech"), 1),
        (QueryCall.TOKIO_QUERY, ("acme", "globex", "initech"), 0),
        (QueryCall.DIESEL_SQL_QUERY, ("acme", "globex", "initech"), 0),
    ],
)
def test_only_statements_that_are_kept_and_connections_that_are_shared(world, words, call, sharing, found):
    drifted(world, words, call)
    world.sharing = sharing
    assert len(world.run()[0]) == found


def test_another_order_of_the_columns_is_another_result(world, words):
    world.query("all", call=QueryCall.QUERY)
    identifier, total = words.output("id", "int8"), words.output("total", "int8")
    world.shape("a", "acme", all=words.typed(total, identifier))
    world.shape("b", "globex", "initech", all=words.typed(identifier, total))
    world.sharing = ("acme", "globex", "initech")
    assert world.reported() == [
        (
            "cached-plan",
            "tenant `acme`: the result of `all` is not that of other tenants: `total` here stands where `id` stands "
            "there",
        )
    ]


def test_of_as_many_tenants_those_differ_that_are_not_as_the_migrations_say(world, words):
    world.query("total", call=QueryCall.QUERY)
    world.shape("a", "acme", total=words.typed(words.output("amount", "int8")))
    world.shape("b", "globex", total=words.typed(words.output("amount", "text")))
    world.shape(None, total=words.typed(words.output("amount", "int8")))
    world.sharing = ("acme", "globex")
    (finding,), _ = world.run()
    assert finding.message == (
        "tenant `globex`: the result of `total` is not that of other tenants: `amount` is `text` here and `bigint` "
        "there"
    )
