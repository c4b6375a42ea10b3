"""Which predicates are counted, and what is said of the others."""

from __future__ import annotations

import re

import pytest

from pytest_errorbudget.readers.events.aggregation.predicate import parse_predicate, predicate_columns


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("status < 500", ("status",)),
        ("latency_ms <= 300 and Route <> '/health'", ("latency_ms", "route")),
        ('"Route" is not null', ("Route",)),
        ("status in (200, 404) or status between 300 and 399", ("status",)),
        ("not failed", ("failed",)),
        ("coalesce(status, 500) < 500 -- null is bad", ("status",)),
        ("queue_ms + work_ms <= 300", ("queue_ms", "work_ms")),
        ("route like '/api/%'", ("route",)),
    ],
)
def test_conditions_over_one_event(text: str, columns: tuple[str, ...]) -> None:
    assert predicate_columns(parse_predicate(text)) == columns


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("status <", "`status <` is not a predicate in PostgreSQL's dialect: something is missing at `<`"),
        ("status <== 5", "`status <== 5` is not a predicate in PostgreSQL's dialect: something is missing at `=`"),
        ("status < 500; drop table x", "is not a predicate in PostgreSQL's dialect: `drop` does not belong there"),
        ("(status < 500", "is not a predicate in PostgreSQL's dialect: there is no ) behind `500`"),
        ("route = '/a", "is not a predicate in PostgreSQL's dialect: a quote has no end"),
        (
            "latency_us / 1000 <= 300",
            "divides, and engines round division differently: multiply the other side instead",
        ),
        ("status in (select 1)", "holds a subquery: a predicate reads one event"),
        ("e.status < 500", "names the table `e`: a predicate reads the columns of one event, without a table"),
        ("at > now()", "uses `currenttimestamp`, which engines may answer differently: use comparisons, AND, OR, NOT,"),
        ("is_good(status)", "uses `is_good`, which engines may answer differently"),
        ("status + 1", "`status + 1` is a value and not a condition: compare it with something"),
        ("route like '10\\%'", "escapes in a LIKE pattern, which engines read differently: use `=` or IN"),
        ("", "`` is not a predicate in PostgreSQL's dialect: "),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_predicate(text)
