"""What the laws are tried on: one SLO whose predicates read a number and a text, and an aggregation that is wrong."""

from __future__ import annotations

from fractions import Fraction

from sqlglot import exp

from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US
from pytest_errorbudget.readers.events.aggregation.query import aggregation
from pytest_errorbudget.readers.events.aggregation.question import Question

FIVE = 5 * MINUTE_US
SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where="route <> '/health'", kind=SliKind.AVAILABILITY),
    objective=Fraction(999, 1000),
    period=Rolling(DAY_US),
    span=Span("slo.yaml", 1),
)


def rounds_towards_zero(question: Question, table: str, as_of_us: int) -> exp.Query:
    """Windows as a cast or a truncating division would make them."""

    def truncated(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Sub) and isinstance(node.expression, exp.Paren):
            width = exp.Literal.number(question.window_us)
            return exp.Mul(this=exp.IntDiv(this=node.this.copy(), expression=width), expression=width.copy())
        return node

    changed = aggregation(question, table, as_of_us).transform(truncated)
    assert isinstance(changed, exp.Query)
    return changed
