"""A query that reads a whole table."""

from __future__ import annotations

from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span


def test_a_predicate_without_an_index(world, words):
    world.query("of_customer", call=QueryCall.QUERY)
    made = Span("migrations/0001_invoices.sql", 4, 5)
    table = words.table({"customer_id": "int8"}, {"customer_id": made})
    world.shape("a", "acme", schema=table, of_customer=words.typed(scans=("customer_id",)))
    (finding,), _ = world.run()
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "tenant `acme`: the query of `of_customer` reads all of `invoices` to find rows by `customer_id`"
    )
    assert finding.consequence == (
        "No usable index of `invoices` begins with `invoices.customer_id`: each call reads every row, and takes longer "
        "the more there are."
    )
    assert finding.help == "add an index in a migration: `create index on invoices (customer_id)`"
    assert [(str(label.span), label.text) for label in finding.labels] == [
        ("src/queries.rs:11:1", "asks for rows whose `customer_id` is equal to a value"),
        ("migrations/0001_invoices.sql:4:5", "`invoices.customer_id` is `bigint` since here"),
    ]
