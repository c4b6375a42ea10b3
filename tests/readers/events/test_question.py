"""A question asked of another table that holds the same rows under other names of columns."""

from __future__ import annotations

from fractions import Fraction

from sqlglot.expressions import column

from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US
from pytest_errorbudget.readers.events.aggregation.predicate import parse_predicate
from pytest_errorbudget.readers.events.aggregation.question import Predicates, Question
from pytest_errorbudget.readers.events.aggregation.usable import numbered

SLO = Slo(
    name="availability",
    service="api",
    sli=Sli(events="requests", good="status < 500", where="route <> '/health'", kind=SliKind.AVAILABILITY),
    objective=Fraction(99, 100),
    period=Rolling(30 * DAY_US),
    span=Span("slo.yaml", 1),
)
QUESTION = Question(
    id=column("event_id", quoted=True),
    tenant=column("tenant_id", quoted=True),
    time_us=column("moment", quoted=True),
    replica=column("shard", quoted=True),
    mapped=("route", "status"),
    predicates=(
        Predicates(slo=SLO, good=parse_predicate("status < 500"), where=parse_predicate("route <> '/health'")),
        Predicates(slo=SLO, good=column("status"), where=None, bad=column("route")),
    ),
    tenants=(("a", "a"),),
    window_us=100,
)


def columns_read(question: Question) -> dict[str, object]:
    return {
        "id": question.id.sql(),
        "tenant": question.tenant.sql(),
        "time": question.time_us.sql(),
        "replica": question.replica and question.replica.sql(),
        "mapped": question.mapped,
        "predicates": [
            tuple(None if part is None else part.sql() for part in (one.good, one.where, one.bad))
            for one in question.predicates
        ],
    }


def test_every_column_has_its_new_name_and_one_without_keeps_its_own() -> None:
    names = {"event_id": "x0", "tenant_id": "x1", "moment": "x2", "status": "x 3"}
    assert columns_read(QUESTION.renamed(names)) == {
        "id": '"x0"',
        "tenant": '"x1"',
        "time": '"x2"',
        "replica": '"shard"',
        "mapped": ("route", "x 3"),
        "predicates": [('"x 3" < 500', "\"route\" <> '/health'", None), ('"x 3"', None, '"route"')],
    }


def test_names_may_change_places() -> None:
    swapped = QUESTION.renamed({"status": "route", "route": "status"})
    assert swapped.mapped == ("status", "route")
    assert columns_read(swapped)["predicates"] == [
        ('"route" < 500', "\"status\" <> '/health'", None),
        ('"route"', None, '"status"'),
    ]


def test_a_question_is_left_as_it_is_when_another_is_made_of_it() -> None:
    before = columns_read(QUESTION)
    QUESTION.renamed({"status": "x", "route": "y", "event_id": "z"})
    assert columns_read(QUESTION) == before


def test_the_aggregation_numbers_the_mapped_columns() -> None:
    assert columns_read(numbered(QUESTION))["predicates"] == [
        ('"c1" < 500', "\"c0\" <> '/health'", None),
        ('"c1"', None, '"c0"'),
    ]
